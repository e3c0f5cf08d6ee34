/** Frequent statements are prepared, whatever code runs them, except those that may not be. */
import { eq, sql } from 'drizzle-orm'
import { expect, test, vi } from 'vitest'
import { unprepared } from '#src/platform/db/auto-prepare.ts'
import type { Reader } from '#src/platform/db/index.ts'
import { accounts } from '#src/platform/db/schema/accounts.ts'

// Of its own: other files have had statements prepared, and the number is limited.
vi.resetModules()
const { database } = await import('#test/database.ts')

/** Texts of the statements that this connection has prepared. */
const preparedBy = async (db: Reader): Promise<string[]> => {
  const { rows } = await db.execute<{ statement: string }>(sql`select statement from pg_prepared_statements`)
  return rows.map(({ statement }) => statement)
}

test('a statement is prepared after a few runs, also in a transaction and with other values', async () => {
  await using t = await database()
  const ask = (db: Reader, name: string) =>
    db.select({ domain: accounts.domain }).from(accounts).where(eq(accounts.username, name))
  const isPrepared = async () =>
    (await preparedBy(t.db)).some((text) => text.startsWith('select "domain" from "accounts"'))
  await ask(t.db, 'ann')
  expect(await isPrepared()).toBe(false)
  await ask(t.db, 'bob')
  await t.db.transaction((tx) => ask(tx, 'cem'))
  expect(await isPrepared()).toBe(true)
  expect(await ask(t.db, 'dan')).toEqual([])
})

test('statements that opt out, that select all columns, or that have no values are not prepared', async () => {
  await using t = await database()
  for (let i = 0; i < 5; i++) {
    await t.db.execute(sql`${sql.raw(unprepared)} select ${i}::int + 1 as of_no_name`)
    await t.db.execute(sql`select * from accounts where id = ${i}`)
    await t.db.execute(sql`select 1 as without_values`)
  }
  expect((await preparedBy(t.db)).filter((text) => /of_no_name|from accounts|without_values/.test(text))).toEqual([])
})

test('a prepared statement still works after a column is added to its table', async () => {
  await using t = await database()
  const ask = () => t.db.select().from(accounts).where(eq(accounts.username, 'ann'))
  for (let i = 0; i < 7; i++) await ask()
  await t.db.execute(sql`alter table accounts add column shoe_size int`)
  expect(await ask()).toEqual([])
})
