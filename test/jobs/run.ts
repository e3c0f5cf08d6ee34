import { sql } from 'drizzle-orm'
import { runOnce } from 'graphile-worker'
import { guarded } from '#src/queue/guard.ts'
import { queueLogger } from '#src/queue/logger.ts'
import type { TestDatabase } from '#test/database.ts'
import { createFederation } from '../../federation/index.ts'
import { federationTasks } from '../../federation/tasks.ts'
import { tasks } from '../../jobs/tasks.ts'

/** Runs the jobs of a queue that are due, as a worker would, until none is left. */
export async function runJobs(t: TestDatabase): Promise<void> {
  await runOnce({ pgPool: t.db.$client, taskList: guarded(tasks(t.app, federationTasks(t.app, createFederation(t.app)))), logger: queueLogger, noHandleSignals: true })
}

/** Lets waiting jobs be due now. */
export async function makeDue(t: TestDatabase): Promise<void> {
  await t.db.execute(sql`update graphile_worker._private_jobs set run_at = now()`)
}

/** The errors of failed jobs, as an admin reads them. */
export async function jobErrors(t: TestDatabase): Promise<string[]> {
  const { rows } = await t.db.execute<{ error: string }>(sql`select last_error as error from graphile_worker.jobs where last_error is not null order by id`)
  return rows.map(({ error }) => error)
}
