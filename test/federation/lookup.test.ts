import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { loadAccountViews } from '#src/accounts/views.ts'
import type { HttpClient } from '#src/http/client.ts'
import type { AccountId } from '#src/ids.ts'
import { loadStatusView } from '#src/statuses/views.ts'
import { fetchDocument, newBudget } from '../../federation/documents.ts'
import { remoteLookup } from '../../federation/lookup.ts'
import { database, type TestDatabase } from '../database.ts'
import { scene } from './setup.ts'

type Answer = object | string | { redirect: string } | { status: number }

/** Looks things up in an internet that has only these pages. */
function internet(t: TestDatabase, pages: Record<string, Answer>) {
  const asked: string[] = []
  const request: HttpClient['request'] = async (url, { headers } = {}) => {
    asked.push(url)
    await headers?.(new URL(url))
    let at = url
    for (let answer = pages[at]; ; answer = pages[at]) {
      if (answer === undefined) return { url: at, status: 404, headers: new Headers(), body: Buffer.alloc(0) }
      if (typeof answer === 'object' && 'redirect' in answer) {
        at = answer.redirect as string
        continue
      }
      if (typeof answer === 'object' && 'status' in answer) return { url: at, status: answer.status as number, headers: new Headers(), body: Buffer.alloc(0) }
      const type = typeof answer === 'string' ? 'text/html' : 'subject' in answer ? 'application/jrd+json' : 'application/activity+json'
      return { url: at, status: 200, headers: new Headers({ 'content-type': type }), body: Buffer.from(typeof answer === 'string' ? answer : JSON.stringify(answer)) }
    }
  }
  return { asked, ...remoteLookup({ ...t.app, http: { ...t.app.http, request } as HttpClient }) }
}

const actor = (origin: string, name: string, more: object = {}) => ({ id: `${origin}/users/${name}`, type: 'Person', preferredUsername: name, inbox: `${origin}/users/${name}/inbox`, followers: `${origin}/users/${name}/followers`, url: `${origin}/@${name}`, ...more })
const finger = (host: string, name: string, subject: string, self: string) => ({ [`https://${host}/.well-known/webfinger?resource=acct%3A${name}%40${encodeURIComponent(host)}`]: { subject: `acct:${subject}`, links: [{ rel: 'self', type: 'application/activity+json', href: self }] } })
const acct = async (t: TestDatabase, id: AccountId | null) => (id ? (await loadAccountViews(t.db, [id]))[0]?.acct : null)

test('a handle belongs to whom its host and the actor both say', async () => {
  await using t = await database()
  const ann = actor('https://social.a.test', 'ann')
  const bob = actor('https://b.test', 'bob')
  const { account, url } = internet(t, {
    // ann is @ann@a.test, though her server is social.a.test.
    ...finger('a.test', 'ann', 'ann@a.test', ann.id),
    ...finger('social.a.test', 'ann', 'ann@a.test', ann.id),
    [ann.id]: ann,
    // bob says he is of a.test, too; a.test knows nothing of that.
    ...finger('b.test', 'bob', 'bob@a.test', bob.id),
    [bob.id]: bob,
    // evil.test claims that somebody else's actor is its own.
    ...finger('evil.test', 'ann', 'ann@evil.test', ann.id),
  })
  const annId = await account('ann@a.test')
  expect(await acct(t, annId)).toBe('ann@a.test')
  expect(await account('ann@social.a.test')).toBe(annId)
  expect(await acct(t, annId)).toBe('ann@a.test')
  expect(await acct(t, (await url(bob.id))!.id as AccountId)).toBe('bob@b.test')
  expect(await account('nobody@a.test')).toBeNull()
})

test('an actor can not be taken along by the handle of another host', async () => {
  await using t = await database()
  const ann = actor('https://a.test', 'ann')
  const { account } = internet(t, { ...finger('evil.test', 'admin', 'admin@evil.test', ann.id), ...finger('a.test', 'ann', 'ann@a.test', ann.id), [ann.id]: ann })
  expect(await acct(t, await account('admin@evil.test'))).toBe('ann@a.test')
})

test('pages lead to what they show', async () => {
  await using t = await database()
  const ann = actor('https://a.test', 'ann')
  const note = { id: 'https://a.test/notes/1', type: 'Note', attributedTo: ann.id, content: 'Hi', to: 'as:Public', url: 'https://a.test/@ann/1', published: '2026-01-01T00:00:00Z' }
  const { url } = internet(t, {
    [ann.id]: ann,
    [ann.url]: '<html><head><link rel="alternate" type="application/rss+xml" href="/rss"><link href="/users/ann" rel="alternate" type="application/activity+json"></head>',
    [note.id]: note,
    'https://a.test/@ann/1': { redirect: note.id },
    'https://a.test/other': '<p>Nothing here</p>',
  })
  const found = await url('https://a.test/@ann/1')
  expect(found?.type).toBe('status')
  expect(await loadStatusView(t.db, null, found!.id as never)).toMatchObject({ uri: note.id, content: 'Hi', visibility: 'public', account: { acct: 'ann@a.test' } })
  expect(await url(ann.url)).toMatchObject({ type: 'account' })
  expect(await url('https://a.test/other')).toBeNull()
  expect(await url('https://a.test/missing')).toBeNull()
})

test('only the server of an id says what it is', async () => {
  await using t = await database()
  const ann = actor('https://a.test', 'ann')
  const note = (more: object) => ({ id: 'https://evil.test/1', type: 'Note', attributedTo: ann.id, content: 'Forged', to: 'as:Public', ...more })
  const { url } = internet(t, {
    [ann.id]: ann,
    // Somebody else's post, on another server.
    'https://evil.test/1': note({}),
    // An id elsewhere, where there is no such thing.
    'https://evil.test/2': note({ id: 'https://a.test/forged' }),
    // A redirect to a document that claims another id.
    'https://evil.test/3': { redirect: 'https://other.test/3' },
    'https://other.test/3': note({ id: 'https://a.test/forged' }),
    // An actor with an id of ours.
    'https://evil.test/4': actor('https://pipit.test', 'alice'),
  })
  for (const n of [1, 2, 3, 4]) expect(await url(`https://evil.test/${n}`)).toBeNull()
  const { rows } = await t.db.execute(sql`select uri from statuses union select uri from accounts`)
  expect(rows).toEqual([])
})

test('a profile that was read lately is not read again, an older one is', async () => {
  await using t = await database()
  const ann = actor('https://a.test', 'ann')
  const { account, asked } = internet(t, { ...finger('a.test', 'ann', 'ann@a.test', ann.id), [ann.id]: ann })
  const id = await account('ann@a.test')
  const before = asked.length
  expect(await account('ann@a.test')).toBe(id)
  expect(asked.length).toBe(before)
  await t.db.execute(sql`update accounts set fetched_at = now() - interval '2 days'`)
  expect(await account('ann@a.test')).toBe(id)
  expect(asked.length).toBeGreaterThan(before)
})

test('a refetch that fails in any way keeps what is known, also the handle', async () => {
  await using t = await database()
  const ann = actor('https://social.a.test', 'ann')
  const pages: Record<string, Answer> = { ...finger('a.test', 'ann', 'ann@a.test', ann.id), ...finger('social.a.test', 'ann', 'ann@a.test', ann.id), [ann.id]: ann }
  const { account, url } = internet(t, pages)
  const id = await account('ann@a.test')
  const grownOld = () => t.db.execute(sql`update accounts set fetched_at = now() - interval '2 days'`)

  for (const host of ['social.a.test', 'a.test']) {
    const page = Object.keys(finger(host, 'ann', '', ''))[0]!
    const answer = pages[page]!
    pages[page] = { status: 502 }
    await grownOld()
    expect(await url(ann.id)).toEqual({ type: 'account', id })
    expect(await acct(t, id)).toBe('ann@a.test')
    pages[page] = answer
  }
  pages[ann.id] = { ...ann, type: 'Note' }
  await grownOld()
  expect(await account('ann@a.test')).toBe(id)
})

test('the memory for documents is bounded by their size', async () => {
  await using s = await scene()
  const fetch = (n: number) => fetchDocument(s.t.app, `${s.peer.origin}/${n}`, newBudget())
  for (let n = 0; n < 40; n++) {
    s.peer.documents.set(`/${n}`, { id: `${s.peer.origin}/${n}`, type: 'Note', content: 'x'.repeat(1_000_000) })
    await fetch(n)
  }
  s.peer.fetched.length = 0
  expect(await fetch(39)).toMatchObject({ url: `${s.peer.origin}/39`, json: { type: 'Note' } })
  expect(s.peer.fetched).toEqual([])
  await fetch(0)
  expect(s.peer.fetched).toEqual(['/0'])
})

test('a server that can not be reached is no error of ours', async () => {
  await using s = await scene()
  expect(await s.t.app.remote.url('http://127.0.0.1:9/nobody')).toBeNull()
  expect(await s.t.app.remote.account('x@nosuch.invalid')).toBeNull()
})
