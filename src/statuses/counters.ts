/** Counters, changed in the transaction of what they count. A counter never falls below zero, whatever was lost before. */
import { eq, sql } from 'drizzle-orm'
import type { Tx } from '../db/index.ts'
import { accountStats } from '../db/schema/accounts.ts'
import { statusStats } from '../db/schema/statuses.ts'
import type { AccountId, StatusId } from '../ids.ts'

export async function bumpStatus(tx: Tx, statusId: StatusId, counter: 'repliesCount' | 'reblogsCount' | 'favouritesCount' | 'quotesCount', by: 1 | -1): Promise<void> {
  const column = statusStats[counter]
  await tx.update(statusStats).set({ [counter]: sql`greatest(${column} + ${by}, 0)` }).where(eq(statusStats.statusId, statusId))
}

export async function bumpAccount(tx: Tx, accountId: AccountId, counter: 'statusesCount', by: 1 | -1, at?: Date): Promise<void> {
  const column = accountStats[counter]
  await tx
    .update(accountStats)
    .set({ [counter]: sql`greatest(${column} + ${by}, 0)`, ...(at ? { lastStatusAt: sql`greatest(${accountStats.lastStatusAt}, ${at.toISOString()}::timestamptz)` } : {}) })
    .where(eq(accountStats.accountId, accountId))
}
