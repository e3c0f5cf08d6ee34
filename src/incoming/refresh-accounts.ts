/** Keeping what is known of accounts elsewhere up to date: jobs read it again, when somebody looks or the account is heard of. */
import { and, eq, isNotNull, isNull, lt, type SQL, sql } from 'drizzle-orm'
import { followedHere } from '../accounts/followed-here.ts'
import { deleteAccount } from '../erasure/delete-account.ts'
import { emit, emitAll } from '../outbox/emit.ts'
import { whereThereIsRoom } from '../platform/db/disk-full.ts'
import type { Db, Tx } from '../platform/db/index.ts'
import { accounts, accountStats } from '../platform/db/schema/accounts.ts'
import type { AccountId } from '../platform/ids.ts'

const isElsewhere = and(isNotNull(accounts.domain), isNull(accounts.suspendedAt), isNull(accounts.deletedAt))

/** What people here follow is read again after a day, the rest after a week; should that fail, not before some hours have passed. */
const isStale: SQL = sql`(${accounts.refreshQueuedAt} is null or ${accounts.refreshQueuedAt} < now() - interval '6 hours')
  and (${accounts.fetchedAt} is null or ${accounts.fetchedAt} < now() - interval '7 days' or (${accounts.fetchedAt} < now() - interval '1 day' and ${followedHere(accounts.id)}))`

/** Posts of who is followed come by themselves, but not all arrive: they are fetched again as those of others are. */
const isEmpty: SQL = sql`${accounts.outboxUrl} is not null and (${accounts.backfillDueAt} is null or ${accounts.backfillDueAt} < now())`

/** An account was heard of: its profile is read again, some time soon, if that is due. */
export async function noticeAccount(db: Db, accountId: AccountId): Promise<void> {
  const [found] = await db
    .select({ id: accounts.id })
    .from(accounts)
    .where(and(eq(accounts.id, accountId), isElsewhere, isStale))
  if (found) await db.transaction((tx) => queueRefresh(tx, accountId, isStale, false))
}

/**
 * Somebody who is logged in looks at an account: its profile, its counts and its latest posts are fetched, if that is due.
 *
 * @returns whether posts are on their way
 */
export async function visitAccount(db: Db, accountId: AccountId): Promise<boolean> {
  // What was never counted is.
  const wanted = sql`(${accounts.refreshQueuedAt} is null or ${isStale})`
  const [found] = await db
    .select({ isStale: sql<boolean>`${wanted}`, isEmpty: sql<boolean>`${isEmpty}` })
    .from(accounts)
    .where(and(eq(accounts.id, accountId), isElsewhere))
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
    .where(and(eq(accounts.id, accountId), isElsewhere, condition))
    .returning({ id: accounts.id })
  if (claimed.length > 0) await emit(tx, { type: 'profile.stale', accountId, isUrgent })
}

/** Takes the turn of fetching an account's posts; false when that isn't due, or another job has it. */
export async function claimBackfill(db: Db, accountId: AccountId): Promise<boolean> {
  const claimed = await db
    .update(accounts)
    .set({ backfillDueAt: sql`now() + interval '3 days'` })
    .where(and(eq(accounts.id, accountId), isElsewhere, isEmpty))
    .returning({ id: accounts.id })
  return claimed.length > 0
}

/** The posts can't be had at the moment: whoever looks in an hour has them fetched. */
export async function postponeBackfill(db: Db, accountId: AccountId): Promise<void> {
  await db
    .update(accounts)
    .set({ backfillDueAt: sql`now() + interval '1 hour'` })
    .where(eq(accounts.id, accountId))
}

/** What a server counts of an account of its own; null where it doesn't say. */
export type RemoteCounts = { statuses: number | null; followers: number | null; following: number | null }

/** Stores what another server counts. What it doesn't say stays as it was. */
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

/** Whether an account elsewhere keeps its lists of people to itself. */
export async function receiveHiding(tx: Tx, accountId: AccountId, hidesCollections: boolean): Promise<void> {
  await tx
    .update(accounts)
    .set({ hidesCollections })
    .where(and(eq(accounts.id, accountId), isElsewhere))
}

/** A server that doesn't know an account of its own for so long will not know it again. */
const missingDays = 14

/** The account's server doesn't find it. That may pass; when it doesn't, the account is deleted. */
export async function missAccount(tx: Tx, accountId: AccountId): Promise<void> {
  await tx
    .update(accounts)
    .set({ missingSince: sql`coalesce(${accounts.missingSince}, now())` })
    .where(and(eq(accounts.id, accountId), isElsewhere))
  const [lost] = await tx
    .select({ id: accounts.id })
    .from(accounts)
    .where(
      and(
        eq(accounts.id, accountId),
        isElsewhere,
        lt(accounts.missingSince, sql`now() - ${missingDays} * interval '1 day'`),
      ),
    )
  if (lost) await deleteAccount(tx, accountId)
}
