import { setTimeout as sleep } from 'node:timers/promises'
import { type SQL, sql } from 'drizzle-orm'
import { runOnce } from 'graphile-worker'
import { guarded } from '#src/platform/queue/guard.ts'
import { queueLogger } from '#src/platform/queue/logger.ts'
import type { TestDatabase } from '#test/database.ts'
import { apiTasks } from '../../api/tasks.ts'
import { createDispatcher } from '../../federation/index.ts'
import { federationTasks } from '../../federation/tasks.ts'
import { tasks } from '../../jobs/tasks.ts'

/** Runs the jobs of a queue that are due, as a worker would, until none is left. */
export async function runJobs(t: TestDatabase): Promise<void> {
  const taskList = guarded(tasks(t.app, federationTasks(t.app, createDispatcher(t.app)), apiTasks(t.app)))
  do {
    await runOnce({ pgPool: t.db.$client, taskList, logger: queueLogger, noHandleSignals: true })
    // The queue is empty once the last job is taken, which may be a moment before its end is stored.
    while ((await count(t, sql`locked_at is not null`)) > 0) await sleep(5)
  } while ((await count(t, sql`run_at <= now() and attempts < max_attempts`)) > 0)
}

async function count(t: TestDatabase, condition: SQL): Promise<number> {
  const { rows } = await t.db.execute<{ n: number }>(
    sql`select count(*)::int as n from graphile_worker._private_jobs where ${condition}`,
  )
  return rows[0]?.n ?? 0
}

/** Makes waiting jobs due now. */
export async function makeDue(t: TestDatabase): Promise<void> {
  await t.db.execute(sql`update graphile_worker._private_jobs set run_at = now()`)
}

/** The errors of failed jobs, as an admin reads them. */
export async function jobErrors(t: TestDatabase): Promise<string[]> {
  const { rows } = await t.db.execute<{ error: string }>(
    sql`select last_error as error from graphile_worker.jobs where last_error is not null order by id`,
  )
  return rows.map(({ error }) => error)
}
