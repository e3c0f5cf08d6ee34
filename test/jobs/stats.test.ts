import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { countDay, countMissedDays, loadDay, loadStats, loadTotals } from '#src/instance/stats.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { addDays, dayOf, isDay } from '#src/platform/time.ts'
import { favourite } from '#src/statuses/interactions/favourite.ts'
import { reblog } from '#src/statuses/interactions/reblog.ts'
import { localAccount, makeFollow, remoteAccount, remoteStatus, status } from '#test/cast.ts'
import { database, type TestDatabase } from '#test/database.ts'
import { dailyStats } from '../../jobs/daily-stats.ts'

const day = addDays(dayOf(new Date()), -3)
const noon = `${day}T12:00:00Z`

/** Moves everything that has happened so far to a moment. */
async function moveTo(t: TestDatabase, moment: string): Promise<void> {
  for (const [table, column] of [
    ['users', 'created_at'],
    ['statuses', 'created_at'],
    ['statuses', 'received_at'],
    ['favourites', 'created_at'],
    ['follows', 'created_at'],
  ] as const) {
    await t.db.execute(sql`update ${sql.identifier(table)} set ${sql.identifier(column)} = ${moment}::timestamptz`)
  }
}

async function activeOn(t: TestDatabase, accountId: AccountId, on: string): Promise<void> {
  await t.db.execute(sql`insert into active_days (day, account_id) values (${on}::date, ${accountId})`)
}

/** A day on which everything happened that is counted, and the last moment before and the first after it. */
async function fullDay(t: TestDatabase): Promise<void> {
  const [alice, bob, carol] = [
    await localAccount(t, 'alice'),
    await localAccount(t, 'bob'),
    await remoteAccount(t, 'carol'),
  ]
  await makeFollow(t, bob, alice)
  const post = await status(t, alice)
  await status(t, bob, { text: 'a reply', inReplyToId: post })
  const far = await remoteStatus(t, carol)
  await remoteStatus(t, carol)
  await t.db.transaction(async (tx) => {
    await reblog(tx, t.app.uris, alice, far)
    await reblog(tx, t.app.uris, carol, post, { uri: 'https://remote.test/boosts/1', publishedAt: new Date() })
    await favourite(tx, alice, far)
    await favourite(tx, bob, far)
    await favourite(tx, carol, post, { uri: 'https://remote.test/likes/1' })
  })
  await activeOn(t, alice, day)
  await activeOn(t, bob, day)
  await activeOn(t, bob, addDays(day, 1))
  // Two connections ended deliveries on that day.
  await t.db.execute(
    sql`insert into delivery_days (day, backend, delivered, failed) values (${day}, 1, 1, 1), (${day}, 2, 1, 0), (${addDays(day, 1)}, 1, 1, 0)`,
  )
  await moveTo(t, noon)
}

const counted = {
  day,
  newUsers: 2,
  activeUsers: 2,
  statuses: 2,
  replies: 1,
  reblogs: 1,
  favourites: 2,
  follows: 1,
  remoteStatuses: 2,
  deliveries: 2,
  failedDeliveries: 1,
}

test('a day can be counted repeatedly with the same result', async () => {
  await using t = await database()
  await fullDay(t)
  for (let i = 0; i < 2; i++) await t.db.transaction((tx) => countDay(tx, day))
  expect(await loadDay(t.db, day)).toEqual(counted)
  await t.db.transaction((tx) => countDay(tx, addDays(day, -1)))
  expect(await loadDay(t.db, addDays(day, -1))).toMatchObject({
    newUsers: 0,
    activeUsers: 0,
    statuses: 0,
    deliveries: 0,
  })
  await t.db.transaction((tx) => countDay(tx, addDays(day, 1)))
  expect(await loadDay(t.db, addDays(day, 1))).toMatchObject({ statuses: 0, activeUsers: 1, deliveries: 1 })
})

test('a day is a day of UTC, to the millisecond', async () => {
  await using t = await database()
  await status(t, await localAccount(t, 'alice'))
  const statusesOn = async (moment: string) => {
    await moveTo(t, moment)
    await t.db.transaction((tx) => countDay(tx, day))
    return (await loadDay(t.db, day))?.statuses
  }
  expect(await statusesOn(`${day}T00:00:00.000Z`)).toBe(1)
  expect(await statusesOn(`${day}T23:59:59.999Z`)).toBe(1)
  expect(await statusesOn(`${addDays(day, -1)}T23:59:59.999Z`)).toBe(0)
  expect(await statusesOn(`${addDays(day, 1)}T00:00:00.000Z`)).toBe(0)
})

test('missed days are counted later, once', async () => {
  await using t = await database()
  expect(await countMissedDays(t.db)).toEqual([])
  await fullDay(t)
  const yesterday = addDays(dayOf(new Date()), -1)
  expect(await countMissedDays(t.db)).toEqual([day, addDays(day, 1), yesterday])
  expect(await loadDay(t.db, day)).toEqual(counted)
  expect(await countMissedDays(t.db)).toEqual([])
  expect((await loadStats(t.db, 30)).map((row) => row.day)).toEqual([day, addDays(day, 1), yesterday])
})

test('a day that was counted before its end is counted again', async () => {
  await using t = await database()
  await fullDay(t)
  await t.db.transaction((tx) => countDay(tx, day))
  await t.db.execute(sql`update daily_stats set statuses = 0, counted_at = ${noon}`)
  expect(await countMissedDays(t.db)).toContain(day)
  expect(await loadDay(t.db, day)).toEqual(counted)
})

test('counting an old day again keeps the numbers of rows that were deleted since', async () => {
  await using t = await database()
  await localAccount(t, 'alice')
  const old = addDays(dayOf(new Date()), -20)
  await t.db.execute(sql`insert into daily_stats values (${old}, 1, 1, 5, 1, 1, 1, 1, 1, 7, 2, now())`)
  await t.db.transaction((tx) => countDay(tx, old))
  expect(await loadDay(t.db, old)).toMatchObject({ statuses: 5, deliveries: 7, failedDeliveries: 2 })
})

test('the job counts up to the day before its scheduled time, however late it runs', async () => {
  await using t = await database()
  await fullDay(t)
  await dailyStats(t.app, { _cron: { ts: `${addDays(day, 1)}T00:10:00.000Z`, backfilled: true } })
  expect(await loadDay(t.db, day)).toEqual(counted)
  expect(await loadDay(t.db, addDays(day, 1))).toBeNull()
})

test('gaps between counted days are shown as zero', async () => {
  await using t = await database()
  await t.db.transaction((tx) => countDay(tx, day))
  const shown = await loadStats(t.db, 30)
  expect(shown.map((row) => row.day)).toEqual([day, addDays(day, 1), addDays(day, 2)])
  expect(shown.at(-1)).toMatchObject({ newUsers: 0, failedDeliveries: 0 })
  const today = dayOf(new Date())
  await t.db.transaction((tx) => countDay(tx, today))
  expect((await loadStats(t.db, 30)).at(-1)?.day).toBe(today)
})

test('totals count confirmed accounts, active months, public local posts and known servers', async () => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  await localAccount(t, 'unconfirmed', { isConfirmed: false })
  await remoteStatus(t, await remoteAccount(t, 'carol'))
  await status(t, alice)
  await status(t, alice, { text: 'for friends', visibility: 'private' })
  const today = dayOf(new Date())
  await activeOn(t, alice, today)
  await activeOn(t, alice, addDays(today, -29))
  await activeOn(t, bob, addDays(today, -31))
  expect(await loadTotals(t.db)).toEqual({ users: 2, activeMonth: 1, activeHalfyear: 2, localStatuses: 1, domains: 1 })
})

test.for([
  ['2026-02-28', true],
  ['2026-02-29', false],
  ['2024-02-29', true],
  ['2026-2-1', false],
  ['26-02-01', false],
  ['2026-13-01', false],
  ['yesterday', false],
] as const)('whether %s is a day: %s', ([text, expected]) => {
  expect(isDay(text)).toBe(expected)
})
