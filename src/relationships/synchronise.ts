/**
 * Follower synchronization: the follower lists of two servers may drift apart, when one missed an activity of the other. A
 * server sends a digest of the followers that its account has here.
 *
 * @see https://codeberg.org/fediverse/fep/src/branch/main/fep/8fcf/fep-8fcf.md
 */
import { sql } from 'drizzle-orm'
import { emitAll } from '../outbox/emit.ts'
import { arrayOf } from '../platform/db/arrays.ts'
import type { Db, Tx } from '../platform/db/index.ts'
import { type AccountId, newId } from '../platform/ids.ts'
import type { Uris } from '../platform/uris.ts'
import { acceptFollow, dropFollow } from './follow.ts'
import { digestBits, digestHex, digestOfNobody } from './followers-digest.ts'

/** Further differences wait for the next synchronization. */
const maxChanges = 1_000

/** A remote account, and the digest of its local followers. */
export type LocalFollowers = { accountId: AccountId; followersUrl: string | null; digest: string }

/** Null for an account that this server does not know. */
export async function localFollowersOf(db: Db, uri: string): Promise<LocalFollowers | null> {
  const { rows } = await db.execute<LocalFollowers>(sql`
    select t.id as "accountId", t.followers_url as "followersUrl", coalesce(${digestHex(sql`local.bits`)}, ${digestOfNobody}) as digest
    from accounts t cross join lateral (
      select ${digestBits(sql`a.uri`)} as bits from follows f join accounts a on a.id = f.follower_id where f.target_id = t.id and a.domain is null) local
    where t.uri = ${uri} and t.domain is not null and t.suspended_at is null and t.deleted_at is null`)
  return rows[0] ?? null
}

/**
 * Brings the local followers of a remote account in line with its server's list. Follows that the list lacks end. Requests that
 * the list has are accepted, and for other accounts on the list its server gets an Undo.
 *
 * @param listed local accounts that its server lists as followers
 * @param since the time of the list; follows made after it are left alone
 */
export async function synchroniseFollowers(
  tx: Tx,
  uris: Uris,
  targetId: AccountId,
  listed: readonly AccountId[],
  since: Date,
): Promise<{ ended: number; accepted: number; undone: number }> {
  const ids = arrayOf(listed)
  const { rows: notListed } = await tx.execute<{ id: AccountId }>(sql`
    select f.follower_id as id from follows f join accounts a on a.id = f.follower_id
    where f.target_id = ${targetId} and a.domain is null and f.created_at < ${since.toISOString()} and f.follower_id <> all(${ids}::bigint[]) order by f.id limit ${maxChanges}`)
  for (const { id } of notListed) await dropFollow(tx, id, targetId)

  const { rows: notFollowing } = await tx.execute<{ id: AccountId }>(sql`
    select a.id from accounts a where a.id = any(${ids}::bigint[]) and a.domain is null
      and not exists (select from follows f where f.follower_id = a.id and f.target_id = ${targetId}) order by a.id limit ${maxChanges}`)
  const undone: AccountId[] = []
  // A request that the list has was accepted there, but the Accept was lost.
  for (const { id } of notFollowing) if (!(await acceptFollow(tx, targetId, id))) undone.push(id)
  await emitAll(
    tx,
    undone.map((followerId) => ({
      type: 'follow.removed',
      followerId,
      targetId,
      uri: uris.activity('follows', newId()),
    })),
  )
  return { ended: notListed.length, accepted: notFollowing.length - undone.length, undone: undone.length }
}
