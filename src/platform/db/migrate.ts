/**
 * Brings a database up to date: our migrations in `drizzle/`, then those of graphile-worker. Other processes go on meanwhile, also
 * older ones, whose schema is changed below them; CONTRIBUTING.md has the rules that make this safe.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import { runMigrations } from 'graphile-worker'
import { Client, Pool } from 'pg'
import { getLogger } from '../log.ts'
import { queueLogger } from '../queue/logger.ts'
import { handleErrors, type Reader } from './index.ts'
import { analyzeNewColumns } from './migrations/analyze.ts'
import { apply, LockedError, retryOnLock } from './migrations/apply.ts'
import { type Migration, migrationsIn, ownMigrations } from './migrations/files.ts'

/** The database can't be brought up to date. The message is one line that says why. */
export class MigrationError extends Error {}

const log = getLogger('db')
/** Any number that nothing else locks. */
const lockKey = 7_072_001
const pollMs = 250
/** The same as for our own migrations, in `apply`. */
const queueLockWaitMs = 1_000

/**
 * Applies the missing migrations. Processes that start at once wait for one another; a process that misses none doesn't wait.
 *
 * @param folder the migrations, ours by default
 * @param stopping ends the wait for other processes and for locks; no further migration begins
 * @returns how many of our own were applied
 * @throws MigrationError when a newer Pipit removed what this one needs, or something holds locks for minutes; an AbortError when it was stopped
 */
export async function migrate(
  databaseUrl: string,
  folder: string = ownMigrations,
  stopping?: AbortSignal,
): Promise<number> {
  // Not from the pool of requests, whose time limits would abort a long migration; limits set in the database are lifted, too.
  const settings = {
    connectionString: databaseUrl,
    application_name: 'pipit migrate',
    options: '-c TimeZone=UTC -c statement_timeout=0 -c lock_timeout=0 -c idle_in_transaction_session_timeout=0',
  }
  const client = new Client({ ...settings, connectionTimeoutMillis: 10_000 })
  const pool = new Pool({ ...settings, max: 1, lock_timeout: queueLockWaitMs })
  client.on('error', (error) => log.warn('Database connection lost: {message}', { message: error.message }))
  handleErrors(pool)
  try {
    await client.connect()
    const applied = await applyMissing(client, folder, stopping)
    await retryOnLock(
      'A migration of graphile-worker',
      () => runMigrations({ pgPool: pool, logger: queueLogger }),
      stopping,
    )
    if (applied > 0) log.info('Applied {applied} migrations', { applied })
    return applied
  } catch (error) {
    throw error instanceof LockedError ? new MigrationError(error.message, { cause: error }) : error
  } finally {
    await pool.end()
    await client.end()
  }
}

/**
 * How many migrations the database lacks. A database that a newer Pipit migrated lacks none.
 *
 * @throws MigrationError when a newer Pipit removed what this one needs
 */
export async function pendingMigrations(db: Pick<Reader, 'execute'>, folder: string = ownMigrations): Promise<number> {
  return (await missingFrom(db, folder)).length
}

/** Holds the lock until the connection ends, so that no other process begins before the tables of the queue exist, too. */
async function applyMissing(client: Client, folder: string, stopping: AbortSignal | undefined): Promise<number> {
  const db = drizzle(client)
  const isDone = async () =>
    (await missingFrom(db, folder)).length === 0 && (await exists(db, 'graphile_worker.migrations'))
  if ((await isDone()) || !(await lockUnlessDone(client, isDone, stopping))) return 0
  await prepareTable(client)
  const missing = await missingFrom(db, folder)
  for (const migration of missing) {
    stopping?.throwIfAborted()
    await apply(client, migration, stopping)
  }
  await analyzeNewColumns(client)
  return missing.length
}

/**
 * Waits until no other process migrates. It polls outside of any transaction rather than wait inside of a statement: `create index
 * concurrently` waits for all earlier statements, so the two would wait for each other.
 *
 * @returns false when the other process applied everything
 */
async function lockUnlessDone(
  client: Client,
  isDone: () => Promise<boolean>,
  stopping: AbortSignal | undefined,
): Promise<boolean> {
  for (let attempt = 0; ; attempt++) {
    const {
      rows: [row],
    } = await client.query<{ isLocked: boolean }>('select pg_try_advisory_lock($1) as "isLocked"', [lockKey])
    if (row?.isLocked) return true
    if (await isDone()) return false
    if (attempt === 0) log.info('Another process brings the database up to date; waiting for it')
    await sleep(pollMs, undefined, { signal: stopping })
  }
}

/** Drizzle's own table, so that databases of its migrator stay usable, with a column of ours. */
async function prepareTable(client: Client): Promise<void> {
  await client.query('create schema if not exists drizzle')
  await client.query(
    'create table if not exists drizzle.__drizzle_migrations (id serial primary key, hash text not null, created_at bigint)',
  )
  await client.query('alter table drizzle.__drizzle_migrations add column if not exists breaks_before bigint')
}

async function missingFrom(db: Pick<Reader, 'execute'>, folder: string): Promise<Migration[]> {
  const migrations = await migrationsIn(folder)
  const newest = migrations.at(-1)?.when ?? 0
  const { last, breaksBefore } = await stateOf(db)
  if (breaksBefore > newest)
    throw new MigrationError(
      'A newer version of Pipit removed from the database what this one needs; install that version, or restore an older backup',
    )
  return migrations.filter(({ when }) => when > last)
}

/** When the newest applied migration was written, and when the newest one that a process has to know was (milliseconds; 0 for none). */
async function stateOf(db: Pick<Reader, 'execute'>): Promise<{ last: number; breaksBefore: number }> {
  if (!(await exists(db, 'drizzle.__drizzle_migrations'))) return { last: 0, breaksBefore: 0 }
  // As JSON, since a table that drizzle's migrator made lacks the column.
  const {
    rows: [row],
  } = await db.execute(sql`
    select coalesce(max(created_at), 0) as last, coalesce(max((to_jsonb(m) ->> 'breaks_before')::bigint), 0) as "breaksBefore" from drizzle.__drizzle_migrations m`)
  return { last: Number(row?.['last']), breaksBefore: Number(row?.['breaksBefore']) }
}

async function exists(db: Pick<Reader, 'execute'>, table: string): Promise<boolean> {
  const {
    rows: [row],
  } = await db.execute(sql`select to_regclass(${table}) is not null as exists`)
  return row?.['exists'] === true
}
