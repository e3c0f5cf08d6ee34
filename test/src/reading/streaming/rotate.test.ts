import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { emit } from '#src/outbox/emit.ts'
import type { Tx } from '#src/platform/db/index.ts'
import { eventHour } from '#src/platform/db/schema/events.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { rotateEvents } from '#src/reading/streaming/rotate.ts'
import { database, type TestDatabase } from '#test/database.ts'

/** An event of this hour, or as one of hours ago. */
const written = (t: TestDatabase, hoursAgo: number) =>
  t.db.execute(
    sql`insert into events (event, slot) values (${JSON.stringify({ hoursAgo })}::jsonb, (${eventHour} - ${hoursAgo}::int) % 3)`,
  )
const left = async (t: TestDatabase) =>
  (await t.db.execute<{ ago: number }>(sql`select (event ->> 'hoursAgo')::int as ago from events order by 1`)).rows.map(
    ({ ago }) => ago,
  )
const rotate = (t: TestDatabase) => t.db.transaction((tx) => rotateEvents(tx))

test('events of this hour and the last one are kept, older ones are deleted', async () => {
  await using t = await database()
  for (const hoursAgo of [0, 1, 2]) await written(t, hoursAgo)
  expect(await rotate(t)).toBe(1)
  expect(await left(t)).toEqual([0, 1])
  expect(await rotate(t)).toBe(0)
})

test('an event is stored in the partition of its hour', async () => {
  await using t = await database()
  await t.db.transaction((tx) => emit(tx, { type: 'filters.changed', accountId: '1' as AccountId }))
  const { rows } = await t.db.execute(sql`select slot = ${eventHour} % 3 as "isNow" from events`)
  expect(rows).toEqual([{ isNow: true }])
})

test('an old snapshot does not stop the deletion, and a long read of events is neither cut short nor blocks writers', async () => {
  await using t = await database()
  await written(t, 2)
  const snapshot = async (work: (tx: Tx) => Promise<void>) =>
    t.db.transaction(work, { isolationLevel: 'repeatable read' })
  await snapshot(async (reader) => {
    await reader.execute(sql`select from events`)
    expect(await rotate(t)).toBe(null)
    await written(t, 0)
    expect((await reader.execute(sql`select from events`)).rows).toHaveLength(1)
  })
  await snapshot(async (reader) => {
    await reader.execute(sql`select from accounts`)
    expect(await rotate(t)).toBe(1)
  })
  expect(await left(t)).toEqual([0])
})

test('processes that empty a partition at once do not wait for each other', async () => {
  await using t = await database()
  await written(t, 2)
  expect((await Promise.all(Array.from({ length: 4 }, () => rotate(t)))).toSorted()).toEqual([0, 0, 0, 1])
})
