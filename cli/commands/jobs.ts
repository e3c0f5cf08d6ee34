import { listJobs, type QueuedJob, retryJob } from '#src/queue/jobs.ts'
import { UsageError } from '../exit.ts'
import { wholeNumber } from '../numbers.ts'
import { withApp } from '../session.ts'

/** `jobs list` */
export function list(options: { json?: boolean; failed?: boolean; limit: string }): Promise<void> {
  return withApp(options.json ?? false, async (app) => {
    const jobs = await listJobs(app.db, { onlyFailed: options.failed ?? false, limit: wholeNumber('--limit', options.limit, 1, 1_000_000) })
    return { data: jobs, lines: jobs.map(line) }
  })
}

function line({ id, task, attempts, maxAttempts, runAt, isRunning, lastError }: QueuedJob): string {
  const state = isRunning ? 'running' : attempts >= maxAttempts ? 'given up' : `due ${runAt.toISOString()}`
  return [id, task, state, ...(lastError === null ? [] : [`attempt ${attempts} of ${maxAttempts}: ${lastError.replaceAll('\n', ' ')}`])].join('  ')
}

/** `jobs retry` */
export function retry(id: string, options: { json?: boolean }): Promise<void> {
  return withApp(options.json ?? false, async (app) => {
    if (!/^[0-9]{1,18}$/.test(id)) throw new UsageError(`${id} is not the number of a job`)
    await retryJob(app.db, id)
    return { data: { id }, lines: [`Job ${id} runs again`] }
  })
}
