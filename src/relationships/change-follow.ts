import { sql } from 'drizzle-orm'
import type { Tx } from '../platform/db/index.ts'
import { notFound } from '../platform/errors.ts'
import type { AccountId } from '../platform/ids.ts'
import type { Uris } from '../platform/uris.ts'
import { follow, type FollowOptions } from './follow.ts'
import { lockPair } from './pairs.ts'

/**
 * Changes the options of a follow or of a request, and never makes one.
 *
 * @throws Refusal `not_found` without a follow or request, and as `follow`
 */
export async function changeFollow(
  tx: Tx,
  uris: Uris,
  followerId: AccountId,
  targetId: AccountId,
  options: Omit<FollowOptions, 'uri'>,
): Promise<void> {
  await lockPair(tx, followerId, targetId)
  const { rows } = await tx.execute(sql`
    select from follows f where f.follower_id = ${followerId} and f.target_id = ${targetId}
    union all select from follow_requests r where r.follower_id = ${followerId} and r.target_id = ${targetId}`)
  if (rows.length === 0) throw notFound()
  await follow(tx, uris, followerId, targetId, options)
}
