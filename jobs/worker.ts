/** Runs jobs from the queue until it is closed. */
import { EventEmitter } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseCrontab, run, type Runner, type TaskList, type WorkerEvents } from 'graphile-worker'
import type { App } from '#src/app.ts'
import { getLogger } from '#src/log.ts'
import { attend, checkAttendance, unlockJobs } from '#src/queue/attendance.ts'
import { guarded } from '#src/queue/guard.ts'
import { queueLogger } from '#src/queue/logger.ts'

const log = getLogger('jobs')
const attendanceMs = 2_000
const restartMs = 2_000
/** How long a worker may fail to fetch jobs though the database answers. */
const stuckMs = 4_000
/** How long running jobs may take to end: first as if nothing was, then with their abort signal set. */
const finishMs = 8_000
const abortMs = 4_000

type Running = { id: string; runner: Runner; attendance: AsyncDisposable; isStuck(): boolean }

/**
 * Starts a worker with as many jobs at a time as the settings say. Should it end by itself, as after a long absence of the
 * database, it is started again. Disposing of it waits some seconds for the running jobs; those that take longer
 * will be run again.
 *
 * @param makeTasks given a signal that aborts as soon as the worker is to end
 */
export async function startWorker(app: App, makeTasks: (stopping: AbortSignal) => TaskList, crontab: string): Promise<AsyncDisposable> {
  const closing = new AbortController()
  const taskList = makeTasks(closing.signal)
  let current = await startRunner(app, taskList, crontab)
  const check = checkAttendance(app.db)
  const lookAfter = async () => {
    await check()
    if (current.isStuck()) await current.runner.stop('It is stuck')
  }
  const checks = setInterval(() => {
    lookAfter().catch((error: unknown) => log.debug('Could not look after the workers: {error}', { error }))
  }, attendanceMs)

  const supervise = async () => {
    while (!closing.signal.aborted) {
      await current.runner.promise.catch(() => {})
      await current.attendance[Symbol.asyncDispose]()
      if (closing.signal.aborted) return
      log.error('The worker ended; starting it again')
      await sleep(restartMs, undefined, { signal: closing.signal }).catch(() => {})
      if (closing.signal.aborted) return
      const next = await startRunner(app, taskList, crontab).catch((error: unknown) => log.error('The worker does not start: {error}', { error }))
      if (next) current = next
    }
  }
  const supervision = supervise()

  return {
    async [Symbol.asyncDispose]() {
      closing.abort()
      clearInterval(checks)
      const hasEnded = await stopRunner(app, current)
      await (hasEnded ? supervision : current.attendance[Symbol.asyncDispose]())
    },
  }
}

async function startRunner(app: App, taskList: TaskList, crontab: string): Promise<Running> {
  const events: WorkerEvents = new EventEmitter()
  const created = Promise.withResolvers<string>()
  events.once('pool:create', ({ workerPool }) => created.resolve(workerPool.id))
  // graphile-worker asks for the numbers of its tasks once, and keeps the answer even when that was an error.
  let failingSince: number | null = null
  events.on('worker:getJob:error', () => (failingSince ??= performance.now()))
  for (const success of ['worker:getJob:empty', 'job:start'] as const) events.on(success, () => (failingSince = null))
  const runner = await run({
    pgPool: app.db.$client,
    concurrency: app.config.workerConcurrency,
    taskList: guarded(taskList),
    parsedCronItems: parseCrontab(crontab),
    noHandleSignals: true,
    gracefulShutdownAbortTimeout: finishMs,
    logger: queueLogger,
    events,
  })
  const id = await created.promise
  return { id, runner, attendance: attend(app.db, id), isStuck: () => failingSince !== null && performance.now() - failingSince > stuckMs }
}

/** False when jobs would not end. */
async function stopRunner(app: App, { id, runner }: Running): Promise<boolean> {
  const stopped = runner.stop().catch(() => {})
  const late = sleep(finishMs + abortMs, 'late', { ref: false })
  if ((await Promise.race([stopped, late])) !== 'late') return true
  log.warn('Some jobs did not end in time; they will be run again')
  await unlockJobs(app.db, [id])
  return false
}
