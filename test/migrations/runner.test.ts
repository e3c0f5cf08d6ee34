import { cp } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { Client } from 'pg'
import { expect, test } from 'vitest'
import { migrate, pendingMigrations } from '#src/platform/db/migrate.ts'
import { migrationsIn, ownMigrations } from '#src/platform/db/migrations/files.ts'
import { database, type TestDatabase } from '../database.ts'
import { eventually } from '../patience.ts'
import { migrationsFolder } from './folder.ts'

/** Holds locks, like a slow request or a forgotten psql. */
async function holding(t: TestDatabase, ...statements: string[]): Promise<AsyncDisposable & { client: Client }> {
  const client = new Client(t.url)
  await client.connect()
  await client.query('begin')
  for (const statement of statements) await client.query(statement)
  return { client, [Symbol.asyncDispose]: () => client.end() }
}

async function one<T>(t: TestDatabase, query: ReturnType<typeof sql>): Promise<T | undefined> {
  const { rows } = await t.db.execute<{ found: T }>(query)
  return rows[0]?.found
}

const appliedCount = (t: TestDatabase) =>
  one<number>(t, sql`select count(*)::int as found from drizzle.__drizzle_migrations`)
const isValid = (t: TestDatabase, index: string) =>
  one<boolean>(t, sql`select indisvalid as found from pg_index where indexrelid = to_regclass(${index})`)
const tries = (t: TestDatabase) =>
  one<number>(
    t,
    sql`select count(*)::int as found from pg_stat_activity where datname = current_database() and application_name = 'pipit migrate' and state = 'idle' and query <> ''`,
  )
const waiters = (t: TestDatabase) =>
  one<number>(
    t,
    sql`select count(*)::int as found from pg_stat_activity where datname = current_database() and application_name = 'pipit migrate' and wait_event_type = 'Lock'`,
  )

test('a failed migration leaves no change, and the earlier ones stay applied', async () => {
  await using t = await database()
  const before = (await appliedCount(t)) ?? 0
  await using folder = await migrationsFolder([
    { tag: '0100_fine', sql: 'create table "fine" ("id" bigint primary key)' },
    {
      tag: '0101_broken',
      sql: 'create table "half" ("id" bigint primary key);\n--> statement-breakpoint\nalter table "nowhere" add column "a" int',
    },
  ])
  await expect(migrate(t.url, folder.path)).rejects.toThrow('nowhere')
  expect(await appliedCount(t)).toBe(before + 1)
  expect(await one(t, sql`select to_regclass('fine')::text as found`)).toBe('fine')
  expect(await one(t, sql`select to_regclass('half')::text as found`)).toBeNull()
})

test('a migration that doesn’t get its lock rolls back, lets waiting requests continue, and tries again', async () => {
  await using t = await database()
  await using folder = await migrationsFolder([
    { tag: '0100_column', sql: 'alter table "accounts" add column "extra" text' },
  ])
  await using holder = await holding(t, 'select from accounts')
  const migrated = migrate(t.url, folder.path)
  await eventually(async () => (await waiters(t)) === 1)
  // It queues behind the migration, which waits for the holder.
  await t.db.execute(sql`select id from accounts limit 1`)
  await holder.client.query('rollback')
  expect(await migrated).toBe(1)
  expect(
    await one(
      t,
      sql`select count(*)::int as found from information_schema.columns where table_name = 'accounts' and column_name = 'extra'`,
    ),
  ).toBe(1)
})

test('an index is made without delaying writes, and an invalid index of an interrupted run is made again', async () => {
  await using t = await database()
  await using folder = await migrationsFolder([
    {
      tag: '0100_index',
      sql: '-- outside of a transaction\ncreate index concurrently "accounts_extra" on "accounts" ("note")',
    },
  ])
  await interrupt(t, 'create index concurrently "accounts_extra" on "accounts" ("note")')
  expect(await isValid(t, 'accounts_extra')).toBe(false)

  await using writer = await holding(t, `update accounts set note = 'x' where false`)
  const migrated = migrate(t.url, folder.path)
  await eventually(async () => (await waiters(t)) === 1)
  await t.db.execute(sql`update accounts set note = 'y' where false`)
  await writer.client.query('commit')
  expect(await migrated).toBe(1)
  expect(await isValid(t, 'accounts_extra')).toBe(true)
})

/** Breaks a statement off while it waits for a writer. */
async function interrupt(t: TestDatabase, statement: string): Promise<void> {
  await using _writer = await holding(t, `update accounts set note = 'x' where false`)
  await using victim = await holding(t)
  await victim.client.query('rollback')
  await victim.client.query(`set statement_timeout = '500ms'`)
  await expect(victim.client.query(statement)).rejects.toThrow('timeout')
}

test('a run that ended between an index and its record continues from there', async () => {
  await using t = await database()
  await t.db.execute(sql`create index accounts_extra on accounts (note)`)
  await using folder = await migrationsFolder([
    {
      tag: '0100_index',
      sql: '-- outside of a transaction\ncreate index concurrently "accounts_extra" on "accounts" ("note")',
    },
  ])
  expect(await migrate(t.url, folder.path)).toBe(1)
  expect(await isValid(t, 'accounts_extra')).toBe(true)
})

test('a unique index that can’t be made leaves no index that refuses rows', async () => {
  await using t = await database()
  await t.db.execute(sql`insert into kv (key, value) values ('a', '1'), ('b', '1')`)
  await using folder = await migrationsFolder([
    {
      tag: '0100_index',
      sql: '-- outside of a transaction\ncreate unique index concurrently "kv_once" on "kv" ("value")',
    },
  ])
  await expect(migrate(t.url, folder.path)).rejects.toThrow('kv_once')
  expect(await isValid(t, 'kv_once')).toBeUndefined()
})

test('a new column of a table with rows has statistics after the migration', async () => {
  await using t = await database()
  await t.db.execute(
    sql`insert into tags (id, name, display_name) select n, 't' || n, 't' || n from generate_series(1, 100) n`,
  )
  await t.db.execute(sql`analyze tags`)
  await using folder = await migrationsFolder([
    { tag: '0100_column', sql: 'alter table "tags" add column "extra" text' },
  ])
  await migrate(t.url, folder.path)
  expect(
    await one(t, sql`select null_frac as found from pg_stats where tablename = 'tags' and attname = 'extra'`),
  ).toBe(1)
})

test('processes that wait for a migration don’t delay its index', async () => {
  await using t = await database()
  await using folder = await migrationsFolder([
    {
      tag: '0100_index',
      sql: '-- outside of a transaction\ncreate index concurrently "accounts_extra" on "accounts" ("note")',
    },
  ])
  await using writer = await holding(t, `update accounts set note = 'x' where false`)
  const all = Promise.all([migrate(t.url, folder.path), migrate(t.url, folder.path), migrate(t.url, folder.path)])
  await eventually(async () => (await waiters(t)) === 1)
  // A process of the previous version needs no object of this migration.
  expect(await migrate(t.url)).toBe(0)
  await sleep(500)
  await writer.client.query('commit')
  expect((await all).toSorted()).toEqual([0, 0, 1])
})

test('a stopping process no longer waits for another migration or for a lock', async () => {
  await using t = await database()
  await using folder = await migrationsFolder([
    { tag: '0100_column', sql: 'alter table "accounts" add column "extra" text' },
  ])
  const stopping = new AbortController()
  await using other = await holding(t, 'select pg_advisory_xact_lock(7072001)')
  const waiting = migrate(t.url, folder.path, stopping.signal)
  await eventually(async () => (await tries(t)) === 1)
  stopping.abort()
  await expect(waiting).rejects.toThrow(/aborted/)

  await other.client.query('commit; begin; select from accounts')
  const again = new AbortController()
  const locked = migrate(t.url, folder.path, again.signal)
  await eventually(async () => (await waiters(t)) === 1)
  again.abort()
  await expect(locked).rejects.toThrow(/aborted/)
  expect(
    await one(
      t,
      sql`select count(*)::int as found from information_schema.columns where table_name = 'accounts' and column_name = 'extra'`,
    ),
  ).toBe(0)
})

test('a constraint that is not valid yet is validated while others write', async () => {
  await using t = await database()
  const added = {
    tag: '0100_constraint',
    sql: 'alter table "accounts" add constraint "accounts_short" check (length(note) < 100000) not valid',
  }
  await using first = await migrationsFolder([added])
  await using both = await migrationsFolder([
    added,
    { tag: '0101_validated', sql: 'alter table "accounts" validate constraint "accounts_short"' },
  ])
  expect(await migrate(t.url, first.path)).toBe(1)
  await using _writer = await holding(t, `update accounts set note = 'x' where false`)
  expect(await migrate(t.url, both.path)).toBe(1)
  expect(await one(t, sql`select convalidated as found from pg_constraint where conname = 'accounts_short'`)).toBe(true)
})

test('a process uses the migrations that were there at its start, even if an update replaces the files', async () => {
  await using t = await database()
  await using folder = await migrationsFolder([])
  await using updated = await migrationsFolder([
    { tag: '0100_newer', sql: 'create table "newer" ("id" bigint primary key)' },
  ])
  expect(await pendingMigrations(t.db, folder.path)).toBe(0)
  await cp(updated.path, folder.path, { recursive: true })
  expect(await pendingMigrations(t.db, folder.path)).toBe(0)
})

test('a database of Drizzle’s own migrator is migrated further', async () => {
  await using t = await database()
  await t.db.execute(sql`alter table drizzle.__drizzle_migrations drop column breaks_before`)
  expect(await pendingMigrations(t.db)).toBe(0)
  await using folder = await migrationsFolder([
    { tag: '0100_fine', sql: 'create table "fine" ("id" bigint primary key)' },
  ])
  expect(await migrate(t.url, folder.path)).toBe(1)
})

test('each migration has a later time than the one before, as an earlier one would never be applied', async () => {
  const times = (await migrationsIn(ownMigrations)).map(({ when }) => when)
  expect(times).toEqual([...new Set(times)].toSorted((a, b) => a - b))
})
