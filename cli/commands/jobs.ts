import { type LaneState, listJobs, listLanes, type QueuedJob, retryJob } from '#src/outbox/queued.ts'
import { UsageError } from '../exit.ts'
import { wholeNumber } from '../numbers.ts'
import { withApp } from '../session.ts'

/** `jobs list` */
export function list(options: { json?: boolean; failed?: boolean; limit: string }): Promise<void> {
  return withApp(options.json ?? false, async (app) => {
    const jobs = await listJobs(app.db, {
      onlyFailed: options.failed ?? false,
      limit: wholeNumber('--limit', options.limit, 1, 1_000_000),
    })
    const lanes = options.failed ? [] : await listLanes(app.db, app.config)
    return { data: options.failed ? jobs : { lanes, jobs }, lines: [...lanes.map(laneLine), ...jobs.map(line)] }
  })
}

function laneLine({ lane, places, running, waiting, oldestDueAt, hosts }: LaneState): string {
  const due = oldestDueAt === null ? [] : [`oldest due ${oldestDueAt.toISOString()}`]
  const waitsFor =
    hosts.length === 0 ? [] : [`waits for ${hosts.map(({ host, jobs }) => `${host} (${jobs})`).join(', ')}`]
  return [
    `lane ${lane}`,
    `${running} running`,
    `${waiting} waiting`,
    `${places} ${places === 1 ? 'place' : 'places'} a worker`,
    ...due,
    ...waitsFor,
  ].join('  ')
}

function line({ id, task, attempts, maxAttempts, runAt, isRunning, isAlone, waitsFor, lastError }: QueuedJob): string {
  const state = isRunning ? 'running' : attempts >= maxAttempts ? 'given up' : `due ${runAt.toISOString()}`
  return [
    id,
    task,
    state,
    ...(isAlone ? ['runs alone'] : []),
    ...(waitsFor === null ? [] : [`waits for ${waitsFor}`]),
    ...(lastError === null ? [] : [`attempt ${attempts} of ${maxAttempts}: ${lastError.replaceAll('\n', ' ')}`]),
  ].join('  ')
}

/** `jobs retry` */
export function retry(id: string, options: { json?: boolean }): Promise<void> {
  return withApp(options.json ?? false, async (app) => {
    if (!/^[0-9]{1,18}$/.test(id)) throw new UsageError(`${id} is not the number of a job`)
    await retryJob(app.db, id)
    return { data: { id }, lines: [`Job ${id} runs again`] }
  })
}
