import { and, eq } from 'drizzle-orm'
import type { Tx } from '../../platform/db/index.ts'
import { threadMutes } from '../../platform/db/schema/statuses.ts'
import type { AccountId, StatusId } from '../../platform/ids.ts'
import { actionTarget, undoTarget } from '../find.ts'

/**
 * Mutes notifications about the thread of a status. Repeating it changes nothing.
 *
 * @returns the status: for a boost, the boosted one
 * @throws Refusal `not_found` when the account may not see the status
 */
export async function muteThread(tx: Tx, accountId: AccountId, statusId: StatusId): Promise<StatusId> {
  const status = await actionTarget(tx, accountId, statusId)
  await tx.insert(threadMutes).values({ accountId, threadId: status.threadId }).onConflictDoNothing()
  return status.id
}

/** Ends the mute of a thread. */
export async function unmuteThread(tx: Tx, accountId: AccountId, statusId: StatusId): Promise<StatusId> {
  const status = await undoTarget(tx, statusId)
  await tx
    .delete(threadMutes)
    .where(and(eq(threadMutes.accountId, accountId), eq(threadMutes.threadId, status.threadId)))
  return status.id
}
