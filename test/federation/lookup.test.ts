import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { loadAccountViews } from '#src/accounts/views.ts'
import type { HttpClient } from '#src/platform/http/client.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { loadStatusView } from '#src/statuses/views/views.ts'
import { fetchDocument, newBudget } from '../../federation/fetching/fetch-document.ts'
import { remoteLookup } from '../../federation/fetching/lookup.ts'
import { database, type TestDatabase } from '../database.ts'
import { scene } from './setup.ts'

type Answer = object | string | { redirect: string } | { status: number } | { as: string; json: object }

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
      if (typeof answer === 'object' && 'status' in answer)
        return { url: at, status: answer.status as number, headers: new Headers(), body: Buffer.alloc(0) }
      if (typeof answer === 'object' && 'as' in answer)
        return {
          url: at,
          status: 200,
          headers: new Headers({ 'content-type': answer.as as string }),
          body: Buffer.from(JSON.stringify((answer as { json: object }).json)),
        }
      const type =
        typeof answer === 'string'
          ? 'text/html'
          : 'subject' in answer
            ? 'application/jrd+json'
            : 'application/activity+json'
      return {
        url: at,
        status: 200,
        headers: new Headers({ 'content-type': type }),
        body: Buffer.from(typeof answer === 'string' ? answer : JSON.stringify(answer)),
      }
    }
  }
  return { asked, ...remoteLookup({ ...t.app, http: { ...t.app.http, request } as HttpClient }) }
}

const actor = (origin: string, name: string, more: object = {}) => ({
  id: `${origin}/users/${name}`,
  type: 'Person',
  preferredUsername: name,
  inbox: `${origin}/users/${name}/inbox`,
  followers: `${origin}/users/${name}/followers`,
  url: `${origin}/@${name}`,
  ...more,
})
const finger = (host: string, name: string, subject: string, self: string) => ({
  [`https://${host}/.well-known/webfinger?resource=acct%3A${name}%40${encodeURIComponent(host)}`]: {
    subject: `acct:${subject}`,
    links: [{ rel: 'self', type: 'application/activity+json', href: self }],
  },
})
const acct = async (t: TestDatabase, id: AccountId | null) =>
  id ? (await loadAccountViews(t.db, [id]))[0]?.acct : null

test('a handle counts only if both its host and the actor confirm it', async () => {
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

test('a handle of another host can’t be attached to an actor', async () => {
  await using t = await database()
  const ann = actor('https://a.test', 'ann')
  const { account } = internet(t, {
    ...finger('evil.test', 'admin', 'admin@evil.test', ann.id),
    ...finger('a.test', 'ann', 'ann@a.test', ann.id),
    [ann.id]: ann,
  })
  expect(await acct(t, await account('admin@evil.test'))).toBe('ann@a.test')
})

test('the URL of a page finds the account or post that it shows', async () => {
  await using t = await database()
  const ann = actor('https://a.test', 'ann')
  const note = {
    id: 'https://a.test/notes/1',
    type: 'Note',
    attributedTo: ann.id,
    content: 'Hi',
    to: 'as:Public',
    url: 'https://a.test/@ann/1',
    published: '2026-01-01T00:00:00Z',
  }
  const { url } = internet(t, {
    [ann.id]: ann,
    [ann.url]:
      '<html><head><link rel="alternate" type="application/rss+xml" href="/rss"><link href="/users/ann" rel="alternate" type="application/activity+json"></head>',
    [note.id]: note,
    'https://a.test/@ann/1': { redirect: note.id },
    'https://a.test/other': '<p>Nothing here</p>',
  })
  const found = await url('https://a.test/@ann/1')
  expect(found?.type).toBe('status')
  expect(await loadStatusView(t.db, null, found!.id as never)).toMatchObject({
    uri: note.id,
    content: 'Hi',
    visibility: 'public',
    account: { acct: 'ann@a.test' },
  })
  expect(await url(ann.url)).toMatchObject({ type: 'account' })
  expect(await url('https://a.test/other')).toBeNull()
  expect(await url('https://a.test/missing')).toBeNull()
})

test('only the server of an id can define its document', async () => {
  await using t = await database()
  const ann = actor('https://a.test', 'ann')
  const note = (more: object) => ({
    id: 'https://evil.test/1',
    type: 'Note',
    attributedTo: ann.id,
    content: 'Forged',
    to: 'as:Public',
    ...more,
  })
  const { url } = internet(t, {
    [ann.id]: ann,
    // Somebody else's post, on another server.
    'https://evil.test/1': note({}),
    // An id on another server, which does not have the document.
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

test('a document of another media type is ignored, whatever it contains', async () => {
  await using t = await database()
  const streams = 'https://www.w3.org/ns/activitystreams'
  const types: [string, boolean][] = [
    ['application/activity+json', true],
    ['Application/Activity+JSON; charset=utf-8', true],
    [`application/ld+json; profile="${streams}"`, true],
    [`application/ld+json;profile=${streams}`, true],
    [`application/ld+json; charset=utf-8; profile="https://example.test/other ${streams}"`, true],
    ['application/ld+json', false],
    ['application/ld+json; profile="https://example.test/other"', false],
    ['application/json', false],
    ['text/plain', false],
    ['text/html', false],
    [`text/html; x="application/ld+json; profile=${streams}"`, false],
    ['image/png', false],
    ['', false],
  ]
  const ann = actor('https://a.test', 'ann')
  const pages = Object.fromEntries(
    types.map(([as], n) => [
      `https://a.test/notes/${n}`,
      {
        as,
        json: { id: `https://a.test/notes/${n}`, type: 'Note', attributedTo: ann.id, content: 'Hi', to: 'as:Public' },
      },
    ]),
  )
  const { url } = internet(t, { [ann.id]: ann, ...pages })
  const found = await Promise.all(types.map(async (_, n) => (await url(`https://a.test/notes/${n}`)) !== null))
  expect(types.map(([as], n) => [as, found[n]])).toEqual(types)
})

test('a document without id, too deep, or too long is refused', async () => {
  await using t = await database()
  const ann = actor('https://a.test', 'ann')
  const note = (n: number, more: object) => ({
    id: `https://a.test/${n}`,
    type: 'Note',
    attributedTo: ann.id,
    content: 'Hi',
    to: 'as:Public',
    ...more,
  })
  const deep = (levels: number): unknown => (levels === 0 ? 'bottom' : { more: deep(levels - 1) })
  const { url } = internet(t, {
    [ann.id]: ann,
    'https://a.test/1': note(1, { id: undefined }),
    'https://a.test/2': note(2, { more: deep(70) }),
    'https://a.test/3': note(3, { more: Array.from({ length: 20_001 }, () => 0) }),
    'https://a.test/4': note(4, { id: `https://a.test/${'x'.repeat(3_000)}` }),
    'https://a.test/5': note(5, { content: 'a\u0000b' }),
    'https://a.test/6': [note(6, {})],
    'https://a.test/7': note(7, { more: deep(20) }),
  })
  const found = []
  for (const n of [1, 2, 3, 4, 5, 6, 7]) if (await url(`https://a.test/${n}`)) found.push(n)
  expect(found).toEqual([7])
})

test('an id on another server is fetched there, once, and counts if both servers agree', async () => {
  await using t = await database()
  const ann = actor('https://a.test', 'ann')
  const note = {
    id: 'https://a.test/notes/1',
    type: 'Note',
    attributedTo: ann.id,
    content: 'What ann wrote',
    to: 'as:Public',
  }
  const { url, asked } = internet(t, {
    [ann.id]: ann,
    'https://mirror.test/copy': { ...note, content: 'What the mirror says' },
    [note.id]: note,
    'https://mirror.test/lie': { ...note, id: 'https://a.test/notes/2' },
  })
  const found = await url('https://mirror.test/copy')
  expect(await loadStatusView(t.db, null, found!.id as never)).toMatchObject({
    uri: note.id,
    content: 'What ann wrote',
  })
  expect(asked.filter((one) => one === note.id)).toHaveLength(1)
  expect(await url('https://mirror.test/lie')).toBeNull()
})

test('a recently fetched profile is not fetched again, an older one is', async () => {
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

test('a failed refetch changes nothing, not even the handle', async () => {
  await using t = await database()
  const ann = actor('https://social.a.test', 'ann')
  const pages: Record<string, Answer> = {
    ...finger('a.test', 'ann', 'ann@a.test', ann.id),
    ...finger('social.a.test', 'ann', 'ann@a.test', ann.id),
    [ann.id]: ann,
  }
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

test('the cache of documents is limited by their size', async () => {
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

test('an unreachable server causes no internal error', async () => {
  await using s = await scene()
  expect(await s.t.app.remote.url('http://127.0.0.1:9/nobody')).toBeNull()
  expect(await s.t.app.remote.account('x@nosuch.invalid')).toBeNull()
})
