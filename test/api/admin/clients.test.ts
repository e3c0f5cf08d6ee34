/** Figures, hashtags and trends by masto, as dashboards made with it ask for them. megalodon has none of these calls. */
import { sql } from 'drizzle-orm'
import { createRestAPIClient } from 'masto'
import { expect, test } from 'vitest'
import { computeTrends } from '#src/reading/trends/compute.ts'
import { favourite } from '#src/statuses/interactions/favourite.ts'
import { localAccount, status } from '../../cast.ts'
import { database } from '../../database.ts'
import { serve, tokenOf } from '../server.ts'

test('masto reads figures, and decides about trends', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const owner = await localAccount(t, 'owner', { role: 'owner' })
  const post = await status(t, alice, { text: '#birds https://news.example/story' })
  await status(t, bob, { text: '#birds https://news.example/story' })
  await t.db.transaction(async (tx) => {
    for (const account of [bob, owner]) await favourite(tx, account, post)
  })
  await t.db.execute(sql`update cards set is_usable = true, title = 'The story', fetched_at = now()`)
  await computeTrends(t.db)
  const token = await tokenOf(t.app, owner, ['admin:read', 'admin:write'])
  const { admin } = createRestAPIClient({ url: server.url, accessToken: token }).v1

  const [tag] = await admin.trends.tags.list()
  const span = { startAt: new Date(Date.now() - 86_400_000).toISOString(), endAt: new Date().toISOString() }
  const measures = await admin.measures.create({
    keys: ['new_users', 'tag_uses', 'instance_accounts'],
    ...span,
    tagUses: { id: tag?.id ?? '' },
    instanceAccounts: { domain: 'remote.test' },
  })
  expect(measures.map(({ key, total, previousTotal, data }) => [key, total, previousTotal, data.length])).toEqual([
    ['new_users', '3', '0', 2],
    ['tag_uses', '2', '0', 2],
    ['instance_accounts', '0', undefined, 2],
  ])
  const dimensions = await admin.dimensions.create({
    keys: ['sources', 'tag_servers'],
    ...span,
    limit: '3',
    tagServers: { id: tag?.id ?? '' },
  })
  expect(dimensions.map(({ key, data }) => [key, data[0]?.humanKey, data[0]?.value])).toEqual([
    ['sources', 'Website', '3'],
    ['tag_servers', 'pipit.test', '2'],
  ])
  const cohorts = await admin.retention.create({ ...span, frequency: 'month' })
  expect(cohorts.at(-1)).toMatchObject({ frequency: 'month', data: [{ value: '1', rate: 1 / 3 }] })

  expect((await admin.trends.tags.$select(tag?.id ?? '').reject()).requiresReview).toBe(false)
  const [trending] = await admin.trends.statuses.list()
  expect(trending?.id).toBe(post)
  expect((await admin.trends.statuses.$select(post).reject()).id).toBe(post)
  const [link] = await admin.trends.links.list()
  expect(link?.title).toBe('The story')
  const { rows } = await t.db.execute<{ id: string }>(sql`select id from cards`)
  expect((await admin.trends.links.$select(rows[0]!.id).approve()).url).toBe('https://news.example/story')
  const [publisher] = (await admin.trends.links.publishers.list()) as unknown as { id: string; domain: string }[]
  expect(publisher?.domain).toBe('news.example')
  await admin.trends.links.publishers.$select(publisher?.id ?? '').reject()
  const decided = await t.db.execute(
    sql`select (select is_trendable from tags) as tag, (select is_trendable from statuses where id = ${post}) as post, (select is_trendable from cards) as link, (select is_trendable from link_publishers) as publisher`,
  )
  expect(decided.rows).toEqual([{ tag: false, post: false, link: true, publisher: false }])
})
