import type { Jobs } from '#src/outbox/jobs.ts'
import type { App } from '#src/platform/app.ts'
import { Refusal } from '#src/platform/errors.ts'
import { HttpError } from '#src/platform/http/client.ts'
import type { StatusId } from '#src/platform/ids.ts'
import { getLogger } from '#src/platform/log.ts'
import { HostUnavailable, acquireHost } from '#src/platform/queue/hosts.ts'
import { loadOutgoingQuote } from '#src/statuses/quotes/outgoing-quote.ts'
import { acceptQuote, linkQuote, pendingQuote } from '#src/statuses/quotes/receive.ts'
import { isAuthorized } from './authorizations.ts'
import { type Budget, newBudget } from './fetch-document.ts'
import { findStatus } from './lookup.ts'

const log = getLogger('federation')

/** The `quote` job: finds the quoted status, and asks its author's server whether the author consents. */
export async function verifyQuote(app: App, { statusId, depth }: Jobs['quote']): Promise<void> {
  const quote = await pendingQuote(app.db, statusId)
  if (!quote) return
  using _host = acquireHost(app, 'fetch', quote.quotedUri)
  const budget = newBudget(20, 20_000, { isPatient: true })
  try {
    if (!quote.quotedStatusId) {
      const found = await findStatus(app, quote.quotedUri, budget, depth)
      if (found) await app.db.transaction((tx) => linkQuote(tx, statusId, found))
    }
    const { approvalUri } = quote
    const quotedId = approvalUri === null ? null : await approvedQuote(app, statusId, approvalUri, budget)
    if (quotedId) await app.db.transaction((tx) => acceptQuote(tx, statusId, quotedId, approvalUri))
  } catch (error) {
    if (!(error instanceof HttpError || error instanceof Refusal)) throw error
    // The job is retried if a consent may still come from a server that is away, or if the host was not asked at all.
    if (
      error instanceof HostUnavailable ||
      (error instanceof HttpError && !error.isPermanent && quote.approvalUri !== null)
    )
      throw error
    log.debug('The quote in {uri} is not shown: {reason}', { uri: quote.uri, reason: error.message })
  }
}

/** The quoted status, if its author, on their own server, consents to this very quote; else null. */
async function approvedQuote(
  app: App,
  statusId: StatusId,
  approvalUri: string,
  budget: Budget,
): Promise<StatusId | null> {
  const quote = await loadOutgoingQuote(app.db, statusId)
  if (!quote || quote.quotedIsLocal) return null
  const isProven = await isAuthorized(
    app,
    approvalUri,
    { kind: 'Quote', author: quote.quotedAuthorUri, interaction: quote.uri, target: quote.quotedUri },
    budget,
  )
  return isProven ? quote.quotedId : null
}
