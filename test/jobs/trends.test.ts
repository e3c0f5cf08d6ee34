import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { commandLine } from '#src/accounts/roles/staff.ts'
import { saveSettings } from '#src/moderation/save-settings.ts'
import type { AccountId, StatusId } from '#src/platform/ids.ts'
import { computeTrends } from '#src/reading/trends/compute.ts'
import { decideTrend, trendNamed } from '#src/reading/trends/review.ts'
import { mute } from '#src/relationships/mute.ts'
import { deleteStatus } from '#src/statuses/delete.ts'
import { favourite } from '#src/statuses/interactions/favourite.ts'
import { reblog } from '#src/statuses/interactions/reblog.ts'
import { type Json, serve, tokenOf } from '../api/server.ts'
import { localAccount, remoteAccount, remoteStatus, status } from '../cast.ts'
import { database, type TestDatabase } from '../database.ts'

async function crowd(t: TestDatabase): Promise<[AccountId, AccountId, AccountId]> {
  return [await localAccount(t, 'alice'), await localAccount(t, 'bob'), await localAccount(t, 'carol')]
}

const silence = (t: TestDatabase, account: AccountId) =>
  t.db.execute(sql`update accounts set silenced_at = now() where id = ${account}`)

test('a hashtag trends if several people use it in public; each person counts once, and boosts count', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const [alice, bob, carol] = await crowd(t)
  const limited = await remoteAccount(t, 'limited')
  await silence(t, limited)
  await status(t, alice, { text: 'One #Birds' })
  const last = await status(t, bob, { text: 'Two #birds' })
  for (let i = 0; i < 3; i++) await status(t, alice, { text: `#lonely ${i}` })
  await status(t, alice, { text: '#quiet', visibility: 'unlisted' })
  await status(t, bob, { text: '#quiet', visibility: 'unlisted' })
  const boosted = await status(t, alice, { text: '#boosted' })
  await t.db.transaction((tx) => reblog(tx, t.app.uris, carol, boosted))
  await remoteStatus(t, limited, { tags: [{ name: 'lonely', displayName: 'lonely' }] })

  await computeTrends(t.db)
  const names = async () => (await server.get('/api/v1/trends/tags', '[Tag]')).map((tag: Json) => tag.name)
  expect((await names()).toSorted()).toEqual(['Birds', 'boosted'])
  const { body, headers } = await server.call('GET', '/api/v1/trends/tags?limit=1')
  expect(body[0].history[0]).toMatchObject({
    uses: '2',
    accounts: '2',
    day: String(Math.floor(Date.now() / 86_400_000) * 86_400),
  })
  expect(body[0].history[1]).toMatchObject({ uses: '0', accounts: '0' })
  expect(headers.get('Link')).toBe('<https://pipit.test/api/v1/trends/tags?limit=1&offset=1>; rel="next"')
  expect((await server.get('/api/v1/trends/tags?limit=1&offset=1', '[Tag]')).map((tag: Json) => tag.name)).not.toEqual([
    body[0].name,
  ])

  // Deleted posts don't count any more, but the score of a trend decreases only slowly.
  await t.db.transaction((tx) => deleteStatus(tx, bob, last))
  await t.db.execute(sql`update trending_tags set computed_at = now() - interval '2 days'`)
  await computeTrends(t.db)
  expect(await names()).toEqual(['boosted'])
})

test('trending statuses are no replies and not sensitive, one per author, and none by muted accounts', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const [alice, bob, carol] = await crowd(t)
  const like = (id: StatusId, ...by: AccountId[]) =>
    t.db.transaction(async (tx) => {
      for (const account of by) await favourite(tx, account, id)
    })
  const good = await status(t, alice, { text: 'Good' })
  const better = await status(t, alice, { text: 'Better' })
  const reply = await status(t, bob, { text: 'Reply', inReplyToId: good })
  const warned = await status(t, carol, { text: 'Warned', spoilerText: 'Careful' })
  const ignored = await status(t, carol, { text: 'Nobody likes it' })
  await like(good, bob, carol)
  await like(better, bob, carol)
  await t.db.transaction((tx) => reblog(tx, t.app.uris, bob, better))
  await like(reply, alice, carol)
  await like(warned, alice, bob)

  await computeTrends(t.db)
  const trending = async (token?: string) =>
    (await server.get('/api/v1/trends/statuses', '[Status]', token)).map((one: Json) => one.id)
  expect(await trending()).toEqual([better])
  expect(await trending()).not.toContain(ignored)
  await t.db.transaction((tx) => mute(tx, bob, alice))
  expect(await trending(await tokenOf(t.app, bob))).toEqual([])
})

test('a link trends with its preview', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const [alice, bob] = await crowd(t)
  for (const author of [alice, bob]) await status(t, author, { text: 'Read https://news.example/story' })
  await computeTrends(t.db)
  expect(await server.get('/api/v1/trends/links', '[Trends_Link]')).toEqual([])
  await t.db.execute(sql`update cards set is_usable = true, title = 'The story', fetched_at = now()`)
  await computeTrends(t.db)
  const [link] = await server.get('/api/v1/trends/links', '[Trends_Link]')
  expect(link).toMatchObject({ url: 'https://news.example/story', title: 'The story' })
  expect(link.history[0]).toMatchObject({ uses: '2', accounts: '2' })
})

test('rejected items trend nowhere, and with review only approved ones trend', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const [alice, bob] = await crowd(t)
  for (const author of [alice, bob]) await status(t, author, { text: '#good #bad' })
  const names = async () => (await server.get('/api/v1/trends/tags', '[Tag]')).map((tag: Json) => tag.name).toSorted()
  const decide = async (what: string, isTrendable: boolean) => {
    const trend = await trendNamed(t.db, commandLine, t.app.uris, what)
    if (trend) await t.db.transaction((tx) => decideTrend(tx, commandLine, trend, isTrendable))
  }
  await computeTrends(t.db)
  expect(await names()).toEqual(['bad', 'good'])
  await decide('#bad', false)
  expect(await names()).toEqual(['good'])
  await t.db.transaction((tx) => saveSettings(tx, commandLine, { trendsNeedReview: true }))
  await computeTrends(t.db)
  expect(await names()).toEqual([])
  await decide('#GOOD', true)
  await computeTrends(t.db)
  expect(await names()).toEqual(['good'])
})
