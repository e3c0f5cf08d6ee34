import { Logger } from 'graphile-worker'
import { getLogger } from '../log.ts'

const log = getLogger('jobs')

/** graphile-worker's messages in our log. Its own console output would name whole payloads. */
export const queueLogger = new Logger((scope) => (level, message) => {
  log[level === 'error' ? 'error' : level === 'warning' ? 'warn' : 'debug']('{message}', { message, task: scope.taskIdentifier, jobId: scope.jobId })
})
