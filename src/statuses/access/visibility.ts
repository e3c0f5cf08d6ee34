/**
 * Which statuses a viewer may see: the one place that decides. Every query over statuses carries `visibleTo`; there is no second
 * implementation in JavaScript. In words: the author is not suspended and the status not deleted. And the status is the viewer's
 * own, or neither account blocks the other and it is public or unlisted, mentions the viewer, or is private and the viewer
 * follows the author. A reply or boost that waits for consent is visible to its author, and a reply also to the account that is
 * asked. A boost is visible to viewers that may see both it and the boosted status. A status that stays on this server, as it is
 * local-only or held back for a while, is visible to local accounts only, each by the rules above.
 */
import { and, type SQL, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import { statuses } from '../../platform/db/schema/statuses.ts'
import type { AccountId } from '../../platform/ids.ts'
import { blocksDomainOf, mutesAccount } from '../../rules/avoidance.ts'

export type StatusTable = typeof statuses | ReturnType<typeof alias<typeof statuses, string>>
/** A viewer: an account id, or an SQL expression in queries for many viewers. */
export type ViewerId = AccountId | SQL

/** @param viewer a local account, a remote one that signed its request, or null for anybody */
export function visibleTo(viewer: ViewerId | null, table: StatusTable = statuses): SQL {
  const boosted = alias(statuses, 'boosted')
  // A scalar subquery, not `exists`: PostgreSQL may turn `exists` into a hash of all statuses that the viewer may read.
  return and(
    readableBy(viewer, table),
    sql`(${table.reblogOfId} is null or (select ${readableBy(viewer, boosted)} from ${statuses} boosted where ${boosted.id} = ${table.reblogOfId}))`,
  )!
}

/** Whether a thread continues past a status for a viewer: the viewer may see the status, or could before it was deleted. */
export const visibleOrDeleted = (viewer: ViewerId | null): SQL => readableBy(viewer, statuses, { evenDeleted: true })

function readableBy(viewer: ViewerId | null, s: StatusTable, { evenDeleted = false } = {}): SQL {
  // Not `not exists` either: PostgreSQL turns that into a join from which it expects a single row, and then sorts
  // all statuses of an author.
  const isPresent = sql`${evenDeleted ? sql`` : sql`${s.deletedAt} is null and `}(select author.suspended_at is null from accounts author where author.id = ${s.accountId})`
  const open = isPublicOrUnlisted(s)
  if (viewer === null) return sql`(${isPresent} and ${open} and ${isReleased(s)} and ${hasLeft(s)})`
  return sql`(${isPresent} and (${s.accountId} = ${viewer} or (
    (${hasLeft(s)} or (select viewing.domain is null from accounts viewing where viewing.id = ${viewer}))
    and (${isReleased(s)} or (${s.consent} = 'asked' and ${s.inReplyToAccountId} = ${viewer}))
    and not exists (select from blocks b where b.account_id = ${s.accountId} and b.target_id = ${viewer})
    and not exists (select from blocks b where b.account_id = ${viewer} and b.target_id = ${s.accountId})
    and (${open}
      or exists (select from mentions m where m.status_id = ${s.id} and m.account_id = ${viewer})
      or (${s.visibility} = 'private' and exists (select from follows f where f.follower_id = ${viewer} and f.target_id = ${s.accountId}))))))`
}

/**
 * SQL condition: a status does not wait for a consent, nor was one denied. Public counts need it.
 *
 * @param of the table of statuses, or its alias in the query
 */
export function isReleased(of: StatusTable | string): SQL {
  const { consent } = typeof of === 'string' ? alias(statuses, of) : of
  return sql`(${consent} is null or ${consent} = 'unproven')`
}

/**
 * SQL condition: other servers may have a status, as it is neither local-only nor held back. `staysHere` (`held.ts`) is the same for
 * a row.
 *
 * @param of the table of statuses, or its alias in the query
 */
export function hasLeft(of: StatusTable | string): SQL {
  const { isLocalOnly, heldUntil } = typeof of === 'string' ? alias(statuses, of) : of
  return sql`(not ${isLocalOnly} and ${heldUntil} is null)`
}

/**
 * SQL condition: a status is public or unlisted.
 *
 * @param of the table of statuses, or its alias in the query; undefined when its column names are unambiguous
 */
export function isPublicOrUnlisted(of?: StatusTable | string): SQL {
  const visibility = of === undefined ? sql`visibility` : (typeof of === 'string' ? alias(statuses, of) : of).visibility
  return sql`${visibility} in ('public', 'unlisted')`
}

/** SQL condition on the account that wrote or boosted a status. */
export type Hides = (author: StatusTable['accountId'] | SQL) => SQL

/**
 * SQL condition for timelines: leaves out statuses by muted accounts and by accounts on blocked servers, and boosts of them. The
 * viewer may still see these statuses elsewhere.
 */
export const notMutedBy = (viewer: ViewerId, s: StatusTable = statuses): SQL => unlessHidden(hiddenFrom(viewer), s)

export const hiddenFrom =
  (viewer: ViewerId): Hides =>
  (author) =>
    sql`(${mutesAccount(viewer, author)} or ${blocksDomainOf(viewer, author)})`

/** `notMutedBy` with a given condition for hidden authors. */
export function unlessHidden(hides: Hides, s: StatusTable = statuses): SQL {
  const boosted = sql`(select boosted.account_id from statuses boosted where boosted.id = ${s.reblogOfId})`
  return sql`not (${hides(s.accountId)} or (${s.reblogOfId} is not null and ${hides(boosted)}))`
}

/** Whether a visibility is public or unlisted. Only such statuses count in public numbers. */
export const isOpen = (visibility: string): boolean => visibility === 'public' || visibility === 'unlisted'
