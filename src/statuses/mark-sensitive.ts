import { and, eq, isNull, sql } from 'drizzle-orm'
import { emit } from '../outbox/emit.ts'
import { isOneOfIds } from '../platform/db/arrays.ts'
import type { Tx } from '../platform/db/index.ts'
import { statuses } from '../platform/db/schema/statuses.ts'
import type { AccountId, StatusId } from '../platform/ids.ts'
import { reachOf } from './held.ts'
import { keepRevision } from './revisions.ts'
import { indexStatus } from './search/index-status.ts'

/**
 * Marks statuses of an account as sensitive, or takes that back. Of local ones that is an edit, since other servers take over nothing
 * else; nobody is notified of it. A status with a warning stays sensitive.
 *
 * @returns the statuses that changed
 */
export async function setSensitive(
  tx: Tx,
  accountId: AccountId,
  ids: readonly StatusId[],
  isSensitive: boolean,
): Promise<StatusId[]> {
  const rows = await tx
    .select()
    .from(statuses)
    .where(
      and(
        isOneOfIds(statuses.id, ids),
        eq(statuses.accountId, accountId),
        eq(statuses.isSensitive, !isSensitive),
        isNull(statuses.deletedAt),
        isNull(statuses.reblogOfId),
        isSensitive ? undefined : eq(statuses.spoilerText, ''),
      ),
    )
    .orderBy(statuses.id)
    .for('update')
  for (const status of rows) {
    const isEdit = status.isLocal && status.heldUntil === null
    if (isEdit) await keepRevision(tx, status)
    await tx
      .update(statuses)
      .set({ isSensitive, ...(isEdit ? { editedAt: sql`now()` } : {}) })
      .where(eq(statuses.id, status.id))
    await indexStatus(tx, status.id)
    const reach = status.isLocal ? reachOf(status) : { staysHere: true as const }
    await emit(tx, { type: 'status.edited', statusId: status.id, leavesNoMark: true, ...reach })
  }
  return rows.map(({ id }) => id)
}
