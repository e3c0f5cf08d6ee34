/** Who follows whom, a page at a time. The cursor is the id of the follow, not of the account. */
import { and, eq, isNull, sql } from 'drizzle-orm'
import type { Reader } from '../db/index.ts'
import { type Page, settle, slice } from '../db/page.ts'
import { accounts } from '../db/schema/accounts.ts'
import { favourites } from '../db/schema/interactions.ts'
import { followRequests, follows } from '../db/schema/relationships.ts'
import type { AccountId, RelationId, StatusId } from '../ids.ts'
import { hasBlocked } from './between.ts'

export type Related = { id: RelationId; accountId: AccountId }

export const followersOf = (db: Reader, accountId: AccountId, page: Page): Promise<Related[]> =>
  related(db, follows, follows.followerId, eq(follows.targetId, accountId), page)

export const followedBy = (db: Reader, accountId: AccountId, page: Page): Promise<Related[]> =>
  related(db, follows, follows.targetId, eq(follows.followerId, accountId), page)

/**
 * Who follows an account, or whom it follows, for somebody's eyes.
 *
 * @returns null where it keeps that to itself, or blocks who asks
 */
export async function visibleRelations(db: Reader, viewer: AccountId | null, accountId: AccountId, which: 'followers' | 'following', page: Page): Promise<Related[] | null> {
  if (viewer !== accountId) {
    const [account] = await db.select({ isHidden: accounts.hidesCollections, suspendedAt: accounts.suspendedAt }).from(accounts).where(eq(accounts.id, accountId))
    if (!account || account.isHidden || account.suspendedAt) return null
    if (viewer && (await hasBlocked(db, accountId, viewer))) return null
  }
  return (which === 'followers' ? followersOf : followedBy)(db, accountId, page)
}

/** Who asked to follow an account. */
export const requestsTo = (db: Reader, accountId: AccountId, page: Page): Promise<Related[]> =>
  related(db, followRequests, followRequests.followerId, eq(followRequests.targetId, accountId), page)

/** How many asked to follow an account, at most `max`. */
export async function countRequests(db: Reader, accountId: AccountId, max = 100): Promise<number> {
  const found = await db.select({ id: followRequests.id }).from(followRequests).where(eq(followRequests.targetId, accountId)).limit(max)
  return found.length
}

/** Who favourited a status, which the caller has seen to be visible. */
export const favouritersOf = (db: Reader, statusId: StatusId, page: Page): Promise<Related[]> =>
  related(db, favourites, favourites.accountId, eq(favourites.statusId, statusId), page)

async function related(
  db: Reader,
  table: typeof follows | typeof followRequests | typeof favourites,
  account: typeof follows.followerId | typeof follows.targetId | typeof followRequests.followerId | typeof favourites.accountId,
  condition: ReturnType<typeof eq>,
  page: Page,
): Promise<Related[]> {
  const { where, orderBy } = slice(table.id, page)
  const rows = await db
    .select({ id: sql<RelationId>`${table.id}`, accountId: sql<AccountId>`${account}` })
    .from(table)
    .innerJoin(accounts, eq(accounts.id, account))
    .where(and(condition, isNull(accounts.suspendedAt), where))
    .orderBy(orderBy)
    .limit(page.limit)
  return settle(page, rows)
}
