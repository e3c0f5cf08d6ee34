/** Posts that a thread leaves out for a viewer, and why, as far as the viewer may know. */
import { eq, type SQL, sql } from 'drizzle-orm'
import type { Reader } from '../../platform/db/index.ts'
import { accounts } from '../../platform/db/schema/accounts.ts'
import { statuses } from '../../platform/db/schema/statuses.ts'
import type { AccountId, StatusId } from '../../platform/ids.ts'
import { hasBlocked } from '../../relationships/pairs.ts'
import { hasLeft, isPublicOrUnlisted, isReleased, notMutedBy } from '../access/visibility.ts'

/**
 * `muted`: by the viewer, its author or their server. `unwelcome`: its author is blocked by the author of the post that it answers, or
 * of the thread; only among replies.
 */
export type Gap = 'deleted' | 'muted' | 'unwelcome'

/** SQL: the `Gap` of a row of `statuses` that the thread goes on past; null: it is shown. */
export const gapInThread = (viewer: AccountId | null): SQL =>
  viewer === null
    ? sql`case when ${statuses.deletedAt} is not null then 'deleted' end`
    : sql`case when ${statuses.deletedAt} is not null then 'deleted' when not (${notMutedBy(viewer)}) then 'muted' end`

/** SQL condition: a deleted status without replies is skipped, so that it does not count toward a limit. */
export const leadsOn: SQL = sql`(${statuses.deletedAt} is null or exists (select from statuses answer where answer.in_reply_to_id = ${statuses.id}))`

/** Why a post can't be shown. `unseen`: for a reason that is not the viewer's business, such as its audience. */
export type Absence = { reason: 'deleted' | 'suspended' | 'youBlock' | 'unseen'; account: AccountId | null }

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
