import type { Jobs } from '#src/outbox/jobs.ts'
import type { App } from '#src/platform/app.ts'
import { Refusal } from '#src/platform/errors.ts'
import { HttpError } from '#src/platform/http/client.ts'
import type { StatusId } from '#src/platform/ids.ts'
import { getLogger } from '#src/platform/log.ts'
import { PutOff, takeHost } from '#src/platform/queue/hosts.ts'
import { loadOutgoingQuote } from '#src/statuses/quotes/outgoing-quote.ts'
import { acceptQuote, linkQuote, pendingQuote } from '#src/statuses/quotes/receive.ts'
import { isAuthorized } from './authorizations.ts'
import { type Budget, newBudget } from './documents.ts'
import { findStatus } from './lookup.ts'

const log = getLogger('federation')

/** The `quote` job: finds what a received status quotes, and asks the server of its author whether they consent. */
export async function verifyQuote(app: App, { statusId, depth }: Jobs['quote']): Promise<void> {
  const quote = await pendingQuote(app.db, statusId)
  if (!quote) return
  using _host = takeHost(app, 'fetch', quote.quotedUri)
  const budget = newBudget(20, 20_000, { isPatient: true })
  try {
    if (!quote.quotedStatusId) {
      const found = await findStatus(app, quote.quotedUri, budget, depth)
      if (found) await app.db.transaction((tx) => linkQuote(tx, statusId, found))
    }
    const { approvalUri } = quote
    if (approvalUri !== null && (await isApproved(app, statusId, approvalUri, budget)))
      await app.db.transaction((tx) => acceptQuote(tx, statusId, approvalUri))
  } catch (error) {
    if (!(error instanceof HttpError || error instanceof Refusal)) throw error
    // A server that is away is asked again for a consent, not for what has none anyway; one that was not asked at all is asked later.
    if (error instanceof PutOff || (error instanceof HttpError && !error.isPermanent && quote.approvalUri !== null))
      throw error
    log.debug('The quote in {uri} is not shown: {reason}', { uri: quote.uri, reason: error.message })
  }
}

/** Whether the author of what is quoted, on their own server, says yes to this very quote. */
async function isApproved(app: App, statusId: StatusId, approvalUri: string, budget: Budget): Promise<boolean> {
  const quote = await loadOutgoingQuote(app.db, statusId)
  if (!quote || quote.quotedIsLocal) return false
  return isAuthorized(
    app,
    approvalUri,
    { kind: 'Quote', author: quote.quotedAuthorUri, interaction: quote.uri, target: quote.quotedUri },
    budget,
  )
}
