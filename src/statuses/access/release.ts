import { notifyEach } from '../../notices/notify.ts'
import { queueStatusNotices } from '../../notices/status-notices.ts'
import { emit } from '../../outbox/emit.ts'
import type { Tx } from '../../platform/db/index.ts'
import type { Visibility } from '../../platform/db/schema/statuses.ts'
import { type AccountId, type StatusId, timeOfId } from '../../platform/ids.ts'
import { upsertConversations } from '../conversations.ts'
import { bumpAccount, bumpStatus } from '../counters.ts'
import { reachOf } from '../held.ts'
import { isOpen } from './visibility.ts'

/** A stored local status, with the accounts to notify. */
export type ReleasedStatus = {
  id: StatusId
  accountId: AccountId
  visibility: Visibility
  parent: { id: StatusId; accountId: AccountId } | null
  mentionedIds: AccountId[]
  isLocalOnly: boolean
  heldUntil: Date | null
}

/** Publishes a stored local status to its audience: counts it, and notifies people and, unless it stays here, servers. */
export async function releaseStatus(
  tx: Tx,
  { id, accountId, visibility, parent, mentionedIds, ...status }: ReleasedStatus,
): Promise<void> {
  if (isOpen(visibility)) {
    if (parent) await bumpStatus(tx, parent.id, 'repliesCount', 1, id)
    if (!status.isLocalOnly) await bumpAccount(tx, accountId, 'statusesCount', 1, timeOfId(id))
  }
  const notified = await notifyEach(tx, { type: 'mention', from: accountId, statusId: id }, mentionedIds)
  if (visibility === 'direct')
    await upsertConversations(
      tx,
      [accountId, ...notified].map((accountId) => ({ accountId, statusId: id })),
    )
  else if (!parent || parent.accountId === accountId) await queueStatusNotices(tx, accountId, id)
  await emit(tx, { type: 'status.published', statusId: id, isReply: parent !== null, ...reachOf(status) })
}
