/** The quote of a status, as a viewer may see it. */
import { type SQL, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import { type QuoteState, statuses } from '../../platform/db/schema/statuses.ts'
import type { AccountId, StatusId } from '../../platform/ids.ts'
import { visibleTo } from '../access/visibility.ts'

/** @see https://docs.joinmastodon.org/entities/Quote/#state */
export type ShownQuoteState =
  | QuoteState
  | 'deleted'
  | 'unauthorized'
  | 'blocked_account'
  | 'blocked_domain'
  | 'muted_account'

export type QuoteView<Status> = {
  state: ShownQuoteState
  /**
   * The quoted status of an accepted quote; also when the viewer blocks or mutes its author, where pages hide it at
   * first.
   */
  status: Status | null
  /** The quoted status in any state of the quote: for the quote's author, who may want to rewrite it. */
  target: Status | null
  /** ActivityPub ids of the quoted status, and of the consent, if there is any. */
  quotedUri: string
  approvalUri: string | null
  /** The quote of the quoted status, which is not shown; its id only if the viewer may see it. */
  nested: { state: ShownQuoteState; statusId: StatusId | null } | null
}

export type QuoteHead = {
  state: QuoteState
  quotedStatusId: StatusId | null
  isGone: boolean
  /** Whether only the viewer blocks: a viewer may ask to see a status of a blocked account. */
  isBlocked: boolean
  isDomainBlocked: boolean
  isMuted: boolean
  quotedUri: string
  approvalUri: string | null
  nestedState: QuoteState | null
  nestedStatusId: StatusId | null
  isNestedGone: boolean
  isNestedVisible: boolean
}

/** SQL condition: the viewer blocks the quoted account of `q`, but is not blocked by it. */
export const isQuoteBlocked = (viewer: AccountId | null): SQL =>
  viewer === null
    ? sql`false`
    : sql`(exists (select from blocks b where b.account_id = ${viewer} and b.target_id = q.quoted_account_id)
      and not exists (select from blocks b where b.account_id = q.quoted_account_id and b.target_id = ${viewer}))`

/** SQL: the quote of a row of `statuses` as a `QuoteHead`, or null. */
export const quoteJson = (viewer: AccountId | null): SQL => sql`(
  select json_build_object('state', q.state, 'quotedStatusId', q.quoted_status_id::text, 'isGone', quoted.id is null or quoted.deleted_at is not null,
    'isBlocked', ${isQuoteBlocked(viewer)},
    'isDomainBlocked', ${
      viewer === null
        ? sql`false`
        : sql`exists (
      select from account_domain_blocks d join accounts a on a.domain = d.domain where d.account_id = ${viewer} and a.id = q.quoted_account_id)`
    },
    'isMuted', ${
      viewer === null
        ? sql`false`
        : sql`exists (
      select from mutes m where m.account_id = ${viewer} and m.target_id = q.quoted_account_id and (m.expires_at is null or m.expires_at > now()))`
    },
    'quotedUri', q.quoted_uri, 'approvalUri', q.approval_uri, 'nestedState', nested.state, 'nestedStatusId', nested.quoted_status_id::text,
    'isNestedGone', inner_quoted.id is null or inner_quoted.deleted_at is not null,
    'isNestedVisible', coalesce(${visibleTo(viewer, alias(statuses, 'inner_quoted'))}, false))
  from quotes q
  left join statuses quoted on quoted.id = q.quoted_status_id
  left join quotes nested on nested.status_id = q.quoted_status_id
  left join statuses inner_quoted on inner_quoted.id = nested.quoted_status_id
  where q.status_id = ${statuses.id})`

/** @param views of statuses that the viewer may see, or could see without the viewer's own blocks */
export function toQuoteView<Status>(head: QuoteHead, views: Map<StatusId, Status>): QuoteView<Status> {
  const status = (head.quotedStatusId && views.get(head.quotedStatusId)) ?? null
  const state = head.state === 'accepted' ? shownState(head, status !== null) : head.state
  return {
    state,
    status: withStatus.has(state) ? status : null,
    target: status,
    quotedUri: head.quotedUri,
    approvalUri: head.approvalUri,
    nested: head.nestedState && toNested(head, head.nestedState),
  }
}

function toNested(
  { nestedStatusId, isNestedGone, isNestedVisible }: QuoteHead,
  stored: QuoteState,
): NonNullable<QuoteView<never>['nested']> {
  if (stored !== 'accepted') return { state: stored, statusId: null }
  if (isNestedGone) return { state: 'deleted', statusId: null }
  return isNestedVisible ? { state: stored, statusId: nestedStatusId } : { state: 'unauthorized', statusId: null }
}

const withStatus = new Set<ShownQuoteState>(['accepted', 'blocked_account', 'blocked_domain', 'muted_account'])

function shownState(head: QuoteHead, isVisible: boolean): ShownQuoteState {
  if (head.isGone) return 'deleted'
  if (!isVisible) return 'unauthorized'
  if (head.isBlocked) return 'blocked_account'
  if (head.isDomainBlocked) return 'blocked_domain'
  return head.isMuted ? 'muted_account' : 'accepted'
}
