import { and, eq } from 'drizzle-orm'
import type { Tx } from '../../platform/db/index.ts'
import { bookmarks } from '../../platform/db/schema/interactions.ts'
import { type AccountId, newId, type StatusId } from '../../platform/ids.ts'
import { actionTarget, undoTarget } from '../find.ts'

/**
 * Adds a status to an account's bookmarks, which are private. Repeating it changes nothing.
 *
 * @throws Refusal `not_found` when the account may not see the status
 */
export async function bookmark(tx: Tx, accountId: AccountId, statusId: StatusId): Promise<StatusId> {
  const status = await actionTarget(tx, accountId, statusId)
  await tx.insert(bookmarks).values({ id: newId(), accountId, statusId: status.id }).onConflictDoNothing()
  return status.id
}

export async function unbookmark(tx: Tx, accountId: AccountId, statusId: StatusId): Promise<StatusId> {
  const status = await undoTarget(tx, statusId)
  await tx.delete(bookmarks).where(and(eq(bookmarks.accountId, accountId), eq(bookmarks.statusId, status.id)))
  return status.id
}
