/**
 * Who may see a status: the one place that says so. Every query over statuses carries `visibleTo`; it has no twin in
 * JavaScript. In words: the author is not suspended and the status not deleted; and it is the viewer's own, or neither of
 * the two blocks the other and it is public or unlisted, or mentions the viewer, or is private and the viewer follows the
 * author. What waits for the consent of whom it replies to or boosts is seen by its author alone, and, to look at, by who is
 * asked. A boost is seen by who may see both it and the boosted status.
 */
import { and, type SQL, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import { statuses } from '../../platform/db/schema/statuses.ts'
import type { AccountId } from '../../platform/ids.ts'
import { blocksDomainOf, mutesAccount } from '../../rules/avoidance.ts'

export type StatusTable = typeof statuses | ReturnType<typeof alias<typeof statuses, string>>
/** An account, by its id or as an expression of the query, where that asks for many viewers at once. */
export type Viewing = AccountId | SQL

/** @param viewer a local account, a remote one that signed its request, or null for anybody */
export function visibleTo(viewer: Viewing | null, table: StatusTable = statuses): SQL {
  const boosted = alias(statuses, 'boosted')
  // A scalar subquery, not `exists`: that one PostgreSQL may turn into a hash of all statuses that the viewer may read.
  return and(
    readableBy(viewer, table),
    sql`(${table.reblogOfId} is null or (select ${readableBy(viewer, boosted)} from ${statuses} boosted where ${boosted.id} = ${table.reblogOfId}))`,
  )!
}

/** Whether a viewer sees what stands beyond a status in its thread: they see it, or would if it was not deleted. */
export const passableTo = (viewer: Viewing | null): SQL => readableBy(viewer, statuses, { evenDeleted: true })

function readableBy(viewer: Viewing | null, s: StatusTable, { evenDeleted = false } = {}): SQL {
  // Not `not exists` either: of that, PostgreSQL makes a join from which it expects a single row, and then sorts all that an author wrote.
  const stands = sql`${evenDeleted ? sql`` : sql`${s.deletedAt} is null and `}(select author.suspended_at is null from accounts author where author.id = ${s.accountId})`
  const open = isPublicOrUnlisted(s)
  if (viewer === null) return sql`(${stands} and ${open} and ${isReleased(s)})`
  return sql`(${stands} and (${s.accountId} = ${viewer} or (
    (${isReleased(s)} or (${s.consent} = 'asked' and ${s.inReplyToAccountId} = ${viewer}))
    and not exists (select from blocks b where b.account_id = ${s.accountId} and b.target_id = ${viewer})
    and not exists (select from blocks b where b.account_id = ${viewer} and b.target_id = ${s.accountId})
    and (${open}
      or exists (select from mentions m where m.status_id = ${s.id} and m.account_id = ${viewer})
      or (${s.visibility} = 'private' and exists (select from follows f where f.follower_id = ${viewer} and f.target_id = ${s.accountId}))))))`
}

/**
 * Whether a status lacks no consent that keeps it with its author. What everybody sees counted carries it.
 *
 * @param of the statuses, or their name in the query
 */
export function isReleased(of: StatusTable | string): SQL {
  const { consent } = typeof of === 'string' ? alias(statuses, of) : of
  return sql`(${consent} is null or ${consent} = 'unproven')`
}

/**
 * Whether a status is public or unlisted, as SQL.
 *
 * @param of the statuses, or their name in the query; nothing where a column of that name can only be theirs
 */
export function isPublicOrUnlisted(of?: StatusTable | string): SQL {
  const visibility = of === undefined ? sql`visibility` : (typeof of === 'string' ? alias(statuses, of) : of).visibility
  return sql`${visibility} in ('public', 'unlisted')`
}

/** Condition on the author of a status, who wrote or boosted it. */
export type Hides = (author: StatusTable['accountId'] | SQL) => SQL

/**
 * What a viewer's timelines leave out although it may be seen: statuses of accounts that are muted, or whose server is
 * blocked, and boosts of theirs. It hides, it does not forbid.
 */
export const notMutedBy = (viewer: Viewing, s: StatusTable = statuses): SQL => unlessHidden(hiddenFrom(viewer), s)

export const hiddenFrom =
  (viewer: Viewing): Hides =>
  (author) =>
    sql`(${mutesAccount(viewer, author)} or ${blocksDomainOf(viewer, author)})`

/** The same, for who knows already whom the viewer hides. */
export function unlessHidden(hides: Hides, s: StatusTable = statuses): SQL {
  const boosted = sql`(select boosted.account_id from statuses boosted where boosted.id = ${s.reblogOfId})`
  return sql`not (${hides(s.accountId)} or (${s.reblogOfId} is not null and ${hides(boosted)}))`
}

/** Whether strangers may see statuses of a visibility; only those count in numbers that everybody sees. */
export const isOpen = (visibility: string): boolean => visibility === 'public' || visibility === 'unlisted'
