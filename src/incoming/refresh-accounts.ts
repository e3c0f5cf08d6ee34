/**
 * Keeps remote accounts up to date: jobs fetch them again when a local person visits them, or an activity mentions
 * them.
 */
import { and, eq, isNotNull, isNull, lt, type SQL, sql } from 'drizzle-orm'
import { followedHere } from '../accounts/followed-here.ts'
import { deleteAccount } from '../erasure/delete-account.ts'
import { emit, emitAll } from '../outbox/emit.ts'
import { whereThereIsRoom } from '../platform/db/disk-full.ts'
import type { Db, Tx } from '../platform/db/index.ts'
import { accounts, accountStats } from '../platform/db/schema/accounts.ts'
import type { AccountId } from '../platform/ids.ts'

const isActiveRemote = and(isNotNull(accounts.domain), isNull(accounts.suspendedAt), isNull(accounts.deletedAt))

/**
 * Followed accounts are fetched again after 1 day, others after 7 days; after a failure, not before 6 hours have
 * passed.
 */
const isStale: SQL = sql`(${accounts.refreshQueuedAt} is null or ${accounts.refreshQueuedAt} < now() - interval '6 hours')
  and (${accounts.fetchedAt} is null or ${accounts.fetchedAt} < now() - interval '7 days' or (${accounts.fetchedAt} < now() - interval '1 day' and ${followedHere(accounts.id)}))`

/**
 * Whether an account's posts are due to be fetched. Followed accounts send their posts, but not all arrive: they are
 * fetched again, too.
 */
const isEmpty: SQL = sql`${accounts.outboxUrl} is not null and (${accounts.backfillDueAt} is null or ${accounts.backfillDueAt} < now())`

/** Queues a refresh of an account that an activity involves, without urgency, if it is due. */
export async function refreshIfStale(db: Db, accountId: AccountId): Promise<void> {
  const [found] = await db
    .select({ id: accounts.id })
    .from(accounts)
    .where(and(eq(accounts.id, accountId), isActiveRemote, isStale))
  if (found) await db.transaction((tx) => queueRefresh(tx, accountId, isStale, false))
}

/**
 * Queues fetching the profile, counts and latest posts of an account that a logged-in person visits, if they are due.
 *
 * @returns whether posts are on their way
 */
export async function visitAccount(db: Db, accountId: AccountId): Promise<boolean> {
  // Counts that were never fetched are due, too.
  const wanted = sql`(${accounts.refreshQueuedAt} is null or ${isStale})`
  const [found] = await db
    .select({ isStale: sql<boolean>`${wanted}`, isEmpty: sql<boolean>`${isEmpty}` })
    .from(accounts)
    .where(and(eq(accounts.id, accountId), isActiveRemote))
  if (!found?.isStale && !found?.isEmpty) return false
  await whereThereIsRoom(() =>
    db.transaction(async (tx) => {
      await queueRefresh(tx, accountId, wanted, true)
      if (found.isEmpty)
        await emitAll(tx, [
          { type: 'profile.empty', accountId },
          { type: 'profile.read', accountId },
        ])
    }),
  )
  return found.isEmpty
}

async function queueRefresh(tx: Tx, accountId: AccountId, condition: SQL, isUrgent: boolean): Promise<void> {
  const claimed = await tx
    .update(accounts)
    .set({ refreshQueuedAt: sql`now()` })
    .where(and(eq(accounts.id, accountId), isActiveRemote, condition))
    .returning({ id: accounts.id })
  if (claimed.length > 0) await emit(tx, { type: 'profile.stale', accountId, isUrgent })
}

/** Claims fetching an account's posts; false when that isn't due, or another job has claimed it. */
export async function claimBackfill(db: Db, accountId: AccountId): Promise<boolean> {
  const claimed = await db
    .update(accounts)
    .set({ backfillDueAt: sql`now() + interval '3 days'` })
    .where(and(eq(accounts.id, accountId), isActiveRemote, isEmpty))
    .returning({ id: accounts.id })
  return claimed.length > 0
}

/** Makes an account's posts due again in an hour, as they can't be fetched at the moment. */
export async function postponeBackfill(db: Db, accountId: AccountId): Promise<void> {
  await db
    .update(accounts)
    .set({ backfillDueAt: sql`now() + interval '1 hour'` })
    .where(eq(accounts.id, accountId))
}

/** Counts of an account, as its own server reports them; null for a missing one. */
export type RemoteCounts = { statuses: number | null; followers: number | null; following: number | null }

/** Stores counts that another server reports. A missing count stays as it was. */
export async function receiveCounts(
  tx: Tx,
  accountId: AccountId,
  { statuses, followers, following }: RemoteCounts,
): Promise<void> {
  await tx
    .update(accountStats)
    .set({
      remoteStatusesCount: sql`coalesce(${statuses}, ${accountStats.remoteStatusesCount})`,
      remoteFollowersCount: sql`coalesce(${followers}, ${accountStats.remoteFollowersCount})`,
      remoteFollowingCount: sql`coalesce(${following}, ${accountStats.remoteFollowingCount})`,
    })
    .where(eq(accountStats.accountId, accountId))
}

/** Stores whether a remote account hides its followers and follows. */
export async function receiveHiding(tx: Tx, accountId: AccountId, hidesCollections: boolean): Promise<void> {
  await tx
    .update(accounts)
    .set({ hidesCollections })
    .where(and(eq(accounts.id, accountId), isActiveRemote))
}

/** An account that its own server has not found for this long is not coming back. */
const missingDays = 14

/** Records that an account's server doesn't find it. After 14 days the account is deleted. */
export async function missAccount(tx: Tx, accountId: AccountId): Promise<void> {
  await tx
    .update(accounts)
    .set({ missingSince: sql`coalesce(${accounts.missingSince}, now())` })
    .where(and(eq(accounts.id, accountId), isActiveRemote))
  const [lost] = await tx
    .select({ id: accounts.id })
    .from(accounts)
    .where(
      and(
        eq(accounts.id, accountId),
        isActiveRemote,
        lt(accounts.missingSince, sql`now() - ${missingDays} * interval '1 day'`),
      ),
    )
  if (lost) await deleteAccount(tx, accountId)
}
