import type { JobHelpers } from 'graphile-worker'
import type { PutOff } from './hosts.ts'

/**
 * Gives a job that runs back to the queue, for later and as if this try had not been. graphile-worker has no way to do so: what it
 * writes when the task has thrown finds a job that is no longer its own, and changes nothing.
 */
export async function putBack({ job, query }: Pick<JobHelpers, 'job' | 'query'>, { host, until }: PutOff): Promise<void> {
  await query(
    `with back as (
      update graphile_worker._private_jobs set attempts = greatest(attempts - 1, 0), locked_by = null, locked_at = null,
        run_at = greatest(run_at, $3), flags = coalesce(flags, '{}') || jsonb_build_object('waitsFor', $4::text)
      where id = $1 and locked_by = $2 returning job_queue_id)
    update graphile_worker._private_job_queues queues set locked_by = null, locked_at = null
    from back where queues.id = back.job_queue_id and queues.locked_by = $2`,
    [job.id, job.locked_by, until.toISOString(), host],
  )
}
