import type { Jobs } from '#src/outbox/jobs.ts'
import type { App } from '#src/platform/app.ts'
import { Refusal } from '#src/platform/errors.ts'
import { HttpError } from '#src/platform/http/client.ts'
import { getLogger } from '#src/platform/log.ts'
import { HostUnavailable, acquireHost } from '#src/platform/queue/hosts.ts'
import { newBudget } from './fetch-document.ts'
import { findStatus } from './lookup.ts'

const log = getLogger('federation')
const timeoutMs = 20_000

/** The `ancestors` job: fetches the parent of a reply. If the parent is a reply as well, storing it queues the next job. */
export async function ancestors(app: App, { uri, depth, fetchesLeft }: Jobs['ancestors']): Promise<void> {
  using _host = acquireHost(app, 'fetch', uri)
  try {
    await findStatus(app, uri, newBudget(fetchesLeft, timeoutMs, { isPatient: true }), depth)
  } catch (error) {
    // Threads have holes: a parent is deleted or private, or its server is gone. That is not worth days of retries.
    if (!(error instanceof HttpError || error instanceof Refusal) || error instanceof HostUnavailable) throw error
    log.debug('The parent {uri} can’t be fetched: {reason}', { uri, reason: error.message })
  }
}
