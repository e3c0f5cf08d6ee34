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

/** How long a runner may fail to fetch jobs though the database answers. */
const stuckMs = 4_000

export type RunningLane = {
  /** By which it locks jobs. */
  id: string
  runner: Runner
  /** Resolves when it has ended, in whichever way. */
  ended: Promise<void>
  /** Lets so many idle workers look for jobs. */
  nudge(count: number): void
  isStuck(): boolean
}

type LaneOptions = {
  taskList: TaskList
  places: number
  /** Whether it hears of every job, and of migrations that end old workers: one lane does. */
  listens: boolean
  cronItems: ParsedCronItem[]
  /** How long its jobs may go on when it is to stop, before they are told to break off. */
  finishMs: number
}

/** Runs the jobs of one lane: a runner of graphile-worker, which fetches only what is in its list. */
export async function startLane(
  { db }: Pick<App, 'db'>,
  { taskList, places, listens, cronItems, finishMs }: LaneOptions,
): Promise<RunningLane> {
  const events: WorkerEvents = new EventEmitter()
  // In an object, as a pool is a promise of its own end.
  const created = Promise.withResolvers<{ pool: WorkerPool }>()
  events.once('pool:create', ({ workerPool }) => created.resolve({ pool: workerPool }))
  // graphile-worker asks for the numbers of its tasks once, and keeps the answer even when that was an error.
  let failingSince: number | null = null
  events.on('worker:getJob:error', () => (failingSince ??= performance.now()))
  for (const success of ['worker:getJob:empty', 'job:start'] as const) events.on(success, () => (failingSince = null))
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
    isStuck: () => failingSince !== null && performance.now() - failingSince > stuckMs,
  }
}
