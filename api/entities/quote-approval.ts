import type { AccountId } from '#src/platform/ids.ts'
import { quoteAnswer } from '#src/statuses/quotes/policy.ts'
import type { StatusView } from '#src/statuses/views/views.ts'

/**
 * The quote policy of a status, or of the boosted status of a boost, and whether the viewer may quote it.
 *
 * @see https://docs.joinmastodon.org/entities/QuoteApproval/
 */
export function toQuoteApproval(view: StatusView, viewer: AccountId | null) {
  const status = view.reblog ?? view
  return {
    automatic: status.quoteAutomatic,
    manual: status.quoteManual,
    current_user:
      viewer === null ? 'denied' : quoteAnswer(status, { isAuthor: viewer === status.accountId, ...status }),
  }
}
