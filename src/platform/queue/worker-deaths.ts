/**
 * Jobs that ran when their worker died or hung. Any of them may have killed it: by too much memory, by an endless loop.
 * The first time all of them simply run again. After a second death of its worker a job runs alone: in a process that does
 * nothing else (jobs/alone.ts), under a task of another name, which lanes don't have. There the harmless jobs succeed, and
 * the job whose process dies once more is given up.
 *
 * Three rules protect harmless jobs: a worker that is told to stop marks its jobs (`leaveJobs`) before anybody can kill it,
 * and they don't count; a death expires after a day; and the last death counts only if nothing else ran beside the job. So it
 * takes three sudden deaths within a day, the last of them of a process of its own.
 */
import { sql } from 'drizzle-orm'
import type { Db, Reader } from '../db/index.ts'
import { getLogger } from '../log.ts'

const log = getLogger('jobs')
/** After this many deaths a job runs alone. */
const maxDeaths = 2
const aloneTask = 'alone:'

export const aloneName = (task: string): string => `${aloneTask}${task}`
export const bareName = (task: string): string => (isAloneName(task) ? task.slice(aloneTask.length) : task)
export const isAloneName = (task: string): boolean => task.startsWith(aloneTask)

const deathReason = 'The worker died while running it'

/** Marks the jobs of a worker that stops: if it is killed before they have ended, that does not count as a death. */
export async function leaveJobs(db: Db, workerIds: string[]): Promise<void> {
  await db.execute(sql`
    update graphile_worker._private_jobs set flags = coalesce(flags, '{}') || jsonb_build_object('leaving', locked_by)
    where locked_by in (select jsonb_array_elements_text(${JSON.stringify(workerIds)}::jsonb))`)
}

type DeadJob = { id: string; task: string; deaths: number; isCounted: boolean; isGivenUp: boolean }

/** Unlocks the jobs of dead workers, and counts the death for each job. Workers that call it at the same time count once. */
export async function releaseDeadJobs(db: Db, workerIds: string[]): Promise<void> {
  const dead = sql`(select jsonb_array_elements_text(${JSON.stringify(workerIds)}::jsonb))`
  const deadJobs = await db.transaction(async (tx) => {
    const { rows } = await tx.execute<DeadJob>(sql`
      with suspects as (
        select j.id, t.identifier, starts_with(t.identifier, ${aloneTask}) as is_alone, j.flags->>'leaving' is distinct from j.locked_by as is_counted,
          1 + case when (j.flags->>'diedAt')::timestamptz > now() - interval '1 day' then (j.flags->>'deaths')::int else 0 end as deaths
        from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
        where j.locked_by in ${dead} for update of j),
      alone as (
        insert into graphile_worker._private_tasks (identifier)
        select distinct ${aloneTask} || identifier from suspects where is_counted and not is_alone and deaths >= ${maxDeaths}
        on conflict (identifier) do update set identifier = excluded.identifier returning id, identifier)
      update graphile_worker._private_jobs j set locked_at = null, locked_by = null,
        flags = case when is_counted then coalesce(j.flags, '{}') || jsonb_build_object('deaths', deaths, 'diedAt', now()) else j.flags end,
        last_error = case when is_counted then ${deathReason} else j.last_error end,
        task_id = case when is_counted and not is_alone and deaths >= ${maxDeaths}
          then (select alone.id from alone where alone.identifier = ${aloneTask} || s.identifier) else j.task_id end,
        attempts = case when is_counted and is_alone then j.max_attempts else j.attempts end
      from suspects s where j.id = s.id
      returning j.id::text, s.identifier as task, deaths, is_counted as "isCounted", is_counted and is_alone as "isGivenUp"`)
    await tx.execute(
      sql`update graphile_worker._private_job_queues set locked_at = null, locked_by = null where locked_by in ${dead}`,
    )
    return rows
  })
  for (const { id, task: name, deaths, isGivenUp } of deadJobs.filter(({ isCounted }) => isCounted)) {
    const task = bareName(name)
    if (isGivenUp)
      log.error('Job {id} ({task}) is given up: its worker died although it ran nothing else', { id, task })
    else if (deaths >= maxDeaths)
      log.warn('Job {id} ({task}) runs alone from now on: its worker died {deaths} times', { id, task, deaths })
  }
}

/** Whether a job that has to run alone is due. It reads the queue, which may be long. */
export async function isAloneDue(db: Reader): Promise<boolean> {
  const { rows } = await db.execute(sql`
    select from graphile_worker._private_jobs j where j.is_available and j.run_at <= now()
      and j.task_id in (select t.id from graphile_worker._private_tasks t where starts_with(t.identifier, ${aloneTask})) limit 1`)
  return rows.length > 0
}
