import { and, eq, or } from 'drizzle-orm'
import { emit } from '../outbox/emit.ts'
import type { Tx } from '../platform/db/index.ts'
import { notificationRequests, notifications } from '../platform/db/schema/notifications.ts'
import { blocks } from '../platform/db/schema/relationships.ts'
import { type AccountId, newId, type RelationId } from '../platform/ids.ts'
import type { Uris } from '../platform/uris.ts'
import { refuse } from '../text/refusals.ts'
import { rejectFollow, unfollow } from './follow.ts'
import { leaveCollections } from './leave-collections.ts'
import { lockPair, isRemote } from './pairs.ts'

/**
 * Blocks an account: follows end in both directions, and neither account sees or reaches the other any more. Repeating it
 * changes nothing.
 *
 * @param uri id of the Block, when another server sent it
 */
export async function block(
  tx: Tx,
  uris: Uris,
  accountId: AccountId,
  targetId: AccountId,
  uri?: string,
): Promise<void> {
  if (accountId === targetId) throw refuse('unprocessable', 'blockSelf')
  await lockPair(tx, accountId, targetId)
  const id = newId<RelationId>()
  const blockUri = uri ?? uris.activity('blocks', id)
  const added = await tx
    .insert(blocks)
    .values({ id, accountId, targetId, uri: blockUri })
    .onConflictDoNothing()
    .returning()
  if (added.length === 0) return

  await unfollow(tx, accountId, targetId)
  await rejectFollow(tx, accountId, targetId)
  await leaveCollections(tx, accountId, targetId)
  await tx
    .delete(notifications)
    .where(
      or(
        and(eq(notifications.accountId, accountId), eq(notifications.fromAccountId, targetId)),
        and(eq(notifications.accountId, targetId), eq(notifications.fromAccountId, accountId)),
      ),
    )
  await tx
    .delete(notificationRequests)
    .where(and(eq(notificationRequests.accountId, accountId), eq(notificationRequests.fromAccountId, targetId)))
  if (await isRemote(tx, targetId)) await emit(tx, { type: 'block.created', accountId, targetId, uri: blockUri })
}

/**
 * Ends a block. Follows that it ended stay ended.
 *
 * @returns whether there was one
 */
export async function unblock(tx: Tx, accountId: AccountId, targetId: AccountId): Promise<boolean> {
  await lockPair(tx, accountId, targetId)
  const [removed] = await tx
    .delete(blocks)
    .where(and(eq(blocks.accountId, accountId), eq(blocks.targetId, targetId)))
    .returning({ uri: blocks.uri })
  if (removed && (await isRemote(tx, targetId)))
    await emit(tx, { type: 'block.removed', accountId, targetId, uri: removed.uri })
  return removed !== undefined
}
