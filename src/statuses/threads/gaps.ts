/** Posts that a thread leaves out for a viewer, and why, as far as the viewer may know. */
import { eq, type SQL, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import type { Reader } from '../../platform/db/index.ts'
import { accounts } from '../../platform/db/schema/accounts.ts'
import { statuses } from '../../platform/db/schema/statuses.ts'
import { constant } from '../../platform/db/statement.ts'
import type { AccountId, StatusId } from '../../platform/ids.ts'
import { hasBlocked } from '../../relationships/pairs.ts'
import {
  hasLeft,
  isPublicOrUnlisted,
  isReleased,
  notMutedBy,
  visibleOrDeleted,
  visibleTo,
} from '../access/visibility.ts'

/**
 * Why a viewer can't see a post. `suspended`: its author or their server, by the moderators; `youBlock`: the viewer blocks its author;
 * `unseen`: for a reason that is not the viewer's business, such as its audience.
 */
type Absent = 'deleted' | 'suspended' | 'youBlock' | 'unseen'

/**
 * Why a post is left out of a thread that goes on past it: the viewer can't see it; `muted`: by the viewer, its author or their server;
 * `unwelcome`: its author is blocked by the author of a post above it (`unwelcome.ts`).
 */
export type Gap = Absent | 'muted' | 'unwelcome'

const isForAll: SQL = sql`(${isPublicOrUnlisted(statuses)} and ${isReleased(statuses)} and ${hasLeft(statuses)})`

/**
 * SQL: statuses by id, as a table `statuses` that says whether the viewer may see each (`is_seen`). The conditions below need it, so
 * that this is asked once for a status.
 */
export const threadStatuses = (viewer: AccountId | null, where: SQL): SQL =>
  sql`(select ${statuses}.*, ${visibleTo(viewer)} as is_seen from ${statuses} where ${where} order by ${statuses.id} offset 0) ${statuses}`

/** SQL: whether the viewer sees a row of `threadStatuses`. */
export const isSeen: SQL = sql`${statuses}.is_seen`

/**
 * SQL: the `Gap` of a row of `statuses`; null: it is shown.
 *
 * @param given SQL conditions: whether the viewer sees the row, by `threadStatuses`; whether it is unwelcome, where that matters
 */
export function gapInThread(
  viewer: AccountId | null,
  { isSeen, isUnwelcome }: { isSeen: SQL; isUnwelcome?: SQL } = { isSeen: visibleTo(viewer) },
): SQL {
  const author = (condition: SQL) =>
    sql`(select ${condition} from accounts author where author.id = ${statuses.accountId})`
  const unwelcome = isUnwelcome ? sql`when ${isUnwelcome} then 'unwelcome'` : sql``
  const muted = viewer === null ? sql`when false then 'muted'` : sql`when not (${notMutedBy(viewer)}) then 'muted'`
  const blocked =
    viewer === null
      ? sql``
      : sql`when exists (select from blocks own where own.account_id = ${viewer} and own.target_id = ${statuses.accountId}) then 'youBlock'`
  return sql`case when ${isSeen} then case ${unwelcome} ${muted} end
    when not ${isForAll} then case when ${statuses.deletedAt} is not null and ${visibleOrDeleted(viewer)} then 'deleted' else 'unseen' end
    when ${statuses.deletedAt} is not null or ${author(sql`author.deleted_at is not null`)} then 'deleted'
    when ${author(sql`author.suspended_at is not null`)} then 'suspended'
    ${blocked} else 'unseen' end`
}

/** Posts in a row that the viewer can't see, and replies to them, that are looked through for one that the viewer can see. */
const [maxUnseenDepth, maxUnseenReplies] = [16, 200]

/**
 * SQL condition on a row of `threadStatuses`: the viewer can see it, or a reply below it with only unseen posts between. So a post without
 * such a reply is skipped and does not count toward a limit, and nobody learns of it.
 */
export function isInThread(viewer: AccountId | null): SQL {
  const reply = alias(statuses, 'reply_below')
  return sql`(${isSeen} or (${isReleased(statuses)} and exists (
    with recursive below(id, is_seen, depth) as (
      select ${statuses.id}, false, 0
      union all
      select ${reply.id}, ${visibleTo(viewer, reply)}, below.depth + 1 from below join ${statuses} reply_below on ${reply.inReplyToId} = below.id and ${isReleased(reply)}
      where not below.is_seen and below.depth < ${constant(maxUnseenDepth)})
    select from (select is_seen from below limit ${constant(maxUnseenReplies)}) looked_at where is_seen)))`
}

/** Why a post can't be shown. `account`: its author, if the viewer blocks them. */
export type Absence = { reason: Absent; account: AccountId | null }

/**
 * Why the viewer can't see a post that this server has. The caller shows it only to viewers that know of the post otherwise, or only
 * for reasons of their own.
 *
 * @returns null when this server does not have the post
 */
export async function absenceOf(db: Reader, viewer: AccountId | null, id: StatusId): Promise<Absence | null> {
  const [found] = await db
    .select({
      accountId: statuses.accountId,
      deletedAt: statuses.deletedAt,
      suspendedAt: accounts.suspendedAt,
      isGone: sql<boolean>`${accounts.deletedAt} is not null`,
      isOpen: sql<boolean>`${isPublicOrUnlisted(statuses)} and ${isReleased(statuses)} and ${hasLeft(statuses)}`,
    })
    .from(statuses)
    .innerJoin(accounts, eq(accounts.id, statuses.accountId))
    .where(eq(statuses.id, id))
  if (!found) return null
  // Nobody learns of posts that they could not read anyway.
  if (!found.isOpen) return { reason: 'unseen', account: null }
  if (found.deletedAt || found.isGone) return { reason: 'deleted', account: null }
  if (found.suspendedAt) return { reason: 'suspended', account: null }
  const blocks = viewer !== null && (await hasBlocked(db, viewer, found.accountId))
  return blocks ? { reason: 'youBlock', account: found.accountId } : { reason: 'unseen', account: null }
}
