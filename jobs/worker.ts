/** Runs jobs from the queue until it is closed. */
import { setTimeout as sleep } from 'node:timers/promises'
import { parseCrontab, type TaskList } from 'graphile-worker'
import { laneOf } from '#src/outbox/jobs.ts'
import type { App } from '#src/platform/app.ts'
import { listenFor } from '#src/platform/db/listen.ts'
import { getLogger } from '#src/platform/log.ts'
import { guarded } from '#src/platform/queue/guard.ts'
import { startHeartbeat, watchHeartbeats, haveJobs, unlockJobs } from '#src/platform/queue/heartbeat.ts'
import { fromLanesPayload, type Lane, lanes, lanesChannel, placesOf } from '#src/platform/queue/lanes.ts'
import { leaveJobs } from '#src/platform/queue/worker-deaths.ts'
import { within } from '#src/platform/time.ts'
import { aloneProcess } from './alone-process.ts'
import { type RunningLane, startLane } from './lane.ts'

const log = getLogger('jobs')
const checkMs = 2_000
const restartMs = 2_000
/** How long running jobs may take to end: first undisturbed, then with their abort signal set. */
const finishMs = 8_000
const abortMs = 4_000
/** How often, and how long, the end of the last jobs is checked in the database. */
const storePollMs = 20
const maxStoreMs = 2_000

type Running = { lanes: Map<Lane, RunningLane>; heartbeat: AsyncDisposable }

/**
 * Starts a worker: each lane with its places, as many jobs at a time as the settings say. When a lane ends by itself, as after
 * a long outage of the database, all are started again. Disposing of the worker waits some seconds for the running jobs; jobs
 * that take longer are run again later.
 *
 * @param makeTasks gets a signal that aborts as soon as the worker stops
 */
export async function startWorker(
  app: App,
  makeTasks: (stopping: AbortSignal) => TaskList,
  crontab: string,
): Promise<AsyncDisposable> {
  const closing = new AbortController()
  const taskList = guarded(makeTasks(closing.signal))
  let current = await startLanes(app, taskList, crontab)
  const listening = listenFor(app.db, lanesChannel, (payload) => {
    for (const [lane, count] of fromLanesPayload(payload)) current.lanes.get(lane)?.nudge(count)
  })
  const alone = aloneProcess(app)
  const check = watchHeartbeats(app.db)
  const checkWorkers = async () => {
    const dead = await check()
    await alone.check(dead.length > 0)
    const stuck = [...current.lanes.values()].find((lane) => lane.isStuck())
    await stuck?.runner.stop('It is stuck')
  }
  const checks = setInterval(() => {
    checkWorkers().catch((error: unknown) => log.debug('Could not look after the workers: {error}', { error }))
  }, checkMs)

  const closed = new Promise((resolve) => closing.signal.addEventListener('abort', resolve, { once: true }))
  const supervise = async () => {
    while (!closing.signal.aborted) {
      await Promise.race([closed, ...[...current.lanes.values()].map(({ ended }) => ended)])
      if (closing.signal.aborted) return
      log.error('The worker ended; starting it again')
      await stopLanes(app, current)
      await sleep(restartMs, undefined, { signal: closing.signal }).catch(() => {})
      if (closing.signal.aborted) return
      const next = await startLanes(app, taskList, crontab).catch((error: unknown) =>
        log.error('The worker does not start: {error}', { error }),
      )
      if (next) current = next
    }
  }
  const supervision = supervise()

  return {
    async [Symbol.asyncDispose]() {
      closing.abort()
      clearInterval(checks)
      await supervision
      await Promise.all([stopLanes(app, current), alone[Symbol.asyncDispose](), listening[Symbol.asyncDispose]()])
    },
  }
}

/** Starts the lanes that have tasks. One of them queues the jobs of the crontab. */
async function startLanes(app: App, taskList: TaskList, crontab: string): Promise<Running> {
  const places = placesOf(app.config.workerConcurrency)
  const tasks = Map.groupBy(Object.entries(taskList), ([name]) => laneOf(name))
  const cronItems = parseCrontab(crontab)
  const started = await Promise.allSettled(
    lanes.flatMap((lane) => {
      const own = tasks.get(lane)
      return own
        ? [
            startLane(app, {
              taskList: Object.fromEntries(own),
              places: places[lane],
              listens: lane === 'rest',
              cronItems: lane === 'rest' ? cronItems : [],
              finishMs,
            }).then((running) => [lane, running] as const),
          ]
        : []
    }),
  )
  const running = new Map(started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])))
  const failed = started.find((one) => one.status === 'rejected')
  if (failed) {
    await Promise.allSettled([...running.values()].map(({ runner }) => runner.stop()))
    throw failed.reason
  }
  return {
    lanes: running,
    heartbeat: startHeartbeat(
      app.db,
      [...running.values()].map(({ id }) => id),
    ),
  }
}

/** Stops the lanes. Jobs that do not end in time are unlocked, and run again. */
async function stopLanes(app: App, { lanes: running, heartbeat }: Running): Promise<void> {
  const ids = [...running.values()].map(({ id }) => id)
  await leaveJobs(app.db, ids).catch((error: unknown) =>
    log.debug('Could not say that the worker stops: {error}', { error }),
  )
  const stopped = Promise.allSettled(
    [...running.values()].map(({ runner, ended }) => runner.stop().catch(() => ended)),
  ).then(() => untilStored(app, ids))
  if ((await within(finishMs + abortMs, stopped, 'late')) === 'late') {
    log.warn('Some jobs did not end in time; they will be run again')
    await unlockJobs(app.db, ids)
  }
  await heartbeat[Symbol.asyncDispose]()
}

/** Waits until the end of the jobs is stored: graphile-worker reports it a moment earlier, and a job without it would run again. */
async function untilStored({ db }: App, ids: string[]): Promise<void> {
  try {
    for (const deadline = performance.now() + maxStoreMs; (await haveJobs(db, ids)) && performance.now() < deadline;)
      await sleep(storePollMs)
  } catch (error) {
    log.debug('Could not see whether all jobs have ended: {error}', { error })
  }
}
