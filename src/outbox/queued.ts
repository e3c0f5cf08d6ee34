/** The queue as an admin sees it: waiting jobs, failed jobs and their errors. Payloads are left out, since some hold texts of people. */
import { sql } from 'drizzle-orm'
import type { Config } from '../platform/config.ts'
import type { Db, Reader } from '../platform/db/index.ts'
import { Refusal } from '../platform/errors.ts'
import { type Lane, lanes, placesOf } from '../platform/queue/lanes.ts'
import { bareName, isAloneName } from '../platform/queue/worker-deaths.ts'
import { type Jobs, laneOf } from './jobs.ts'

const maxHosts = 10

export type QueuedJob = {
  id: string
  task: string
  attempts: number
  maxAttempts: number
  runAt: Date
  isRunning: boolean
  /** Whether it runs in a process of its own, since its worker died twice. */
  isAlone: boolean
  /** The unavailable host that the job waits for. */
  waitsFor: string | null
  /** The error of the last failed attempt; null when none failed. */
  lastError: string | null
}

/** Jobs in the order in which they run. */
export async function listJobs(
  db: Pick<Reader, 'execute'>,
  { onlyFailed, limit }: { onlyFailed: boolean; limit: number },
): Promise<QueuedJob[]> {
  const { rows } = await db.execute<Omit<QueuedJob, 'runAt' | 'isAlone'> & { runAt: string }>(sql`
    select id::text, task_identifier as task, case when run_at > now() then flags->>'waitsFor' end as "waitsFor", attempts::int, max_attempts::int as "maxAttempts", run_at as "runAt", locked_at is not null as "isRunning", last_error as "lastError"
    from graphile_worker.jobs where ${onlyFailed ? sql`last_error is not null` : sql`true`} order by run_at, id limit ${limit}`)
  return rows.map(({ task, ...row }) => ({
    ...row,
    task: bareName(task),
    isAlone: isAloneName(task),
    runAt: new Date(row.runAt),
  }))
}

/** The payload of the waiting job with a key; null when there is none. */
export async function waitingPayload<Name extends keyof Jobs>(
  db: Pick<Reader, 'execute'>,
  key: string,
): Promise<Jobs[Name] | null> {
  const { rows } = await db.execute<{ payload: Jobs[Name] }>(
    sql`select payload from graphile_worker._private_jobs where key = ${key} and locked_at is null`,
  )
  return rows[0]?.payload ?? null
}

/** Jobs that were given up, the latest first. Reads the queue: 0.1 seconds for a million jobs. */
export async function givenUpJobs(
  db: Pick<Reader, 'execute'>,
  limit: number,
): Promise<Pick<QueuedJob, 'id' | 'task' | 'lastError'>[]> {
  const { rows } = await db.execute<Pick<QueuedJob, 'id' | 'task' | 'lastError'>>(sql`
    select j.id::text, t.identifier as task, j.last_error as "lastError" from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
    where j.attempts >= j.max_attempts and j.locked_at is null order by j.id desc limit ${limit}`)
  return rows.map(({ task, ...row }) => ({ ...row, task: bareName(task) }))
}

/** A lane, over all workers; `places` are the places in each worker. */
export type LaneState = {
  lane: Lane | 'alone'
  places: number
  running: number
  /** Jobs that are due, or run later. */
  waiting: number
  /** When the longest waiting job was due; null when none waits. */
  oldestDueAt: Date | null
  /** Unavailable hosts that jobs wait for, those with the most jobs first; at most ten. */
  hosts: { host: string; jobs: number }[]
}

type Count = {
  task: string
  running: number
  waiting: number
  oldestDueAt: string | null
  hosts: Record<string, number> | null
}

/** The state of the lanes; jobs that were given up are not counted. */
export async function listLanes(
  db: Pick<Reader, 'execute'>,
  { workerConcurrency }: Pick<Config, 'workerConcurrency'>,
): Promise<LaneState[]> {
  const { rows } = await db.execute<Count>(sql`
    with jobs as (
      select task_id, locked_at, run_at, case when locked_at is null and run_at > now() then flags->>'waitsFor' end as host
      from graphile_worker._private_jobs where locked_at is not null or attempts < max_attempts),
    hosts as (select task_id, jsonb_object_agg(host, count) as hosts from (select task_id, host, count(*) from jobs where host is not null group by 1, 2) each group by 1)
    select t.identifier as task, count(*) filter (where locked_at is not null)::int as running, count(*) filter (where locked_at is null)::int as waiting,
      min(run_at) filter (where locked_at is null and run_at <= now()) as "oldestDueAt", (select hosts from hosts where hosts.task_id = t.id) as hosts
    from jobs join graphile_worker._private_tasks t on t.id = task_id group by t.id, t.identifier`)
  const places = { ...placesOf(workerConcurrency), alone: 1 }
  const byLane = Map.groupBy(rows, ({ task }) => (isAloneName(task) ? 'alone' : laneOf(task)))
  return [...lanes, ...(byLane.has('alone') ? (['alone'] as const) : [])].map((lane) =>
    toState(lane, places[lane], byLane.get(lane) ?? []),
  )
}

function toState(lane: LaneState['lane'], places: number, counts: Count[]): LaneState {
  const sum = (of: (count: Count) => number) => counts.reduce((all, count) => all + of(count), 0)
  const due = counts.flatMap(({ oldestDueAt }) => (oldestDueAt === null ? [] : [Date.parse(oldestDueAt)]))
  const hosts = new Map<string, number>()
  for (const [host, jobs] of counts.flatMap((count) => Object.entries(count.hosts ?? {})))
    hosts.set(host, (hosts.get(host) ?? 0) + jobs)
  return {
    lane,
    places,
    running: sum(({ running }) => running),
    waiting: sum(({ waiting }) => waiting),
    oldestDueAt: due.length > 0 ? new Date(Math.min(...due)) : null,
    hosts: [...hosts]
      .map(([host, jobs]) => ({ host, jobs }))
      .sort((a, b) => b.jobs - a.jobs)
      .slice(0, maxHosts),
  }
}

/**
 * Runs a job again now, with all its attempts.
 *
 * @throws Refusal `not_found` when there is no such job, `conflict` while it runs
 */
export async function retryJob(db: Db, id: string): Promise<void> {
  const {
    rows: [job],
  } = await db.execute<{ isRunning: boolean }>(
    sql`select locked_at is not null as "isRunning" from graphile_worker.jobs where id = ${id}::bigint`,
  )
  if (!job) throw new Refusal('not_found', `There is no job ${id}`)
  if (job.isRunning) throw new Refusal('conflict', `Job ${id} is running`)
  await db.execute(
    sql`select from graphile_worker.reschedule_jobs(array[${id}::bigint], run_at => now(), attempts => 0)`,
  )
}
