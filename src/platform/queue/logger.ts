import { Logger } from 'graphile-worker'
import { getLogger } from '../log.ts'

const log = getLogger('jobs')

/** graphile-worker's messages in our log, except those about failed jobs, which `guarded` logs with less in them. */
export const queueLogger = new Logger((scope) => (level, message, meta) => {
  if (meta?.['failure']) return
  log[level === 'error' ? 'error' : level === 'warning' ? 'warn' : 'debug']('{message}', {
    message,
    jobId: scope.jobId,
  })
})
