/**
 * Counters, changed in the transaction that changes the counted rows. A counter never falls below 0, even if it was
 * wrong before.
 */
import { and, type AnyColumn, eq, sql } from 'drizzle-orm'
import type { Tx } from '../platform/db/index.ts'
import { accountStats } from '../platform/db/schema/accounts.ts'
import { statusStats } from '../platform/db/schema/statuses.ts'
import type { AccountId, StatusId } from '../platform/ids.ts'

type StatusCounter = 'repliesCount' | 'reblogsCount' | 'favouritesCount' | 'quotesCount'

/** The counts of a remote author's server. An interaction here counts there, too, so these change as well. */
const remoteCounters = { reblogsCount: 'remoteReblogsCount', favouritesCount: 'remoteFavouritesCount' } as const

/**
 * Counts a reply, boost, quote or favourite of a status.
 *
 * @param source the counted status: strangers see the numbers, so a local-only one counts only where they see none
 */
export async function bumpStatus(
  tx: Tx,
  statusId: StatusId,
  counter: StatusCounter,
  by: 1 | -1,
  source?: StatusId,
): Promise<void> {
  const bumped = (column: AnyColumn) => sql`greatest(${column} + ${by}, 0)`
  const remote = counter === 'reblogsCount' || counter === 'favouritesCount' ? remoteCounters[counter] : null
  await tx
    .update(statusStats)
    // `greatest` would turn null into 0.
    .set({
      [counter]: bumped(statusStats[counter]),
      ...(remote
        ? { [remote]: sql`case when ${statusStats[remote]} is not null then ${bumped(statusStats[remote])} end` }
        : {}),
    })
    .where(
      and(
        eq(statusStats.statusId, statusId),
        source === undefined
          ? undefined
          : sql`not exists (select from statuses source, statuses target where source.id = ${source} and source.is_local_only and target.id = ${statusId} and not target.is_local_only)`,
      ),
    )
}

export async function bumpAccount(
  tx: Tx,
  accountId: AccountId,
  counter: 'statusesCount',
  by: 1 | -1,
  at?: Date,
): Promise<void> {
  const column = accountStats[counter]
  await tx
    .update(accountStats)
    .set({
      [counter]: sql`greatest(${column} + ${by}, 0)`,
      ...(at
        ? {
            lastStatusAt: sql`greatest(${accountStats.lastStatusAt}, date_trunc('day', ${at.toISOString()}::timestamptz, 'UTC'))`,
          }
        : {}),
    })
    .where(eq(accountStats.accountId, accountId))
}
