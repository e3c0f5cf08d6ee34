import type { JobHelpers, Task, TaskList } from 'graphile-worker'
import { Refusal, type RefusalCode } from '../errors.ts'
import { getLogger, withLogContext } from '../log.ts'
import { dayMs } from '../time.ts'
import { HostUnavailable } from './hosts.ts'
import { requeue } from './requeue.ts'

const log = getLogger('jobs')

/** The age up to which a job is postponed without counting a try. */
const maxPostponeMs = 3 * dayMs

/** Whether a job that the core refuses is worth another try. Mostly its work is no longer wanted. */
const isWorthRetrying: Record<RefusalCode, boolean> = {
  not_found: false,
  not_permitted: false,
  invalid: false,
  unprocessable: false,
  conflict: false,
  gone: false,
  too_many: true,
  unavailable: true,
}

/**
 * The same tasks with common rules: each log line names the job, a refusal by the core ends the job, a job that can't use
 * its host now is postponed, and a job that fails is logged and retried.
 */
export function guarded(taskList: TaskList): TaskList {
  return Object.fromEntries(
    Object.entries(taskList).flatMap(([name, task]) =>
      task ? [[name, (payload, helpers) => runGuarded(name, task, payload, helpers)] satisfies [string, Task]] : [],
    ),
  )
}

/** Whether a job has been postponed for days: then each try counts, and the job is given up like any other job. */
const isOld = ({ job }: JobHelpers): boolean => job.created_at.getTime() < Date.now() - maxPostponeMs

function runGuarded(task: string, run: Task, payload: unknown, helpers: JobHelpers): Promise<void | unknown[]> {
  const { id, attempts, max_attempts: maxAttempts } = helpers.job
  return withLogContext({ task, jobId: String(id) }, async () => {
    try {
      return (await run(payload, helpers)) ?? undefined
    } catch (error) {
      if (error instanceof HostUnavailable && !isOld(helpers)) {
        log.debug('Job {task} is postponed: {reason}', { task, reason: error.message })
        await requeue(helpers, error)
        throw error
      }
      if (error instanceof Refusal && !isWorthRetrying[error.code])
        return void log.info('Job {task} is no longer wanted: {reason}', { task, reason: error.message })
      const level = attempts >= maxAttempts ? 'error' : 'warn'
      log[level]('Job {task} failed (attempt {attempts} of {maxAttempts}): {error}', {
        task,
        attempts,
        maxAttempts,
        error,
      })
      throw withoutStatement(error)
    }
  })
}

/** The queue stores the message with the job. Drizzle's message repeats the statement and its values; PostgreSQL's does not. */
function withoutStatement(error: unknown): unknown {
  return error instanceof Error && error.cause instanceof Error
    ? new Error(error.cause.message, { cause: error })
    : error
}
