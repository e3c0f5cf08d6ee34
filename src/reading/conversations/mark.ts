import { and, eq, ne } from 'drizzle-orm'
import { emit } from '../../outbox/emit.ts'
import type { Tx } from '../../platform/db/index.ts'
import { conversations } from '../../platform/db/schema/notifications.ts'
import { notFound } from '../../platform/errors.ts'
import type { AccountId, ConversationId, StatusId } from '../../platform/ids.ts'

const own = (viewer: AccountId, id: ConversationId) =>
  and(eq(conversations.id, id), eq(conversations.accountId, viewer))

/**
 * Marks a conversation as read or unread, for all apps of its owner.
 *
 * @param upTo the latest status that the person saw: with a later one, the conversation stays as it is
 * @throws Refusal `not_found`
 */
export async function markConversation(
  tx: Tx,
  viewer: AccountId,
  id: ConversationId,
  isUnread: boolean,
  upTo?: StatusId,
): Promise<void> {
  const [changed] = await tx
    .update(conversations)
    .set({ isUnread })
    .where(and(own(viewer, id), ne(conversations.isUnread, isUnread), upTo && eq(conversations.lastStatusId, upTo)))
    .returning({ id: conversations.id })
  if (changed) return emit(tx, { type: 'conversation.updated', accountId: viewer, conversationId: id })
  const existing = await tx.select({ id: conversations.id }).from(conversations).where(own(viewer, id))
  if (existing.length === 0) throw notFound()
}

/**
 * Removes a conversation from a person's list, until a new status continues it. Its statuses stay.
 *
 * @throws Refusal `not_found`
 */
export async function removeConversation(tx: Tx, viewer: AccountId, id: ConversationId): Promise<void> {
  const removed = await tx.delete(conversations).where(own(viewer, id)).returning({ id: conversations.id })
  if (removed.length === 0) throw notFound()
}
