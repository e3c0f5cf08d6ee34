/**
 * Followers as two servers see them may drift apart, when one missed what the other did. A server tells which of its account's
 * followers it believes to be here, as a digest.
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

/** What differs beyond that is for the next time. */
const maxChanges = 1_000

/** An account of another server, and the digest of its followers here. */
export type LocalFollowers = { accountId: AccountId; followersUrl: string | null; digest: string }

/** Null for an account that isn't here. */
export async function localFollowersOf(db: Db, uri: string): Promise<LocalFollowers | null> {
  const { rows } = await db.execute<LocalFollowers>(sql`
    select t.id as "accountId", t.followers_url as "followersUrl", coalesce(${digestHex(sql`local.bits`)}, ${digestOfNobody}) as digest
    from accounts t cross join lateral (
      select ${digestBits(sql`a.uri`)} as bits from follows f join accounts a on a.id = f.follower_id where f.target_id = t.id and a.domain is null) local
    where t.uri = ${uri} and t.domain is not null and t.suspended_at is null and t.deleted_at is null`)
  return rows[0] ?? null
}

/**
 * Makes the local followers of an account those that its server knows. Follows that it doesn't know end; those that it was asked
 * for are accepted; it is told to end what we don't know of.
 *
 * @param listed local accounts that its server takes for followers
 * @param since follows that are younger than its list are left alone
 */
export async function synchroniseFollowers(
  tx: Tx,
  uris: Uris,
  targetId: AccountId,
  listed: readonly AccountId[],
  since: Date,
): Promise<{ ended: number; accepted: number; undone: number }> {
  const ids = arrayOf(listed)
  const { rows: unknown } = await tx.execute<{ id: AccountId }>(sql`
    select f.follower_id as id from follows f join accounts a on a.id = f.follower_id
    where f.target_id = ${targetId} and a.domain is null and f.created_at < ${since.toISOString()} and f.follower_id <> all(${ids}::bigint[]) order by f.id limit ${maxChanges}`)
  for (const { id } of unknown) await dropFollow(tx, id, targetId)

  const { rows: strangers } = await tx.execute<{ id: AccountId }>(sql`
    select a.id from accounts a where a.id = any(${ids}::bigint[]) and a.domain is null
      and not exists (select from follows f where f.follower_id = a.id and f.target_id = ${targetId}) order by a.id limit ${maxChanges}`)
  const undone: AccountId[] = []
  // The answer to a request was lost.
  for (const { id } of strangers) if (!(await acceptFollow(tx, targetId, id))) undone.push(id)
  await emitAll(
    tx,
    undone.map((followerId) => ({
      type: 'follow.removed',
      followerId,
      targetId,
      uri: uris.activity('follows', newId()),
    })),
  )
  return { ended: unknown.length, accepted: strangers.length - undone.length, undone: undone.length }
}
