/** Brings a database up to date: our migrations in `drizzle/`, then those of graphile-worker. */
import { resolve } from 'node:path'
import { sql } from 'drizzle-orm'
import { readMigrationFiles } from 'drizzle-orm/migrator'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate as applyMigrations } from 'drizzle-orm/node-postgres/migrator'
import { runMigrations } from 'graphile-worker'
import { Client, Pool } from 'pg'
import { getLogger } from '../log.ts'
import { queueLogger } from '../queue/logger.ts'
import { handleErrors, type Reader } from './index.ts'

/** The database can't be brought up to date: one line that says why. */
export class MigrationError extends Error {}

const log = getLogger('db')
const migrationsFolder = resolve(import.meta.dirname, '../../drizzle')
/** Any number that nothing else locks. */
const lockKey = 7_072_001

/**
 * Applies the migrations that are missing. Processes that start at once wait for one another.
 *
 * @returns how many of our own were applied
 * @throws MigrationError when the database was made by a newer Pipit
 */
export async function migrate(databaseUrl: string): Promise<number> {
  // Not from the pool of requests, whose time limits would break off a long migration.
  const client = new Client({ connectionString: databaseUrl, connectionTimeoutMillis: 10_000, application_name: 'pipit migrate' })
  const pool = new Pool({ connectionString: databaseUrl, max: 1, application_name: 'pipit migrate' })
  client.on('error', (error) => log.warn('Database connection lost: {message}', { message: error.message }))
  handleErrors(pool)
  try {
    await client.connect()
    await client.query('select pg_advisory_lock($1)', [lockKey])
    const db = drizzle(client)
    const missing = await pendingMigrations(db)
    if (missing > 0) await applyMigrations(db, { migrationsFolder })
    await runMigrations({ pgPool: pool, logger: queueLogger })
    if (missing > 0) log.info('Applied {missing} migrations', { missing })
    return missing
  } finally {
    await pool.end()
    await client.end()
  }
}

/**
 * How many migrations of ours the database lacks.
 *
 * @throws MigrationError when the database was made by a newer Pipit
 */
export async function pendingMigrations(db: Pick<Reader, 'execute'>): Promise<number> {
  const known = readMigrationFiles({ migrationsFolder }).map((migration) => migration.folderMillis)
  const last = await lastApplied(db)
  if (last > (known.at(-1) ?? 0)) throw new MigrationError('The database was made by a newer version of Pipit; install that version, or restore an older backup')
  return known.filter((time) => time > last).length
}

/** When the newest of the applied migrations was written (milliseconds), or 0. */
async function lastApplied(db: Pick<Reader, 'execute'>): Promise<number> {
  const { rows: [table] } = await db.execute(sql`select to_regclass('drizzle.__drizzle_migrations') is not null as exists`)
  if (!table?.['exists']) return 0
  const { rows: [row] } = await db.execute(sql`select coalesce(max(created_at), 0) as last from drizzle.__drizzle_migrations`)
  return Number(row?.['last'])
}
