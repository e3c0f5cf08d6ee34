/**
 * Pages of followers, followed, blocked, muted and recommended accounts. The cursor is the id of the relation, not of
 * the account.
 */
import { type AnyColumn, and, eq, isNull, or, type SQL, sql } from 'drizzle-orm'
import type { Reader } from '../platform/db/index.ts'
import { type Page, settle, slice } from '../platform/db/page.ts'
import { accounts } from '../platform/db/schema/accounts.ts'
import { favourites } from '../platform/db/schema/interactions.ts'
import { blocks, endorsements, followRequests, follows, mutes } from '../platform/db/schema/relationships.ts'
import type { AccountId, RelationId, StatusId } from '../platform/ids.ts'
import { avoids } from '../rules/avoidance.ts'
import { isNamed } from './named.ts'
import { hasBlocked } from './pairs.ts'

export type Related = { id: RelationId; accountId: AccountId }

/** One side of all follows, seen from the other. */
const acrossFollows =
  (
    other: typeof follows.followerId | typeof follows.targetId,
    own: typeof follows.followerId | typeof follows.targetId,
  ) =>
  (db: Reader, accountId: AccountId, page: Page, viewer: AccountId | null = accountId): Promise<Related[]> =>
    related(db, follows, other, and(eq(own, accountId), notAvoidedBy(viewer, accountId, other)), page)

/** `viewer`: the list leaves out accounts that the viewer blocks or mutes, except in the viewer's own list. */
export const followersOf = acrossFollows(follows.followerId, follows.targetId)

/** `viewer`: see `followersOf`. */
export const followedBy = acrossFollows(follows.targetId, follows.followerId)

const notAvoidedBy = (viewer: AccountId | null, owner: AccountId | null, other: AnyColumn): SQL | undefined =>
  viewer === null || viewer === owner ? undefined : sql`not ${avoids(viewer, other)}`

/**
 * The followers of an account, or the accounts it follows, as a viewer may see them.
 *
 * @returns null when the account hides its collections or blocks the viewer
 */
export async function visibleRelations(
  db: Reader,
  viewer: AccountId | null,
  accountId: AccountId,
  which: 'followers' | 'following',
  page: Page,
): Promise<Related[] | null> {
  if (!(await maySeeList(db, viewer, accountId, accounts.hidesCollections))) return null
  return (which === 'followers' ? followersOf : followedBy)(db, accountId, page, viewer)
}

/** Whether a viewer may see a list of an account, which may hide it by a setting (`isHidden`). */
async function maySeeList(
  db: Reader,
  viewer: AccountId | null,
  accountId: AccountId,
  isHidden: typeof accounts.hidesCollections | SQL<boolean>,
): Promise<boolean> {
  if (viewer === accountId) return true
  const [account] = await db
    .select({ isHidden, suspendedAt: accounts.suspendedAt })
    .from(accounts)
    .where(eq(accounts.id, accountId))
  if (!account || account.isHidden || account.suspendedAt) return false
  return viewer === null || !(await hasBlocked(db, accountId, viewer))
}

/** Whether a viewer may see what an account features on its profile. */
export const showsFeatured = (db: Reader, viewer: AccountId | null, accountId: AccountId): Promise<boolean> =>
  maySeeList(db, viewer, accountId, sql<boolean>`not ${accounts.showsFeatured}`)

/** The accounts that asked to follow an account. */
export const requestsTo = (db: Reader, accountId: AccountId, page: Page): Promise<Related[]> =>
  related(db, followRequests, followRequests.followerId, eq(followRequests.targetId, accountId), page)

/** The accounts that favourited a status. The caller has checked that the viewer may see it. */
export const favouritersOf = (
  db: Reader,
  viewer: AccountId | null,
  statusId: StatusId,
  page: Page,
): Promise<Related[]> =>
  related(
    db,
    favourites,
    favourites.accountId,
    and(
      eq(favourites.statusId, statusId),
      eq(favourites.isPending, false),
      notAvoidedBy(viewer, null, favourites.accountId),
    ),
    page,
  )

/**
 * The accounts that an account blocks.
 *
 * @param text a part of their names or handles; at most all own blocks are read, by the index of their owner
 */
export const blockedBy = (db: Reader, accountId: AccountId, page: Page, text = ''): Promise<Related[]> =>
  related(db, blocks, blocks.targetId, and(eq(blocks.accountId, accountId), isNamed(text)), page)

/** The accounts that an account recommends on its profile. */
export const endorsedBy = (
  db: Reader,
  accountId: AccountId,
  page: Page,
  viewer: AccountId | null = accountId,
): Promise<Related[]> =>
  related(
    db,
    endorsements,
    endorsements.targetId,
    and(eq(endorsements.accountId, accountId), notAvoidedBy(viewer, accountId, endorsements.targetId)),
    page,
  )

/**
 * The accounts that an account mutes, and until when; null: for good.
 *
 * @param text see `blockedBy`
 */
export async function mutedBy(
  db: Reader,
  accountId: AccountId,
  page: Page,
  text = '',
): Promise<(Related & { expiresAt: Date | null })[]> {
  const { where, orderBy, limit } = slice(mutes.id, page)
  const rows = await db
    .select({ id: mutes.id, accountId: mutes.targetId, expiresAt: mutes.expiresAt })
    .from(mutes)
    .innerJoin(accounts, eq(accounts.id, mutes.targetId))
    .where(
      and(
        eq(mutes.accountId, accountId),
        or(isNull(mutes.expiresAt), sql`${mutes.expiresAt} > now()`),
        isNull(accounts.suspendedAt),
        isNamed(text),
        where,
      ),
    )
    .orderBy(orderBy)
    .limit(limit)
  return settle(page, rows)
}

async function related(
  db: Reader,
  table: typeof follows | typeof followRequests | typeof favourites | typeof blocks | typeof endorsements,
  account:
    | typeof follows.followerId
    | typeof follows.targetId
    | typeof followRequests.followerId
    | typeof favourites.accountId
    | typeof blocks.targetId
    | typeof endorsements.targetId,
  condition: SQL | undefined,
  page: Page,
): Promise<Related[]> {
  const { where, orderBy, limit } = slice(table.id, page)
  const rows = await db
    .select({ id: sql<RelationId>`${table.id}`, accountId: sql<AccountId>`${account}` })
    .from(table)
    .innerJoin(accounts, eq(accounts.id, account))
    .where(and(condition, isNull(accounts.suspendedAt), where))
    .orderBy(orderBy)
    .limit(limit)
  return settle(page, rows)
}
