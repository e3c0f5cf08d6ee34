import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { connect } from '#src/platform/db/index.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { block } from '#src/relationships/block.ts'
import { prepareStatus } from '#src/statuses/prepare.ts'
import { thread } from '#src/statuses/threads/thread.ts'
import { pages } from '../../web/app.tsx'
import { localAccount, makeFollow, password, remoteAccount, remoteStatus, status } from '../cast.ts'
import { database } from '../database.ts'
import { visitor } from './visitor.ts'

test('every page, also an error, has the security headers', async () => {
  await using t = await database()
  await localAccount(t, 'alice', { role: 'owner' })
  const someone = visitor(pages(t.app))
  for (const path of [
    '/',
    '/explore',
    '/explore/people',
    '/public',
    '/directory',
    '/about',
    '/login',
    '/signup',
    '/password',
    '/search',
    '/@alice',
    '/nothing',
    '/@nobody',
    '/reset',
    '/confirm',
  ]) {
    const { headers, html } = await someone.get(path)
    const policy = headers.get('Content-Security-Policy') ?? ''
    for (const part of [
      "default-src 'none'",
      "style-src 'self'",
      "form-action 'self'",
      "frame-ancestors 'none'",
      "base-uri 'none'",
      "object-src 'none'",
    ])
      expect(policy, path).toContain(part)
    expect(policy, path).not.toContain('unsafe')
    expect(headers.get('X-Content-Type-Options'), path).toBe('nosniff')
    expect(headers.get('Referrer-Policy'), path).toBe('same-origin')
    expect(headers.get('Cache-Control'), path).toMatch(/private, no-store|max-age=0/)
    expect(html, path).not.toMatch(
      /<script(?! type="module" src="\/static\/(?:site|passkeys)\.js)|<style|\sstyle="|\son[a-z]+="/,
    )
    expect(html, path).toMatch(/^<!doctype html><html lang="en"[^>]*>.*<main.*<h1/s)
  }
})

test('no cache keeps the answer to a form, which may say whose it was', async () => {
  await using t = await database()
  const { html, headers } = await visitor(pages(t.app)).post('/password', { email: 'alice@mail.test' })
  expect(html).toContain('alice@mail.test')
  expect(headers.get('Cache-Control')).toBe('private, no-store')
  expect(headers.get('ETag')).toBeNull()
})

test('visitors can read only public posts, profiles and threads', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice', { role: 'owner' })
  const open = await status(t, alice, { text: 'Hello #meadow' })
  const quiet = await status(t, alice, { text: 'Quiet words', visibility: 'unlisted' })
  const hidden = await status(t, alice, { text: 'For followers', visibility: 'private' })
  const direct = await status(t, alice, { text: 'Just you', visibility: 'direct' })
  const someone = visitor(pages(t.app))

  expect((await someone.get('/')).html).toContain('Hello')
  expect((await someone.get('/public')).html).not.toContain('Quiet words')
  expect((await someone.get('/tags/meadow')).html).toContain('Hello')
  const profile = await someone.get('/@alice')
  expect(profile.html).toContain('Quiet words')
  expect(profile.html).not.toMatch(/For followers|Just you/)
  expect(profile.html).toContain(
    `<link rel="alternate" type="application/activity+json" href="https://pipit.test/ap/accounts/${alice}"/>`,
  )
  const post = await someone.get(`/@alice/${open}`)
  expect(post.status).toBe(200)
  expect(post.html).toContain('<meta property="og:description" content="Hello #meadow"/>')
  expect((await someone.get(`/@alice/${quiet}`)).status).toBe(200)
  for (const id of [hidden, direct, '1', '9223372036854775807', '99999999999999999999'])
    expect((await someone.get(`/@alice/${id}`)).status).toBe(404)
})

test('followers and mentioned people see the posts for them', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice', { role: 'owner' })
  const bob = await localAccount(t, 'bob')
  await localAccount(t, 'carol')
  const hidden = await status(t, alice, { text: 'For followers', visibility: 'private' })
  const direct = await status(t, alice, { text: 'Dear @bob', visibility: 'direct' })
  await makeFollow(t, bob, alice)
  const site = pages(t.app)
  const byBob = visitor(site)
  await byBob.logIn('bob', password)
  const byCarol = visitor(site)
  await byCarol.logIn('carol@mail.test', password)

  expect((await byBob.get('/')).html).toContain('For followers')
  for (const id of [hidden, direct]) {
    const seen = await byBob.get(`/@alice/${id}`)
    expect(seen.status).toBe(200)
    expect(seen.headers.get('Cache-Control')).toBe('private, no-store')
    expect(seen.html).toContain('<meta name="robots" content="noindex"/>')
    expect((await byCarol.get(`/@alice/${id}`)).status).toBe(404)
  }
  await t.db.transaction((tx) => block(tx, t.app.uris, alice, bob))
  expect((await byBob.get(`/@alice/${hidden}`)).status).toBe(404)
  expect((await byBob.get('/@alice')).html).not.toContain('For followers')
})

test('local and remote texts stay texts, and stored HTML is sanitized again before it is shown', async () => {
  await using t = await database()
  const evil = '<img src=x onerror="alert(1)"><script>alert(2)</script>'
  const alice = await localAccount(t, 'alice', { role: 'owner', displayName: evil })
  await status(t, alice, { text: `${evil} & "quotes"`, spoilerText: evil })
  const ada = await remoteAccount(t, 'ada')
  await remoteStatus(t, ada, { content: '<p>Fine</p>', publishedAt: new Date() })
  // As if it had been stored by an older, weaker sanitiser.
  await t.db.execute(
    sql`update statuses set content = ${`<p onclick="x()">Afar</p>${evil}<a href="javascript:alert(3)">a</a>`} where account_id = ${ada}`,
  )
  await t.db.execute(
    sql`update accounts set note = ${evil}, fields = ${JSON.stringify([{ name: evil, value: evil }])}::jsonb, avatar_remote_url = 'javascript:alert(4)' where id = ${ada}`,
  )
  const someone = visitor(pages(t.app))
  for (const path of [
    '/',
    '/public',
    '/@alice',
    '/@ada@remote.test',
    `/search?q=${encodeURIComponent(evil)}`,
    `/login?return_to=${encodeURIComponent(`"${evil}`)}`,
    `/tags/${encodeURIComponent(evil)}`,
  ]) {
    expect((await someone.get(path)).html, path).not.toMatch(
      /<script(?! type="module" src="\/static\/(?:site|passkeys)\.js)|<img[^>]*onerror|onclick=|=\s*["']?javascript:/,
    )
  }
  expect((await someone.get('/@ada@remote.test')).html).toContain('Afar')
})

test('other spellings of an address redirect to the canonical one', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice', { role: 'owner' })
  const bob = await localAccount(t, 'bob')
  const id = await status(t, alice)
  const someone = visitor(pages(t.app))
  expect((await someone.get('/@Alice')).status).toBe(200)
  expect((await someone.get('/@alice@pipit.test')).status).toBe(200)
  expect((await someone.get(`/@bob/${id}`)).location).toBe(`/@alice/${id}`)
  for (const odd of [`/@%25/${id}`, `/@%/${id}`, '/@%E0%A4%A', '/tags/%', '/@', '/@@', '/@a/b/c'])
    expect((await someone.get(odd)).status, odd).toBeLessThan(405)
  await t.db.execute(sql`update accounts set suspended_at = now() where id = ${bob}`)
  expect((await someone.get('/@bob')).status).toBe(410)
})

test('lists have pages in both directions', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice', { role: 'owner' })
  for (let i = 1; i <= 25; i++) await status(t, alice, { text: `Number ${i}.` })
  const someone = visitor(pages(t.app))
  const first = await someone.get('/public')
  expect(first.html).toContain('Number 25.')
  expect(first.html).not.toContain('Number 5.')
  const older = /href="(\/public\?max_id=\d+)"/.exec(first.html)?.[1] ?? ''
  const second = await someone.get(older)
  expect(second.html).toContain('Number 5.')
  expect(second.html).not.toContain('max_id=')
  const newer = /href="(\/public\?min_id=\d+)"/.exec(second.html)?.[1] ?? ''
  expect((await someone.get(newer)).html).toContain('Number 6.')
})

test('stored files are served with their type, whole or in ranges, and can’t run scripts', async () => {
  await using t = await database()
  const name = `${'a1'.repeat(16)}.webp`
  await t.app.storage.put(name, Buffer.from('0123456789'))
  const someone = visitor(pages(t.app))
  const whole = await someone.get(`/media/${name}`)
  expect(whole).toMatchObject({ status: 200, html: '0123456789' })
  expect(whole.headers.get('Content-Type')).toBe('image/webp')
  expect(whole.headers.get('Content-Security-Policy')).toBe("sandbox; default-src 'none'")
  expect(whole.headers.get('X-Content-Type-Options')).toBe('nosniff')
  expect(whole.headers.get('Cache-Control')).toContain('immutable')
  expect(await someone.get(`/media/${name}`, { Range: 'bytes=2-4' })).toMatchObject({ status: 206, html: '234' })
  expect(await someone.get(`/media/${name}`, { Range: 'bytes=-3' })).toMatchObject({ status: 206, html: '789' })
  expect((await someone.get(`/media/${name}`, { Range: 'bytes=20-' })).status).toBe(416)
  for (const wrong of [`${'b2'.repeat(16)}.webp`, '..%2f..%2fetc%2fpasswd', 'x.webp'])
    expect((await someone.get(`/media/${wrong}`)).status).toBe(404)
})

test('while the database is unavailable, pages answer 503 and ask people to come back', async () => {
  await using t = await database()
  // No server listens on this port.
  const db = connect('postgres://pipit@127.0.0.1:1/pipit', 1)
  const away = await visitor(pages({ ...t.app, db })).get('/explore')
  await db.$client.end()
  expect(away.status).toBe(503)
  expect(away.headers.get('Retry-After')).toBe('5')
  expect(away.headers.get('Content-Security-Policy')).toContain("default-src 'none'")
  expect(away.html).toContain('Back in a moment')
})

test('a long page takes as many queries as a short one', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice', { role: 'owner' })
  const bob = await localAccount(t, 'bob')
  const write = async (author: AccountId) => status(t, author, { text: 'Hello @alice @bob #meadow' })
  await write(alice)
  await write(bob)
  const someone = visitor(pages(t.app))
  await someone.logIn('alice', password)
  await someone.get('/')
  const asked = async (path: string) => {
    let count = 0
    const query = t.db.$client.query
    t.db.$client.query = ((...args: Parameters<typeof query>) => {
      count += 1
      return query.apply(t.db.$client, args)
    }) as typeof query
    await someone.get(path)
    t.db.$client.query = query
    return count
  }
  const paths = ['/', '/explore', '/@alice', '/notifications', '/tags/meadow']
  const short = new Map<string, number>()
  for (const path of paths) short.set(path, await asked(path))
  for (let i = 0; i < 6; i++) await write(await localAccount(t, `carol${i}`))
  for (let i = 0; i < 6; i++) await write(alice)
  for (const path of paths) expect(await asked(path), path).toBe(short.get(path))
})

test('a blocked viewer, or a viewer of hidden lists, sees no followers', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice', { role: 'owner' })
  const bob = await localAccount(t, 'bob')
  await makeFollow(t, await localAccount(t, 'carol'), alice)
  const site = pages(t.app)
  const byBob = visitor(site)
  await byBob.logIn('bob', password)
  expect((await byBob.get('/@alice/followers')).html).toContain('@carol')
  await t.db.transaction((tx) => block(tx, t.app.uris, alice, bob))
  expect((await byBob.get('/@alice/followers')).html).not.toContain('@carol')
  expect((await visitor(site).get('/@alice/followers')).html).toContain('@carol')
})

test('accounts are found by the host of handles and by the host of the website', async () => {
  await using t = await database({ ORIGIN: 'https://web.pipit.test', HANDLE_HOST: 'pipit.test' })
  const alice = await localAccount(t, 'alice', { role: 'owner' })
  const someone = visitor(pages(t.app))
  for (const path of ['/@alice', '/@alice@pipit.test', '/@alice@web.pipit.test'])
    expect([path, (await someone.get(path)).status]).toEqual([path, 200])
  expect((await someone.get('/search?q=@alice@web.pipit.test')).html).toContain('href="/@alice"')
  const draft = await prepareStatus(t.app, alice, {
    text: '@alice@pipit.test @alice@web.pipit.test @alice@elsewhere.test',
  })
  expect(draft.content.match(/href="https:\/\/web.pipit.test\/@alice"/g)).toHaveLength(2)
})

test('a thread of two descendants has the first two', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const root = await status(t, alice)
  const replies = []
  for (let i = 0; i < 3; i++) replies.push(await status(t, alice, { inReplyToId: root }))
  expect(await thread(t.db, alice, root, { ancestors: 9, descendants: 2, depth: 9 })).toEqual({
    ancestors: [],
    descendants: replies.slice(0, 2),
  })
})

test('the list of notifications continues after one that can’t be shown any more', async () => {
  await using t = await database()
  await localAccount(t, 'alice', { role: 'owner' })
  const bob = await localAccount(t, 'bob')
  const ids = []
  for (let i = 0; i < 21; i++) ids.push(await status(t, bob, { text: `@alice number ${i}.` }))
  await t.db.execute(sql`delete from mentions where status_id = ${ids[10]}`)
  await t.db.execute(sql`update statuses set visibility = 'direct' where id = ${ids[10]}`)
  const byAlice = visitor(pages(t.app))
  await byAlice.logIn('alice', password)
  const first = await byAlice.get('/notifications')
  expect(first.html).not.toContain('number 10.')
  const older = /href="(\/notifications\?[^"]*max_id=\d+)"/.exec(first.html)?.[1] ?? ''
  expect((await byAlice.get(older.replaceAll('&amp;', '&'))).html).toContain('number 0.')
})
