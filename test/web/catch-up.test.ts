import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import type { AccountId } from '#src/platform/ids.ts'
import { loadMarkers, saveMarker } from '#src/reading/timelines/markers.ts'
import { reblog } from '#src/statuses/interactions/reblog.ts'
import { pages } from '../../web/app.tsx'
import { localAccount, makeFollow, password, status } from '../cast.ts'
import { database, type TestDatabase } from '../database.ts'
import { visitor } from './visitor.ts'

/** A reader who follows some people, and was on Home before they wrote anything. */
async function reader(t: TestDatabase, ...names: string[]): Promise<AccountId[]> {
  const alice = await localAccount(t, 'alice')
  const writers: AccountId[] = []
  for (const name of names) {
    const writer = await localAccount(t, name)
    await makeFollow(t, alice, writer)
    writers.push(writer)
  }
  const first = await status(t, alice, { text: 'Before' })
  await t.db.transaction((tx) => saveMarker(tx, alice, 'home', first))
  return [alice, ...writers]
}

const homeMarker = async (t: TestDatabase, of: AccountId) =>
  (await loadMarkers(t.db, of)).find(({ timeline }) => timeline === 'home')?.lastReadId

async function browser(t: TestDatabase) {
  const a = visitor(pages(t.app))
  await a.logIn('alice', password)
  return a
}

/** Opens the catch-up, and follows to the address with the span. */
async function open(a: Awaited<ReturnType<typeof browser>>, query = ''): Promise<{ html: string; path: string }> {
  const path = (await a.get(`/catch-up${query}`)).location ?? ''
  return { html: (await a.get(path)).html, path }
}

const order = (html: string) => [...html.matchAll(/class="prose"[^>]*><p>([^<]*)/g)].map(([, text]) => text)

test('people who write little come first, threads are folded, and boosts of a post stand there once', async () => {
  await using t = await database()
  const [, loud, quiet, third] = await reader(t, 'loud', 'quiet', 'third')
  const start = await status(t, loud!, { text: 'Loud begins' })
  for (const text of ['Loud goes on', 'Loud ends']) await status(t, loud!, { text, inReplyToId: start })
  await status(t, loud!, { text: 'Loud again' })
  await status(t, quiet!, { text: 'Quiet says this' })
  const stranger = await localAccount(t, 'stranger')
  const far = await status(t, stranger, { text: 'From far away' })
  for (const by of [quiet!, third!]) await t.db.transaction((tx) => reblog(tx, t.app.uris, by, far))
  const { html } = await open(await browser(t))
  expect(order(html)).toEqual(['From far away', 'Quiet says this', 'Loud begins', 'Loud again'])
  expect(html.replace(/<[^>]*>/g, '')).toContain('Boosted by quiet, third')
  expect(html).toContain('And 2 more in this thread')
  expect(html).toContain('That’s all')
})

test('the same link is shown once, with the number of the others', async () => {
  await using t = await database()
  const [, bob, carol] = await reader(t, 'bob', 'carol')
  const posts = [await status(t, bob!, { text: 'Read this' }), await status(t, carol!, { text: 'Good story' })]
  await t.db.execute(sql`insert into cards (id, url, title) values (7, 'https://news.example/story', 'A story')`)
  for (const post of posts) await t.db.execute(sql`insert into status_cards (status_id, card_id) values (${post}, 7)`)
  const { html } = await open(await browser(t))
  expect(order(html)).toEqual(['Read this'])
  expect(html).toContain('One more post shares this link')
})

test('the last page ends it, and only that moves the place on Home; the address keeps its list', async () => {
  await using t = await database()
  const [alice, bob] = await reader(t, 'bob')
  const before = await homeMarker(t, alice!)
  let newest = ''
  for (let i = 0; i < 42; i += 1) newest = await status(t, bob!, { text: `Number ${i}` })
  const a = await browser(t)
  const { html, path } = await open(a)
  expect(order(html)).toHaveLength(40)
  expect(html).not.toContain('That’s all')
  expect(await homeMarker(t, alice!)).toBe(before)
  const next = /href="([^"]+)" rel="next"/.exec(html)?.[1]?.replaceAll('&amp;', '&') ?? ''
  const second = (await a.get(next)).html
  expect(order(second)).toEqual(['Number 40', 'Number 41'])
  expect(second).toContain('That’s all')
  expect(await homeMarker(t, alice!)).toBe(newest)
  expect(order((await a.get(path)).html)).toHaveLength(40)
  expect((await open(a)).html).toContain('You missed nothing')
  expect(order((await open(a, '?from=day')).html)).toHaveLength(40)
})

test('it shows nobody’s posts but those of Home, and refuses a span that is none', async () => {
  await using t = await database()
  const [alice, bob, carol] = await reader(t, 'bob', 'carol')
  await status(t, bob!, { text: 'Between us two, @carol', visibility: 'direct' })
  await status(t, alice!, { text: 'My own words' })
  await status(t, await localAccount(t, 'dave'), { text: 'Nobody follows me' })
  await status(t, carol!, { text: 'For all who follow', visibility: 'private' })
  const a = await browser(t)
  expect(order((await open(a)).html)).toEqual(['For all who follow'])
  for (const query of [
    '?from=never',
    '?since=1',
    '?since=x&until=2',
    '?since=1&until=2&page=2',
    '?since=1&until=2&page=x',
  ])
    expect((await a.get(`/catch-up${query}`)).status).toBe(404)
  expect((await visitor(pages(t.app)).get('/catch-up')).location).toContain('/login')
})

test('a link of another site moves no place, and no address moves it into the future', async () => {
  await using t = await database()
  const [alice, bob] = await reader(t, 'bob')
  const before = await homeMarker(t, alice!)
  const post = await status(t, bob!, { text: 'News' })
  const a = await browser(t)
  const far = String(2n ** 62n)
  await a.get('/', { 'Sec-Fetch-Site': 'cross-site' })
  await a.get(`/catch-up?since=1&until=${far}`, { 'Sec-Fetch-Site': 'cross-site' })
  await a.get('/notifications', { 'Sec-Fetch-Site': 'cross-site' })
  expect(await homeMarker(t, alice!)).toBe(before)
  await a.get(`/?top=${far}&max_id=${BigInt(post) + 1n}`)
  await a.get(`/catch-up?since=1&until=${far}`)
  expect(await homeMarker(t, alice!)).toBe(post)
})

test('Home says where one stopped, and its place moves only with pages that join it', async () => {
  await using t = await database()
  const [alice, bob] = await reader(t, 'bob')
  const before = await homeMarker(t, alice!)
  const a = await browser(t)
  for (let i = 0; i < 5; i += 1) await status(t, bob!, { text: `Early ${i}` })
  const near = (await a.get('/')).html
  expect(near).toMatch(/Early 0[\s\S]*You stopped here[\s\S]*Before/)
  expect(near).toContain(`href="#post-${before}"`)
  const joined = await homeMarker(t, alice!)
  expect(joined).not.toBe(before)
  expect((await a.get('/')).html).not.toContain('You stopped here')
  const posts: string[] = []
  for (let i = 0; i < 45; i += 1) posts.push(await status(t, bob!, { text: `Late ${i}` }))
  const far = (await a.get('/')).html
  expect(far).toContain('href="/catch-up"')
  expect(far).toContain(`href="/?min_id=${joined}"`)
  expect(await homeMarker(t, alice!)).toBe(joined)
  await a.get(`/?min_id=${joined}`)
  expect(await homeMarker(t, alice!)).toBe(posts[19])
  // From the top down to the place: all of it was read.
  const link = (html: string) => /href="([^"]+)" rel="next"/.exec(html)?.[1]?.replaceAll('&amp;', '&') ?? ''
  const older = (await a.get(link((await a.get('/')).html))).html
  expect(older).toContain('You stopped here')
  expect(await homeMarker(t, alice!)).toBe(posts[44])
})
