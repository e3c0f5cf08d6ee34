import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { computeTrends } from '#src/reading/trends/compute.ts'
import { pages } from '../../web/app.tsx'
import { localAccount, makeFollow, password, remoteAccount, remoteStatus, status } from '../cast.ts'
import { database, type TestDatabase } from '../database.ts'
import { visitor } from './visitor.ts'

const linksIn = (html: string) => [...html.replaceAll('&amp;', '&').matchAll(/href="([^"]+)"/g)].map(([, href]) => href)

test('the public timeline leaves out replies to others, keeps people’s own threads, and keeps its filters when paging', async () => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const ada = await remoteAccount(t, 'ada')
  const first = await status(t, alice, { text: 'The first words' })
  await status(t, alice, { text: 'The thread goes on', inReplyToId: first })
  await status(t, bob, { text: 'An answer to somebody', inReplyToId: first })
  await remoteStatus(t, ada, { content: '<p>From afar</p>' })
  await remoteStatus(t, ada, { content: '<p>A lost reply</p>', inReplyToUri: 'https://gone.test/1' })
  const someone = visitor(pages(t.app))

  const { html } = await someone.get('/public')
  for (const shown of ['The first words', 'The thread goes on', 'From afar']) expect(html).toContain(shown)
  for (const hidden of ['An answer to somebody', 'A lost reply']) expect(html).not.toContain(hidden)
  const here = await someone.get('/public?from=here')
  expect(here.html).toContain('The first words')
  expect(here.html).not.toContain('From afar')
  const elsewhere = await someone.get('/public?from=elsewhere')
  expect(elsewhere.html).toContain('From afar')
  expect(elsewhere.html).not.toContain('The first words')
  expect((await someone.get('/public?from=here&media=1')).html).toContain('Nobody here has posted files')
  expect(await someone.get('/explore/everywhere')).toMatchObject({ status: 301, location: '/public' })

  for (let i = 0; i < 20; i++) await status(t, alice, { text: `Number ${i}.` })
  const older = linksIn((await someone.get('/public?from=here')).html).find((href) => href?.includes('max_id')) ?? ''
  expect(older).toMatch(/^\/public\?from=here&max_id=\d+$/)
  const second = (await someone.get(older)).html
  expect(second).toContain('The first words')
  expect(second).not.toContain('Number 5.')
})

/** Several people use a hashtag and a link, and one post gets favourites. */
async function trends(t: TestDatabase): Promise<void> {
  const authors = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  for (const author of authors) await status(t, author, { text: 'Look #walnuts https://news.example/story' })
  await t.db.execute(sql`update cards set is_usable = true, title = 'The story', fetched_at = now()`)
  await t.db.execute(sql`update accounts set is_discoverable = true`)
  await computeTrends(t.db)
}

test('while nothing trends, Explore says so and shows the newest posts of this server instead', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  await status(t, alice, { text: 'Something new' })
  await remoteStatus(t, await remoteAccount(t, 'ada'), { content: '<p>From afar</p>' })
  const someone = visitor(pages(t.app))
  for (const [path, words] of [
    ['/explore', 'No post trends here'],
    ['/explore/tags', 'No hashtag trends here'],
    ['/explore/links', 'No link trends here'],
  ] as const) {
    const { html } = await someone.get(path)
    expect(html, path).toContain(words)
    expect(html, path).toContain('Something new')
    expect(html, path).not.toContain('From afar')
    expect(html, path).not.toContain('after a moderator')
  }
  await t.db.execute(sql`insert into settings (name, value) values ('trendsNeedReview', 'true')`)
  expect((await visitor(pages(t.app)).get('/explore/tags')).html).toContain('after a moderator has approved them')
})

test('what trends is listed with its use here, and a rejected trend is not', async () => {
  await using t = await database()
  await trends(t)
  const someone = visitor(pages(t.app))
  const tags = await someone.get('/explore/tags')
  expect(tags.html).toContain('href="/tags/walnuts"')
  expect(tags.html).toContain('2 people in two days, 2 posts this week')
  expect(tags.html).toContain('other servers know others')
  const links = await someone.get('/explore/links')
  expect(links.html).toContain('The story')
  expect(linksIn(links.html)).toContain('/links?url=https%3A%2F%2Fnews.example%2Fstory')
  const posts = await someone.get('/links?url=https%3A%2F%2Fnews.example%2Fstory')
  expect(posts.status).toBe(200)
  expect(posts.html.match(/<article /g)).toHaveLength(2)
  expect(posts.html.indexOf('link-card-title')).toBeLessThan(posts.html.indexOf('<article '))

  await t.db.execute(sql`update trending_tags set is_allowed = false`)
  await t.db.execute(sql`update trending_cards set is_allowed = false`)
  expect((await someone.get('/explore/tags')).html).not.toContain('in two days')
  const gone = await someone.get('/links?url=https%3A%2F%2Fnews.example%2Fstory')
  expect([gone.status, gone.html.includes('doesn’t trend here')]).toEqual([404, true])
  expect(gone.html).not.toContain('The story')
})

test('posts that trend stand in the order of attention, not of time', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const [older, newer] = [await status(t, alice, { text: 'Much loved' }), await status(t, alice, { text: 'Quite new' })]
  await t.db.execute(
    sql`insert into trending_statuses (status_id, score, is_allowed) values (${older}, 9, true), (${newer}, 2, true)`,
  )
  const { html } = await visitor(pages(t.app)).get('/explore')
  expect(html.indexOf('Much loved')).toBeGreaterThan(0)
  expect(html.indexOf('Much loved')).toBeLessThan(html.indexOf('Quite new'))
})

test('suggested people come with reasons, and a dismissed one doesn’t come back', async () => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const [carol, dora] = [await localAccount(t, 'carol'), await localAccount(t, 'dora')]
  await t.db.execute(sql`update accounts set is_discoverable = true, note = '<p>I grow walnuts</p>'`)
  for (const friend of [bob, dora]) {
    await makeFollow(t, alice, friend)
    await makeFollow(t, friend, carol)
  }
  const site = pages(t.app)
  const [byAlice, byBob] = [visitor(site), visitor(site)]
  await byAlice.logIn('alice', password)
  await byBob.logIn('bob', password)
  const { html } = await byAlice.get('/explore/people')
  expect(html).toContain('href="/@carol"')
  expect(html).toContain('People you follow follow them.')
  expect(html).toContain('I grow walnuts')
  expect(html).toContain(`formaction="/accounts/${carol}/follow"`)
  expect(html).not.toContain(`id="person-${bob}"`)

  const path = `/suggestions/${carol}/dismiss`
  expect(await visitor(site).post(path)).toMatchObject({ status: 303, location: '/login' })
  expect((await byAlice.post('/suggestions/77/dismiss')).status).toBe(404)
  expect((await byAlice.get('/explore/people')).html).toContain('href="/@carol"')
  expect(await byAlice.post(path)).toMatchObject({ status: 303 })
  expect((await byAlice.get('/explore/people')).html).not.toContain('href="/@carol"')
  const { rows } = await t.db.execute(sql`select account_id, target_id from suggestion_dismissals`)
  expect(rows).toEqual([{ account_id: alice, target_id: carol }])
})

test('the directory lists only people who want to be found, of here or of all servers, in pages', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  await localAccount(t, 'hidden')
  const ada = await remoteAccount(t, 'ada')
  await t.db.execute(sql`update accounts set is_discoverable = id in (${alice}, ${ada})`)
  const someone = visitor(pages(t.app))
  const all = (await someone.get('/directory?order=new')).html
  expect([all.includes('href="/@alice"'), all.includes('@ada@remote.test'), all.includes('/@hidden')]).toEqual([
    true,
    true,
    false,
  ])
  const here = (await someone.get('/directory?from=here&order=new')).html
  expect([here.includes('href="/@alice"'), here.includes('@ada@remote.test')]).toEqual([true, false])
  expect((await someone.get('/directory')).html).toContain('Nobody is listed here yet.')

  for (let i = 0; i < 20; i++) await remoteAccount(t, `far${i}`)
  const first = (await someone.get('/directory?order=new')).html
  expect(linksIn(first)).toContain('/directory?order=new&offset=20')
  const second = (await someone.get('/directory?order=new&offset=20')).html
  // Remote accounts are as old as their servers say; alice is the newest.
  expect([first, second].map((html) => html.includes('href="/@alice"'))).toEqual([true, false])
  expect([first, second].map((html) => html.includes('@ada@remote.test'))).toEqual([false, true])
  expect((await someone.get('/directory?offset=-3')).status).toBe(200)
})

test('the directory, the favourites and the keys have links where people look for them', async () => {
  await using t = await database()
  await localAccount(t, 'alice', { role: 'owner' })
  const me = visitor(pages(t.app))
  await me.logIn('alice', password)
  const home = (await me.get('/')).html
  expect(home).toContain('href="/favourites"')
  expect(home).toContain('href="/keyboard"')
  expect((await me.get('/more')).html.match(/href="\/favourites"/g)).toHaveLength(2)
  expect((await me.get('/explore/people')).html).toContain('<a href="/directory">Directory</a>')
  expect((await me.get('/directory')).html).toContain('<a href="/explore/people">For you</a>')
})
