import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { emit } from '#src/outbox/emit.ts'
import type { StreamedEvent } from '#src/outbox/events.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { openFeed } from '#src/reading/streaming/feed.ts'
import { database, type TestDatabase } from '#test/database.ts'
import { eventually } from '../../../patience.ts'

const news = (n: number) => ({ type: 'filters.changed' as const, accountId: String(n) as AccountId })
const say = (t: TestDatabase, ...numbers: number[]) =>
  t.db.transaction(async (tx) => {
    for (const n of numbers) await emit(tx, news(n))
  })

/** A feed, its events so far, and a way to make it fail. */
async function listening(t: TestDatabase) {
  const told: number[] = []
  const trouble: { at: number | null } = { at: null }
  const feed = openFeed(t.db, async (events: StreamedEvent[], handled) => {
    for (const event of events) {
      const n = event.type === 'filters.changed' ? Number(event.accountId) : NaN
      if (n === trouble.at) {
        trouble.at = null
        throw new Error('The database went away')
      }
      told.push(n)
      handled()
    }
  })
  await feed.started
  return { told, trouble, [Symbol.asyncDispose]: () => feed[Symbol.asyncDispose]() }
}

const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i)

test('each event is read once, in the order in which it was written', async () => {
  await using t = await database()
  await say(t, 0)
  await using feed = await listening(t)
  for (const n of numbers(1, 20)) await say(t, n)
  await say(t, ...numbers(21, 1_300))
  await eventually(() => feed.told.length >= 1_300)
  expect(feed.told).toEqual(numbers(1, 1_300))
})

test('an event that is written first and committed last is read, too', async () => {
  await using t = await database()
  await using feed = await listening(t)
  await t.db.transaction(async (tx) => {
    await emit(tx, news(1))
    await say(t, 2)
    await eventually(() => feed.told.includes(2))
    await say(t, 3)
    await eventually(() => feed.told.includes(3))
  })
  await eventually(() => feed.told.length === 3)
  await expect(
    t.db.transaction(async (tx) => {
      await emit(tx, news(4))
      throw new Error('rolled back')
    }),
  ).rejects.toThrow('rolled back')
  await say(t, 5)
  await eventually(() => feed.told.length === 4)
  expect(feed.told).toEqual([2, 3, 1, 5])
})

test('a failure in the middle repeats nothing and leaves nothing out', async () => {
  await using t = await database()
  await using feed = await listening(t)
  feed.trouble.at = 3
  await say(t, 1, 2, 3, 4)
  await eventually(() => feed.told.length >= 4)
  expect(feed.told).toEqual([1, 2, 3, 4])
})

test('a listener whose connection is killed repeatedly misses no event', async () => {
  await using t = await database()
  await using feed = await listening(t)
  for (const n of numbers(1, 60)) {
    if (n % 10 === 0)
      await t.db.execute(
        sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'pipit listener'`,
      )
    await say(t, n)
  }
  await eventually(() => feed.told.length >= 60)
  expect(feed.told).toEqual(numbers(1, 60))
})

test('events with a future time, as in a restored backup, are not read again and again', async () => {
  await using t = await database()
  await t.db.execute(
    sql`insert into events (transaction, event) values ('999999999999', ${JSON.stringify(news(99))}::jsonb)`,
  )
  await using feed = await listening(t)
  await say(t, 1)
  await eventually(() => feed.told.length >= 1)
  await say(t, 2)
  await eventually(() => feed.told.length >= 2)
  expect(feed.told).toEqual([1, 2])
})
