import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { forgetReceived, type Round } from '#src/incoming/forget-received.ts'
import { digestOf } from '#src/incoming/received.ts'
import { database, type TestDatabase } from '#test/database.ts'

/** Rows in a row, so old; a page holds 157. */
const fill = (t: TestDatabase, rows: number, days: number) =>
  t.db.execute(
    sql`insert into received_activities (key, received_at) select gen_random_uuid(), now() - ${days}::int * interval '1 day' from generate_series(1, ${rows}::int)`,
  )

const left = async (t: TestDatabase) =>
  (
    await t.db.execute<{ days: number; count: number }>(
      sql`select round(extract(epoch from now() - received_at) / 86400)::int as days, count(*)::int as count from received_activities group by 1 order by 1`,
    )
  ).rows

test('records older than a month are deleted from any place in the table, a part of it at each run', async () => {
  await using t = await database()
  await fill(t, 20_000, 31)
  await fill(t, 12_000, 29)
  await fill(t, 5_000, 40)
  const round: Round = {}
  const counts: number[] = []
  for (let hasMore = true; hasMore;) {
    const batch = await t.db.transaction((tx) => forgetReceived(tx, round))
    counts.push(batch.count)
    hasMore = batch.hasMore
  }
  expect(counts.length).toBeGreaterThan(3)
  expect(Math.max(...counts)).toBeLessThan(10_500)
  expect(await left(t)).toEqual([{ days: 29, count: 12_000 }])
})

test('a run that ends in the middle of the table is continued by the next one', async () => {
  await using t = await database()
  await fill(t, 25_000, 29)
  await fill(t, 1, 31)
  expect(await t.db.transaction((tx) => forgetReceived(tx, { pagesLeft: 64 }))).toEqual({ count: 0, hasMore: false })
  expect(await t.db.transaction((tx) => forgetReceived(tx, { pagesLeft: 64 }))).toEqual({ count: 0, hasMore: false })
  expect(await t.db.transaction((tx) => forgetReceived(tx, { pagesLeft: 64 }))).toEqual({ count: 1, hasMore: false })
})

test('no statement of the deletion reads pages beyond its part', async () => {
  await using t = await database()
  await fill(t, 20_000, 29)
  const { rows } = await t.db.execute<{ 'QUERY PLAN': string }>(
    sql`explain select ctid from received_activities where ctid >= ${'(64,0)'}::tid and ctid < ${'(128,0)'}::tid and received_at < now() for update skip locked`,
  )
  expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toContain('Tid Range Scan')
})

test('keys that differ in one letter are different, in the form that PostgreSQL returns', async () => {
  await using t = await database()
  const { rows } = await t.db.execute(sql`select ${digestOf('https://a.test/1')}::uuid::text as key`)
  expect(rows).toEqual([{ key: digestOf('https://a.test/1') }])
  expect(digestOf('https://a.test/1')).not.toBe(digestOf('https://a.test/2'))
})
