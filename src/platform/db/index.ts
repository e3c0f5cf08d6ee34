/** The connection to PostgreSQL. Reads take a `Reader`, writes take a `Tx`, which only `transaction` provides. */
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres'
import { DatabaseError, Pool } from 'pg'
import { getLogger } from '../log.ts'
import { minuteMs } from '../time.ts'
import { PreparingClient } from './auto-prepare.ts'

export type Db = NodePgDatabase<Record<string, never>> & { $client: Pool }
export type Tx = Parameters<Parameters<Db['transaction']>[0]>[0]
/** The database or a transaction, for functions that only read. */
export type Reader = Pick<Db, 'select' | 'selectDistinct' | 'selectDistinctOn' | 'execute' | 'with' | '$with'>

const log = getLogger('db')

/** Conflicts with another transaction, which may not happen again (serialization failure, deadlock). */
const transient = new Set(['40001', '40P01'])
const tries = 3

/**
 * How long a statement may run, in requests and jobs alike: a longer one serves nobody any more, and would hold back the
 * next ones. So a job that has much to do works in batches that stay far below it. Migrations have no such limit.
 */
export const statementTimeoutMs = 30_000

/**
 * Opens a pool of connections. `transaction` runs its function up to three times when PostgreSQL aborts it because of
 * another transaction, or because a generated id was taken: so the function must do nothing outside the database.
 */
export const connect = (databaseUrl: string, poolSize: number): Db => databaseOver(openPool(databaseUrl, poolSize))

/** The connections below `connect`. */
export function openPool(databaseUrl: string, poolSize: number): Pool {
  const pool = new Pool({
    Client: PreparingClient,
    connectionString: databaseUrl,
    max: poolSize,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 30_000,
    statement_timeout: statementTimeoutMs,
    lock_timeout: 10_000,
    idle_in_transaction_session_timeout: minuteMs,
    application_name: 'pipit',
    // Days are days of UTC, whatever the time zone of the database. The planner would compile timelines to machine code,
    // which takes longer (20 ms) than any query of ours runs.
    options: '-c TimeZone=UTC -c jit=off',
  })
  handleErrors(pool)
  return pool
}

/** The database that a pool is connected to. */
export function databaseOver(pool: Pool): Db {
  const db = drizzle(pool)
  const begin = db.transaction.bind(db)
  db.transaction = async (run, options) => {
    for (let attempt = 1; ; attempt++) {
      const callbacks: AfterCommit[] = []
      try {
        const result = await begin((tx) => {
          afterCommits.set(tx, callbacks)
          databases.set(tx, db)
          return run(tx)
        }, options)
        for (const callback of callbacks) callback(db)
        return result
      } catch (error) {
        if (attempt === tries || !(transient.has(sqlState(error) ?? '') || isIdTaken(error))) throw error
      }
    }
  }
  return db
}

type AfterCommit = (db: Db) => void
const afterCommits = new WeakMap<object, AfterCommit[]>()

/** Calls a function, which must not throw, when a transaction has committed. */
export function afterCommit(tx: Pick<Tx, 'execute'>, callback: AfterCommit): void {
  afterCommits.get(tx)?.push(callback)
}

const databases = new WeakMap<object, Db>()

/** The database of a transaction, whose cached values may be read in it. */
export const databaseOf = (tx: Pick<Tx, 'execute'>): Db | undefined => databases.get(tx)

/** The pool replaces a connection that breaks, in use or idle. Without listeners its error would end the process. */
export function handleErrors(pool: Pool): void {
  pool.on('error', (error) => {
    // The server may stop before a closing pool has said goodbye.
    if (!pool.ending) log.warn('Database connection lost: {message}', { message: error.message })
  })
  pool.on('connect', (client) =>
    client.on('error', (error) => log.debug('Database connection broke in use: {message}', { message: error.message })),
  )
}

/** The SQLSTATE of a database error, or undefined for any other. */
export function sqlState(error: unknown): string | undefined {
  const cause = error instanceof Error && error.cause ? error.cause : error
  return cause instanceof DatabaseError ? cause.code : undefined
}

/** The constraint that a statement violated, or undefined for any other error. */
function constraintOf(error: unknown): string | undefined {
  const cause = error instanceof Error && error.cause ? error.cause : error
  return cause instanceof DatabaseError ? cause.constraint : undefined
}

/** Whether a statement violated a unique constraint. */
export const isDuplicate = (error: unknown): boolean => sqlState(error) === '23505'

/** Whether a generated id was taken: another try generates another one. */
export const isIdTaken = (error: unknown): boolean =>
  isDuplicate(error) && constraintOf(error)?.endsWith('_pkey') === true

/** Whether an error says that PostgreSQL can't store a text, since it holds NUL or is not UTF-8. */
export const isUnstorable = (error: unknown): boolean => ['22021', '22P05'].includes(sqlState(error) ?? '')

/** Whether an error says that the database can't be reached at the moment, rather than that a statement is wrong. */
export function isDatabaseAway(error: unknown): boolean {
  const state = sqlState(error)
  if (state) return /^(57P|08|53300)/.test(state)
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  return (
    cause instanceof Error &&
    /ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|timeout exceeded when trying to connect|Connection terminated|not queryable|ETIMEDOUT/.test(
      `${(cause as NodeJS.ErrnoException).code} ${cause.message}`,
    )
  )
}
