/**
 * Accepts follow requests that need no decision any more: the target is no longer locked, or the follower no longer
 * limited.
 */
import { sql } from 'drizzle-orm'
import type { Db, Tx } from '../platform/db/index.ts'
import type { AccountId } from '../platform/ids.ts'
import { acceptFollow } from './follow.ts'
import { lockPairs } from './pairs.ts'

const batchSize = 50

/**
 * Accepts all requests by and to an account that would become follows at once if they were made now, and tells the followers'
 * servers. It may be repeated.
 */
export async function acceptOpenRequests(db: Db, accountId: AccountId, signal?: AbortSignal): Promise<void> {
  for (let count = batchSize; count === batchSize;) {
    signal?.throwIfAborted()
    count = await db.transaction((tx) => acceptSome(tx, accountId))
  }
}

async function acceptSome(tx: Tx, accountId: AccountId): Promise<number> {
  const { rows } = await tx.execute<{ followerId: AccountId; targetId: AccountId }>(sql`
    select r.follower_id as "followerId", r.target_id as "targetId" from (
      select follower_id, target_id from follow_requests where target_id = ${accountId}
      union select follower_id, target_id from follow_requests where follower_id = ${accountId}) r
    join accounts target on target.id = r.target_id and target.domain is null and not target.is_locked and target.suspended_at is null and target.moved_to_id is null
    join accounts follower on follower.id = r.follower_id and follower.silenced_at is null and follower.suspended_at is null
    limit ${batchSize}`)
  await lockPairs(
    tx,
    rows.map(({ followerId, targetId }) => [followerId, targetId] as const),
  )
  for (const { followerId, targetId } of rows) await acceptFollow(tx, targetId, followerId)
  return rows.length
}
