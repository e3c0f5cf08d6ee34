/**
 * Applies one migration while other connections read and write. A statement that waits for a lock holds up all later ones: so a
 * migration waits a second at most, gives up, and tries again later.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from 'pg'
import { getLogger } from '../../log.ts'
import { sqlState } from '../index.ts'
import type { Migration } from './files.ts'

const log = getLogger('db')

/** Lock not available, deadlock. */
const lockConflicts = new Set(['55P03', '40P01'])
/** For all locks of a transaction together, since it holds the first while it waits for the last. */
const lockWaitMs = 1_000
/** After that time, a lock that is free can still be taken. */
const shortestLockWaitMs = 50
const tries = 40
const firstPauseMs = 250
const longestPauseMs = 10_000

/** Something else held a lock each time. */
export class LockedError extends Error {}

/**
 * Applies a migration and records it.
 *
 * @param stopping ends the wait for locks
 * @throws LockedError when other transactions held its locks for about 5 minutes
 */
export async function apply(client: Client, migration: Migration, stopping?: AbortSignal): Promise<void> {
  log.info('Applying the migration {tag}', { tag: migration.tag })
  await retryOnLock(
    `The migration ${migration.tag}`,
    () => (migration.isTransactional ? inTransaction(client, migration) : outsideOfTransaction(client, migration)),
    stopping,
  )
}

/**
 * Runs a function again, with growing pauses, as long as a lock is taken.
 *
 * @param what the subject of the message when it fails
 * @param stopping ends the pauses: it throws the signal's reason
 */
export async function retryOnLock<T>(what: string, run: () => Promise<T>, stopping?: AbortSignal): Promise<T> {
  for (let attempt = 1, pauseMs = firstPauseMs; ; attempt++, pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    try {
      return await run()
    } catch (error) {
      if (!lockConflicts.has(sqlState(error) ?? '')) throw error
      if (attempt === tries)
        throw new LockedError(
          `${what} did not get its locks in ${tries} tries; pg_stat_activity tells which transaction holds them`,
          { cause: error },
        )
      log.info('{what} waits for a lock, trying again in {pauseMs} ms', { what, pauseMs })
      await sleep(pauseMs * (0.5 + Math.random() / 2), undefined, { signal: stopping })
    }
  }
}

async function inTransaction(client: Client, migration: Migration): Promise<void> {
  const began = performance.now()
  await client.query('begin')
  try {
    for (const statement of migration.statements) {
      const leftMs = Math.round(lockWaitMs - (performance.now() - began))
      await client.query(`set local lock_timeout = ${Math.max(leftMs, shortestLockWaitMs)}`)
      await client.query(statement)
    }
    await record(client, migration)
    await client.query('commit')
  } catch (error) {
    await client.query('rollback').catch(() => {})
    throw error
  }
}

/**
 * These statements take no lock that holds up reads or writes, and may wait for long: `create index concurrently` waits for
 * all open transactions. After an interruption the next run begins again, so each statement may be repeated.
 */
async function outsideOfTransaction(client: Client, migration: Migration): Promise<void> {
  for (const statement of migration.statements) {
    const index = concurrentIndex(statement)
    if (index) await makeIndex(client, index, statement)
    else await client.query(statement)
  }
  await record(client, migration)
}

/** The quoted name of the index that a statement makes concurrently, or null for any other statement. */
function concurrentIndex(statement: string): string | null {
  const bare = statement
    .split('\n')
    .filter((line) => !line.trimStart().startsWith('--'))
    .join('\n')
    .trim()
  return (
    /^create\s+(?:unique\s+)?index\s+concurrently\s+(?:if\s+not\s+exists\s+)?("[^"]+"|[a-z_]\w*)\s+on\s/i.exec(
      bare,
    )?.[1] ?? null
  )
}

async function makeIndex(client: Client, name: string, statement: string): Promise<void> {
  const {
    rows: [existing],
  } = await client.query<{ isValid: boolean }>(
    `select indisvalid as "isValid" from pg_index where indexrelid = to_regclass($1)`,
    [name],
  )
  if (existing?.isValid) return
  const removal = `drop index concurrently if exists ${name}`
  if (existing) await client.query(removal)
  try {
    await client.query(statement)
  } catch (error) {
    // An invalid unique index would go on refusing rows.
    await client.query(removal).catch(() => {})
    throw error
  }
}

async function record(client: Client, { hash, when, breaksBefore }: Migration): Promise<void> {
  await client.query('insert into drizzle.__drizzle_migrations (hash, created_at, breaks_before) values ($1, $2, $3)', [
    hash,
    when,
    breaksBefore,
  ])
}
