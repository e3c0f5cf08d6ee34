import { EventEmitter } from 'node:events'
import {
  type ParsedCronItem,
  run,
  type Runner,
  type TaskList,
  type WorkerEvents,
  type WorkerPool,
} from 'graphile-worker'
import type { App } from '#src/platform/app.ts'
import { withoutListening } from '#src/platform/queue/listening.ts'
import { queueLogger } from '#src/platform/queue/logger.ts'

/** How long a runner may fail to fetch jobs, or to read the crontab, although the database answers. */
const stuckMs = 4_000

export type RunningLane = {
  /** The id with which it locks jobs. */
  id: string
  runner: Runner
  /** Resolves when the runner has ended, for any reason. */
  ended: Promise<void>
  /** Makes up to `count` idle workers look for jobs. */
  nudge(count: number): void
  isStuck(): boolean
}

type LaneOptions = {
  taskList: TaskList
  places: number
  /** Whether it listens for new jobs, and for migrations that end old workers: one lane does. */
  listens: boolean
  cronItems: ParsedCronItem[]
  /** How long its jobs may go on when it stops, before their signal aborts. */
  finishMs: number
}

/** Runs the jobs of one lane: a runner of graphile-worker, which fetches only tasks of its list. */
export async function startLane(
  { db }: Pick<App, 'db'>,
  { taskList, places, listens, cronItems, finishMs }: LaneOptions,
): Promise<RunningLane> {
  const events: WorkerEvents = new EventEmitter()
  // In an object, since a pool is itself a promise, of its end.
  const created = Promise.withResolvers<{ pool: WorkerPool }>()
  events.once('pool:create', ({ workerPool }) => created.resolve({ pool: workerPool }))
  // graphile-worker reads the ids of its tasks once, and keeps the answer even if it is an error.
  let failingSince: number | null = null
  events.on('worker:getJob:error', () => (failingSince ??= performance.now()))
  for (const success of ['worker:getJob:empty', 'job:start'] as const) events.on(success, () => (failingSince = null))
  // After an outage graphile-worker waits up to a minute before it reads the crontab again. It tells only when it begins and succeeds.
  let cronTries = 0
  let cronFailingSince = 0
  events.on('cron:starting', () => {
    if (++cronTries === 2) cronFailingSince = performance.now()
  })
  events.on('cron:started', () => (cronTries = 0))
  const runner = await run({
    pgPool: listens ? db.$client : withoutListening(db.$client),
    concurrency: places,
    taskList,
    parsedCronItems: cronItems,
    noHandleSignals: true,
    gracefulShutdownAbortTimeout: finishMs,
    logger: queueLogger,
    events,
  })
  const ended = runner.promise.catch(() => {})
  const { pool } = await created.promise
  return {
    id: pool.id,
    runner,
    ended,
    nudge(count) {
      if (!pool._shuttingDown) pool.nudge(Math.min(count, places))
    },
    isStuck: () =>
      (failingSince !== null && performance.now() - failingSince > stuckMs) ||
      (cronTries > 1 && performance.now() - cronFailingSince > stuckMs),
  }
}
