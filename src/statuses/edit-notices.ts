/** Notifies accounts that boosted or quoted a status of an edit. A job does so, as there may be many. */
import { sql } from 'drizzle-orm'
import { notifyEach, notifyQuoters } from '../notices/notify.ts'
import { addJobs } from '../outbox/add-jobs.ts'
import type { Tx } from '../platform/db/index.ts'
import type { AccountId, StatusId } from '../platform/ids.ts'
import { isReleased } from './access/visibility.ts'

/** Boosts and quotes whose authors are notified in one transaction. */
const batchSize = 500

/**
 * Notifies the local accounts that boosted or quoted a status of an edit. A later edit replaces the notification of an earlier
 * one. Handles one batch, and queues a job for the next. Edits before a status left this server leave no mark, and notify nobody.
 *
 * @param after the id of the last boost or quote of the batch before; null for the first batch
 */
export async function notifyOfEdit(tx: Tx, statusId: StatusId, after: StatusId | null): Promise<void> {
  const behind = sql`${after ?? '0'}::bigint`
  const { rows } = await tx.execute<{ id: StatusId; accountId: AccountId; authorId: AccountId; isBoost: boolean }>(sql`
    select notified.id, notified.account_id as "accountId", s.account_id as "authorId", notified.is_boost as "isBoost"
    from statuses s, lateral (
      (select b.id, b.account_id, true as is_boost from statuses b
        where b.reblog_of_id = s.id and b.is_local and b.deleted_at is null and b.id > ${behind} order by b.id limit ${batchSize})
      union all
      (select q.id, q.account_id, false from quotes q join statuses b on b.id = q.status_id
        where q.quoted_status_id = s.id and q.state = 'accepted' and b.is_local and b.deleted_at is null and q.id > ${behind} order by q.id limit ${batchSize})) notified
    where s.id = ${statusId} and s.deleted_at is null and (s.edited_at is not null or not s.is_local) and ${isReleased('s')}
    order by notified.id limit ${batchSize}`)
  const [first, last] = [rows[0], rows.at(-1)]
  if (!first || !last) return
  await notifyEach(
    tx,
    { type: 'update', from: first.authorId, statusId },
    rows.filter(({ isBoost }) => isBoost).map(({ accountId }) => accountId),
  )
  await notifyQuoters(
    tx,
    first.authorId,
    rows.filter(({ isBoost }) => !isBoost),
  )
  if (rows.length === batchSize) await addJobs(tx, [{ name: 'edit-notices', payload: { statusId, after: last.id } }])
}
