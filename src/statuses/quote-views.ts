/** What a status quotes, as a viewer gets to see it. */
import { type SQL, sql } from 'drizzle-orm'
import type { QuoteState } from '../db/schema/statuses.ts'
import type { AccountId, StatusId } from '../ids.ts'

/** @see https://docs.joinmastodon.org/entities/Quote/#state */
export type ShownQuoteState = QuoteState | 'deleted' | 'unauthorized' | 'blocked_account' | 'blocked_domain' | 'muted_account'

export type QuoteView<Status> = {
  state: ShownQuoteState
  /** The quoted status, with a quote that its author consents to: also where the viewer is not to be shown it unasked. */
  status: Status | null
  /** ActivityPub ids of the quoted status, and of the consent, if there is any. */
  quotedUri: string
  approvalUri: string | null
  /** What the quoted status quotes, which is not shown with it. */
  nested: { state: ShownQuoteState; statusId: StatusId | null } | null
}

/** A row of `joinQuotes`; `state` is null where a status quotes nothing. */
export type QuoteHead = {
  state: QuoteState | null
  quotedStatusId: StatusId | null
  isGone: boolean
  /** By the viewer alone: who asks for it may be shown what they block. */
  isBlocked: boolean
  isDomainBlocked: boolean
  isMuted: boolean
  quotedUri: string
  approvalUri: string | null
  nestedState: QuoteState | null
  nestedStatusId: StatusId | null
}

/** Columns of a `QuoteHead` for a query with `joinQuotes`. */
export const quoteColumns = (viewer: AccountId | null): SQL => sql`
  q.state, q.quoted_status_id as "quotedStatusId", quoted.id is null or quoted.deleted_at is not null as "isGone",
  exists (select from blocks b where b.account_id = ${viewer} and b.target_id = q.quoted_account_id)
    and not exists (select from blocks b where b.account_id = q.quoted_account_id and b.target_id = ${viewer}) as "isBlocked",
  exists (select from account_domain_blocks d join accounts a on a.domain = d.domain where d.account_id = ${viewer} and a.id = q.quoted_account_id) as "isDomainBlocked",
  exists (select from mutes m where m.account_id = ${viewer} and m.target_id = q.quoted_account_id and (m.expires_at is null or m.expires_at > now())) as "isMuted",
  q.quoted_uri as "quotedUri", q.approval_uri as "approvalUri",
  nested.state as "nestedState", nested.quoted_status_id as "nestedStatusId"`

/** Joins what the status with an id quotes, and what that one quotes. */
export const joinQuotes = (statusId: SQL): SQL => sql`
  left join quotes q on q.status_id = ${statusId}
  left join statuses quoted on quoted.id = q.quoted_status_id
  left join quotes nested on nested.status_id = q.quoted_status_id`

/** @param views of statuses that the viewer may see, or could but for a block of their own */
export function toQuoteView<Status>(head: QuoteHead, views: Map<StatusId, Status>): QuoteView<Status> | null {
  if (head.state === null) return null
  const status = (head.quotedStatusId && views.get(head.quotedStatusId)) ?? null
  const state = head.state === 'accepted' ? shownState(head, status !== null) : head.state
  return {
    state,
    status: withStatus.has(state) ? status : null,
    quotedUri: head.quotedUri,
    approvalUri: head.approvalUri,
    nested: head.nestedState && { state: head.nestedState, statusId: head.nestedStatusId },
  }
}

const withStatus = new Set<ShownQuoteState>(['accepted', 'blocked_account', 'blocked_domain', 'muted_account'])

function shownState(head: QuoteHead, isVisible: boolean): ShownQuoteState {
  if (head.isGone) return 'deleted'
  if (!isVisible) return 'unauthorized'
  if (head.isBlocked) return 'blocked_account'
  if (head.isDomainBlocked) return 'blocked_domain'
  return head.isMuted ? 'muted_account' : 'accepted'
}
