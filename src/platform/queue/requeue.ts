import type { JobHelpers } from 'graphile-worker'
import type { HostUnavailable } from './hosts.ts'

/**
 * Returns a running job to the queue, for later and without counting this try. graphile-worker has no way to do so: its update
 * after the task has thrown finds a job that is no longer locked by it, and changes nothing. All places of a lane lock jobs by
 * the same id, so none of them may take the job before that update: the job waits for at least a second.
 *
 * A job that was replaced while it ran has lost its key, and is deleted: the other job does its work.
 */
export async function requeue(
  { job, query }: Pick<JobHelpers, 'job' | 'query'>,
  { host, until }: HostUnavailable,
): Promise<void> {
  await query(
    `with back as (
      update graphile_worker._private_jobs set attempts = greatest(attempts - 1, 0), locked_by = null, locked_at = null,
        run_at = greatest(run_at, $3, now() + interval '1 second'), flags = coalesce(flags, '{}') || jsonb_build_object('waitsFor', $4::text)
      where id = $1 and locked_by = $2 and key is not distinct from $5 returning job_queue_id),
    replaced as (
      delete from graphile_worker._private_jobs where id = $1 and locked_by = $2 and key is distinct from $5 returning job_queue_id)
    update graphile_worker._private_job_queues queues set locked_by = null, locked_at = null
    from (select job_queue_id from back union all select job_queue_id from replaced) ended
    where queues.id = ended.job_queue_id and queues.locked_by = $2`,
    [job.id, job.locked_by, until.toISOString(), host, job.key],
  )
}
