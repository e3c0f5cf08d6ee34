/** Notifies followers who asked for notifications of each new status; a job does so, since they may be many. */
import { sql } from 'drizzle-orm'
import { addJobs } from '../outbox/add-jobs.ts'
import type { Tx } from '../platform/db/index.ts'
import type { AccountId, RelationId, StatusId } from '../platform/ids.ts'
import { notifyEach } from './notify.ts'

/** Followers who are notified in one transaction. */
const batchSize = 500

/** Queues the notifications of a new status, if any follower asked for them. */
export async function queueStatusNotices(tx: Tx, authorId: AccountId, statusId: StatusId): Promise<void> {
  const { rows } = await tx.execute(sql`select from follows where target_id = ${authorId} and notifies limit 1`)
  if (rows.length > 0) await addJobs(tx, [{ name: 'status-notices', payload: { statusId, after: null } }])
}

/**
 * Notifies the followers of a status' author who asked for it and read its language, without mentioned ones, who have a
 * notification already. After a batch, another job continues. Repeating it changes nothing.
 *
 * @param after the last follow of the batch before
 */
export async function notifyFollowers(tx: Tx, statusId: StatusId, after: RelationId | null): Promise<void> {
  const { rows } = await tx.execute<{
    id: RelationId
    followerId: AccountId
    authorId: AccountId
    isMentioned: boolean
  }>(sql`
    select f.id, f.follower_id as "followerId", s.account_id as "authorId", m.account_id is not null as "isMentioned"
    from statuses s
    join follows f on f.target_id = s.account_id and f.notifies and f.id > ${after ?? '0'}::bigint
      and (f.languages is null or s.language is null or split_part(s.language, '-', 1) = any(f.languages) or s.language = any(f.languages))
    left join mentions m on m.status_id = s.id and m.account_id = f.follower_id
    where s.id = ${statusId} and s.deleted_at is null and s.visibility <> 'direct'
    order by f.id limit ${batchSize}`)
  const [first, last] = [rows[0], rows.at(-1)]
  if (!first || !last) return
  await notifyEach(
    tx,
    { type: 'status', from: first.authorId, statusId },
    rows.filter(({ isMentioned }) => !isMentioned).map(({ followerId }) => followerId),
  )
  if (rows.length === batchSize) await addJobs(tx, [{ name: 'status-notices', payload: { statusId, after: last.id } }])
}
