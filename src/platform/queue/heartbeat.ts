/**
 * Heartbeats of workers. graphile-worker keeps the jobs of a killed worker locked for four hours. So each worker
 * holds advisory locks, named after the ids by which its lanes lock jobs, on a connection of its own. When the worker dies,
 * PostgreSQL releases the locks; so it does when the worker hangs, since it ends a connection that is silent for a while.
 * Other workers look for jobs whose worker holds no lock, and unlock them.
 *
 * A living worker may lose its connection for a moment, and a new one takes its locks a moment after its first jobs; so a
 * worker counts as dead only when a lock was missing twice, some seconds apart.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { Client } from 'pg'
import type { Db } from '../db/index.ts'
import { getLogger } from '../log.ts'
import { minuteMs } from '../time.ts'
import { releaseDeadJobs } from './worker-deaths.ts'

const log = getLogger('jobs')
/** Advisory locks of workers: this number, and a hash of the id. */
const lockClass = 7_072
const graceMs = 4_000
/** How often the queue is read in any case: a worker may have started and died between two checks. */
const readMs = minuteMs
const reconnectMs = 1_000
const heartbeatMs = 5_000
/** A worker that is silent for this long hangs. A busy machine delays a heartbeat by less. */
const hungMs = 30_000

/** Holds the locks of a living worker until it is disposed of, and takes them again after a lost connection. */
export function startHeartbeat(db: Db, workerIds: string[]): AsyncDisposable {
  const leaving = new AbortController()
  const holding = (async () => {
    while (!leaving.signal.aborted) {
      await holdLocks(db, workerIds, leaving.signal).catch((error: unknown) =>
        log.debug('Worker lost its locks: {error}', { error }),
      )
      await sleep(reconnectMs, undefined, { signal: leaving.signal }).catch(() => {})
    }
  })()
  return {
    async [Symbol.asyncDispose]() {
      leaving.abort()
      await holding
    },
  }
}

async function holdLocks(db: Db, workerIds: string[], leaving: AbortSignal): Promise<void> {
  const client = new Client({
    connectionString: db.$client.options.connectionString,
    application_name: 'pipit worker',
    connectionTimeoutMillis: 5_000,
  })
  const ended = Promise.withResolvers<void>()
  client.on('error', () => {})
  client.once('end', () => ended.resolve())
  const heartbeat = setInterval(() => client.query('select').catch(() => {}), heartbeatMs)
  try {
    await client.connect()
    // Otherwise PostgreSQL would keep the locks for hours when the machine or network is gone, and for ever when the worker hangs.
    await client.query(
      `set tcp_keepalives_idle = 10; set tcp_keepalives_interval = 5; set tcp_keepalives_count = 3; set idle_session_timeout = ${hungMs}`,
    )
    await client.query('select pg_advisory_lock($1, hashtext(id)) from unnest($2::text[]) id', [lockClass, workerIds])
    const left = () => ended.resolve()
    leaving.addEventListener('abort', left, { once: true })
    if (leaving.aborted) left()
    await ended.promise
    leaving.removeEventListener('abort', left)
  } finally {
    clearInterval(heartbeat)
    await client.end().catch(() => {})
  }
}

/**
 * Makes the check for dead workers, to be run every few seconds: it unlocks the jobs of workers that were missing for
 * some seconds, so that the jobs run again, and returns the ids of those workers. No index has the locked jobs, so the queue,
 * which may be long, is read only when a lock has vanished, while a worker is missing, and once a minute.
 */
export function watchHeartbeats(db: Db): () => Promise<string[]> {
  let missing = new Map<string, number>()
  let present = new Set<string>()
  let readAt = Number.NEGATIVE_INFINITY
  return async () => {
    const now = performance.now()
    const held = await heldLocks(db)
    const hasVanished = [...present].some((lock) => !held.has(lock))
    if (missing.size > 0 || hasVanished || now - readAt >= readMs) {
      missing = new Map((await absentWorkers(db)).map((id) => [id, missing.get(id) ?? now]))
      readAt = now
    }
    present = held
    const dead = [...missing].filter(([, since]) => now - since >= graceMs).map(([id]) => id)
    if (dead.length === 0) return []

    for (const worker of dead) log.warn('Worker {worker} is gone; its jobs will be run again', { worker })
    await releaseDeadJobs(db, dead)
    return dead
  }
}

/** Returns the jobs of workers to the queue, as if they had not been started. */
export async function unlockJobs(db: Db, workerIds: string[]): Promise<void> {
  await db.execute(
    sql`select graphile_worker.force_unlock_workers(array(select jsonb_array_elements_text(${JSON.stringify(workerIds)}::jsonb)))`,
  )
}

/** Whether workers hold locked jobs. */
export async function haveJobs(db: Db, workerIds: string[]): Promise<boolean> {
  const { rows } = await db.execute(sql`
    select from graphile_worker._private_jobs where locked_by in (select jsonb_array_elements_text(${JSON.stringify(workerIds)}::jsonb)) limit 1`)
  return rows.length > 0
}

/** The locks of all living workers. */
const locks = sql`
  select objid from pg_locks
  where locktype = 'advisory' and classid = ${lockClass} and objsubid = 2
    and database = (select oid from pg_database where datname = current_database())`

async function heldLocks(db: Db): Promise<Set<string>> {
  const { rows } = await db.execute<{ id: string }>(sql`select objid::text as id from (${locks}) held`)
  return new Set(rows.map(({ id }) => id))
}

/** Ids that lock jobs, but belong to no living worker. */
async function absentWorkers(db: Db): Promise<string[]> {
  const { rows } = await db.execute<{ id: string }>(sql`
    select distinct locked_by as id from graphile_worker._private_jobs
    where locked_by is not null and (hashtext(locked_by)::bigint & 4294967295)::oid not in (${locks})`)
  return rows.map((row) => row.id)
}
