import type { AccountId } from '#src/ids.ts'
import type { StatusView } from '#src/statuses/views.ts'

/**
 * Who may quote a status, and whether the viewer may.
 *
 * @see https://docs.joinmastodon.org/entities/QuoteApproval/
 */
export function toQuoteApproval(view: StatusView, viewer: AccountId | null) {
  const isIn = (groups: StatusView['quoteAutomatic']): boolean =>
    groups.includes('public') || (groups.includes('followers') && view.followsAuthor) || (groups.includes('following') && view.followedByAuthor)
  const answer = () => {
    if (viewer === null) return 'denied'
    if (viewer === view.accountId || isIn(view.quoteAutomatic)) return 'automatic'
    if (isIn(view.quoteManual)) return 'manual'
    return [...view.quoteAutomatic, ...view.quoteManual].includes('unsupported_policy') ? 'unknown' : 'denied'
  }
  return { automatic: view.quoteAutomatic, manual: view.quoteManual, current_user: answer() }
}
