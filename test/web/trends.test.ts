/** The review of trends on the website: publishers of links, and the switches of hashtags. */
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { computeTrends } from '#src/reading/trends/compute.ts'
import { listTrendingTags, trendingLinks } from '#src/reading/trends/read.ts'
import { pages } from '../../web/app.tsx'
import { localAccount, password, status } from '../cast.ts'
import { database } from '../database.ts'
import { visitor } from './visitor.ts'

test('moderators decide about all links of a publisher', async () => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice', { role: 'moderator' }), await localAccount(t, 'bob')]
  for (const author of [alice, bob]) await status(t, author, { text: 'https://news.example/story' })
  await t.db.execute(sql`update cards set is_usable = true, title = 'The story', fetched_at = now()`)
  await computeTrends(t.db)
  const [moderator, other] = [visitor(pages(t.app)), visitor(pages(t.app))]
  await moderator.logIn('alice', password)
  await other.logIn('bob', password)
  const shown = async () => (await trendingLinks(t.db, { limit: 5, offset: 0 })).length

  const { html } = await moderator.get('/admin/trends')
  const [, path = ''] = /action="(\/admin\/trends\/publisher\/\d+\/reject)"/.exec(html) ?? []
  expect((await other.post(path)).status).toBe(404)
  expect(await shown()).toBe(1)
  expect((await moderator.post(path)).status).toBe(303)
  expect(await shown()).toBe(0)
  expect((await moderator.get('/admin/trends')).html).toContain('Not reviewed · hidden · Publisher rejected')

  await t.db.execute(
    sql`insert into link_publishers (id, domain) select n, 'site' || n || '.example' from generate_series(1, 41) n`,
  )
  const list = async (query = '') =>
    [...(await moderator.get(`/admin/trends/publishers${query}`)).html.matchAll(/<bdi>([^<]*\.example)<\/bdi>/g)].map(
      ([, host]) => host,
    )
  expect(await list()).toEqual(['news.example', ...Array.from({ length: 39 }, (_, i) => `site${41 - i}.example`)])
  expect(await list('?max_id=3')).toEqual(['site2.example', 'site1.example'])
  expect((await other.get('/admin/trends/publishers')).status).toBe(404)
})

test('moderators find a hashtag by its name, and set its spelling and what it may be used for', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice', { role: 'moderator' })
  const bob = await localAccount(t, 'bob')
  for (const author of [alice, bob]) await status(t, author, { text: '#fridaynight' })
  await computeTrends(t.db)
  const [moderator, other] = [visitor(pages(t.app)), visitor(pages(t.app))]
  await moderator.logIn('alice', password)
  await other.logIn('bob', password)
  expect((await moderator.get('/admin/trends/tags?name=%23nowhere')).html).toContain('No public post here')
  const { location = '' } = await moderator.get('/admin/trends/tags?name=%23FridayNight')
  const path = location ?? ''
  expect(path).toMatch(/^\/admin\/trends\/tags\/\d+$/)
  expect((await other.get(path)).status).toBe(404)
  const form = { display_name: 'FridayNight', usable: '1' }
  expect((await other.post(path, form)).status).toBe(404)
  expect(await listTrendingTags(t.db, { limit: 5, offset: 0 })).toHaveLength(1)

  const wrong = await moderator.post(path, { ...form, display_name: 'Saturday' })
  expect([wrong.status, wrong.html.includes('value="Saturday"')]).toEqual([422, true])
  expect(await listTrendingTags(t.db, { limit: 5, offset: 0 })).toHaveLength(1)
  expect((await moderator.post(path, form)).status).toBe(303)
  expect(await listTrendingTags(t.db, { limit: 5, offset: 0 })).toHaveLength(0)
  expect((await moderator.get('/admin/trends')).html).toContain('Not reviewed · hidden · Not listed')
  const { rows } = await t.db.execute(sql`select display_name, is_usable, is_listable from tags`)
  expect(rows).toEqual([{ display_name: 'FridayNight', is_usable: true, is_listable: false }])
})
