import { and, eq, isNull } from 'drizzle-orm'
import type { Tx } from '../db/index.ts'
import { statuses } from '../db/schema/statuses.ts'
import type { StatusId } from '../ids.ts'
import { notifyEach } from '../notifications/notify.ts'
import { notifyQuoters } from './quote.ts'

/** Tells the local accounts that boosted or quote a status that it was edited; of several edits they keep the news of the last one. */
export async function noticeEdit(tx: Tx, statusId: StatusId): Promise<void> {
  const [status] = await tx.select({ accountId: statuses.accountId }).from(statuses).where(and(eq(statuses.id, statusId), isNull(statuses.deletedAt)))
  if (!status) return
  const boosters = await tx
    .select({ id: statuses.accountId })
    .from(statuses)
    .where(and(eq(statuses.reblogOfId, statusId), eq(statuses.isLocal, true), isNull(statuses.deletedAt)))
  await notifyEach(tx, { type: 'update', from: status.accountId, statusId }, boosters.map(({ id }) => id))
  await notifyQuoters(tx, statusId, status.accountId)
}
