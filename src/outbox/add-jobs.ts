import { sql } from 'drizzle-orm'
import type { Tx } from '../platform/db/index.ts'
import { statement } from '../platform/db/statement.ts'
import { lanesChannel, toLanesPayload } from '../platform/queue/lanes.ts'
import { aloneName } from '../platform/queue/worker-deaths.ts'
import { type Job, jobKinds } from './jobs.ts'

/**
 * Queues jobs in a transaction. A job with a `key` replaces a waiting job of the same key; if that one has to run alone, so does
 * the new one.
 *
 * @param options `keepsTime`: the replaced job's time stays
 */
export async function addJobs(tx: Pick<Tx, 'execute'>, jobs: Job[], { keepsTime = false } = {}): Promise<void> {
  const specs = jobs.map((job) => ({
    identifier: job.name,
    payload: job.payload,
    run_at: job.runAt,
    job_key: job.key,
    queue_name: job.queue,
    priority: job.priority ?? jobKinds[job.name].priority,
  }))
  const due = jobs.filter(({ runAt }) => !runAt || runAt.getTime() <= Date.now()).map(({ name }) => jobKinds[name].lane)
  await queue(tx as Tx, { specs: JSON.stringify(specs), keepsTime, news: toLanesPayload(due) })
}

// A scalar subquery uses the index of keys; PostgreSQL would make a hash join of a join, which reads the whole queue.
const queue = statement<{ specs: string; keepsTime: boolean; news: string }, Record<string, never>>(
  'add_jobs',
  ({ specs, keepsTime, news }) => sql`
    select pg_notify(${sql.raw(`'${lanesChannel}'`)}, ${news})
    from (select count(*) from graphile_worker.add_jobs(array(
      select row(coalesce(
        (select t.identifier from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
          where j.key = spec.job_key and t.identifier = ${sql.raw(`'${aloneName('')}'`)} || spec.identifier),
        spec.identifier), spec.payload, spec.queue_name, spec.run_at, spec.max_attempts, spec.job_key, spec.priority, spec.flags)::graphile_worker.job_spec
      from json_populate_recordset(null::graphile_worker.job_spec, ${specs}::json) with ordinality spec
      order by spec.ordinality), ${keepsTime}::boolean)) added`,
)
