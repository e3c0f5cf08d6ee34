import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { computeTrends } from '#src/reading/trends/compute.ts'
import { misunderstood } from '#src/statuses/search/query.ts'
import { pages } from '../../web/app.tsx'
import { localAccount, password, status } from '../cast.ts'
import { database } from '../database.ts'
import { visitor } from './visitor.ts'

test('the search page finds posts for people who are logged in, in tabs and pages', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  await localAccount(t, 'bob')
  for (let i = 0; i < 22; i++) await status(t, alice, { text: `Walnut number ${i}` })
  const bob = visitor(pages(t.app))
  expect((await bob.get('/search?q=walnut')).html).toContain('Nothing found')
  await bob.logIn('bob', password)
  const first = (await bob.get('/search?q=walnut&type=statuses')).html
  expect(first).toContain('Walnut number 21')
  expect(first).not.toContain('Walnut number 1<')
  expect(first).toMatch(/aria-current="page"[^>]*>Posts</)
  const [, next = ''] = /href="([^"]*offset=20)"/.exec(first.replaceAll('&amp;', '&')) ?? []
  expect((await bob.get(next)).html).toContain('Walnut number 1<')
  expect((await bob.get('/search?q=alice')).html).toContain('href="/@alice"')
})

test('the form of details leads to the query that it means, and shows it again', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  await t.db.execute(sql`update accounts set is_indexable = true`)
  await status(t, alice, { text: 'A walnut tree', language: 'en' })
  await status(t, alice, { text: 'Ein walnut, deutsch', language: 'de' })
  await localAccount(t, 'bob')
  const bob = visitor(pages(t.app))
  expect((await bob.get('/search')).html).not.toContain('name="has"')
  await bob.logIn('bob', password)
  const asked = {
    words: 'walnut',
    from: ' @alice ',
    has: '',
    is: '',
    language: 'de',
    in: 'public',
    after: '',
    before: '2099-01-01',
  }
  const { status: code, location } = await bob.get(`/search?${new URLSearchParams(asked).toString()}`)
  const query = new URLSearchParams({
    q: 'walnut from:@alice language:de in:public before:2099-01-01',
    type: 'statuses',
  }).toString()
  expect([code, location]).toEqual([303, `/search?${query}`])
  const { html } = await bob.get(location ?? '')
  expect(html).toContain('Ein walnut, deutsch')
  expect(html).not.toContain('A walnut tree')
  expect(html).toMatch(/<details class="sheet search-details"/)
  expect(html).toMatch(/name="words" [^>]*value="walnut"/)
  expect(html).toMatch(/<option value="de" selected/)
  expect(html).toMatch(/name="before" [^>]*value="2099-01-01"/)
  expect((await bob.get('/search?q=walnut+has:nuts')).html).toMatch(/name="words" [^>]*value="walnut has:nuts"/)
})

test('a search that finds nothing says why', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  await localAccount(t, 'bob')
  await status(t, alice, { text: 'Secret pecans' })
  await t.db.execute(sql`update accounts set is_indexable = false`)
  const bob = visitor(pages(t.app))
  expect((await bob.get('/search?q=pecans')).html).toContain('Visitors can’t search in posts')
  await bob.logIn('bob', password)
  const why = async (query: string) => {
    const { html } = await bob.get(`/search?${new URLSearchParams({ q: query }).toString()}`)
    return [
      html.includes('only if their authors want that'),
      html.includes('understood as'),
      html.includes('named by from:'),
      html.includes('The other server doesn’t answer'),
    ]
  }
  expect(await why('pecans')).toEqual([true, false, false, false])
  expect(await why('pecans has:nuts')).toEqual([true, true, false, false])
  expect(await why('pecans from:nobody before:2020-01-01')).toEqual([true, false, true, false])
  expect(await why('https://nowhere.test/posts/1')).toEqual([false, false, false, true])
})

test('an operator with an unknown value is searched as words, and addresses are no operators', () => {
  expect(misunderstood('bread has:nuts before:tomorrow -in:library to:bob')).toEqual([
    'has:nuts',
    'before:tomorrow',
    '-in:library',
    'to:bob',
  ])
  expect(misunderstood('see https://example.org/a has:media from:me before:2026-01-01 "a: b"')).toEqual([])
})

test('moderators can reject trends; for others the page answers 404', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice', { role: 'moderator' })
  const bob = await localAccount(t, 'bob')
  for (const author of [alice, bob]) await status(t, author, { text: '#walnuts' })
  await computeTrends(t.db)
  const [moderator, other] = [visitor(pages(t.app)), visitor(pages(t.app))]
  await moderator.logIn('alice', password)
  await other.logIn('bob', password)
  const { html } = await moderator.get('/admin/trends')
  const [, path = ''] = /action="(\/admin\/trends\/tag\/\d+\/reject)"/.exec(html) ?? []
  expect((await other.post(path)).status).toBe(404)
  expect((await moderator.post(path)).status).toBe(303)
  expect((await moderator.get('/admin/trends')).html).toContain('Rejected · hidden')
  expect((await other.get('/admin/trends')).status).toBe(404)
  expect((await moderator.post('/admin/trends/tag/7/reject')).status).toBe(404)
})
