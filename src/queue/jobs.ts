/** The queue as an admin sees it: what waits, what failed and why. Payloads are left out, as some hold texts of people. */
import { sql } from 'drizzle-orm'
import type { Db, Reader } from '../db/index.ts'
import { Refusal } from '../errors.ts'

export type QueuedJob = {
  id: string
  task: string
  attempts: number
  maxAttempts: number
  runAt: Date
  isRunning: boolean
  /** Of the last attempt that failed; null when none did. */
  lastError: string | null
}

/** Jobs in the order in which they run. */
export async function listJobs(db: Pick<Reader, 'execute'>, { onlyFailed, limit }: { onlyFailed: boolean; limit: number }): Promise<QueuedJob[]> {
  const { rows } = await db.execute<Omit<QueuedJob, 'runAt'> & { runAt: string }>(sql`
    select id::text, task_identifier as task, attempts::int, max_attempts::int as "maxAttempts", run_at as "runAt", locked_at is not null as "isRunning", last_error as "lastError"
    from graphile_worker.jobs where ${onlyFailed ? sql`last_error is not null` : sql`true`} order by run_at, id limit ${limit}`)
  return rows.map((row) => ({ ...row, runAt: new Date(row.runAt) }))
}

/**
 * Lets a job run again now, with all its attempts.
 *
 * @throws Refusal `not_found` when there is no such job, `conflict` while it runs
 */
export async function retryJob(db: Db, id: string): Promise<void> {
  const { rows: [job] } = await db.execute<{ isRunning: boolean }>(sql`select locked_at is not null as "isRunning" from graphile_worker.jobs where id = ${id}::bigint`)
  if (!job) throw new Refusal('not_found', `There is no job ${id}`)
  if (job.isRunning) throw new Refusal('conflict', `Job ${id} is running`)
  await db.execute(sql`select from graphile_worker.reschedule_jobs(array[${id}::bigint], run_at => now(), attempts => 0)`)
}
