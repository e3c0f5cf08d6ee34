/** Ends all follows to and from remote accounts without telling their servers, and records the lost follows. */
import { sql } from 'drizzle-orm'
import { arrayOf } from '../platform/db/arrays.ts'
import type { Db, Tx } from '../platform/db/index.ts'
import type { AccountId } from '../platform/ids.ts'
import { recordSevered, type SeveredFollow } from '../relationships/severance.ts'

const followsAtATime = 500

type Gone = {
  followerId: AccountId
  targetId: AccountId
  showsReblogs: boolean
  notifies: boolean
  languages: string[] | null
}

/**
 * @param ids accounts; those that are not suspended by a rule are skipped
 * @param targetName the domain of the rule
 */
export async function severFollows(db: Db, ids: AccountId[], targetName: string): Promise<void> {
  const { rows } = await db.execute<{ id: AccountId }>(sql`
    select a.id from accounts a where a.id = any(${arrayOf(ids)}::bigint[]) and a.suspended_by = 'domain' and (
      exists (select from follows f where f.target_id = a.id) or exists (select from follows f where f.follower_id = a.id)
      or exists (select from follow_requests r where r.target_id = a.id) or exists (select from follow_requests r where r.follower_id = a.id))`)
  const remote = arrayOf(rows.map(({ id }) => id))
  if (rows.length === 0) return
  // Requests first: a request being accepted at this moment is waited for, and then found among the follows.
  await db.execute(
    sql`delete from follow_requests where target_id = any(${remote}::bigint[]) or follower_id = any(${remote}::bigint[])`,
  )
  for (const isFollowing of [true, false]) {
    for (let count = followsAtATime; count === followsAtATime;) {
      count = await db.transaction((tx) => severSome(tx, remote, isFollowing, targetName))
    }
  }
  await db.execute(
    sql`delete from notifications where from_account_id = any(${remote}::bigint[]) and type in ('follow', 'follow_request')`,
  )
}

/** @param isFollowing whether follows of remote accounts end, or follows by them */
async function severSome(tx: Tx, remote: string, isFollowing: boolean, targetName: string): Promise<number> {
  const end = sql.identifier(isFollowing ? 'target_id' : 'follower_id')
  const { rows } = await tx.execute<Gone>(sql`
    delete from follows where id = any(array(select id from follows where ${end} = any(${remote}::bigint[]) limit ${followsAtATime}))
    returning follower_id as "followerId", target_id as "targetId", shows_reblogs as "showsReblogs", notifies, languages`)
  if (rows.length === 0) return 0
  const lost = rows.map(({ followerId, targetId, ...settings }): SeveredFollow => ({
    ...settings,
    isFollowing,
    accountId: isFollowing ? followerId : targetId,
    otherId: isFollowing ? targetId : followerId,
  }))
  await lowerCounts(tx, rows)
  if (isFollowing) await forgetFollowed(tx, lost)
  await recordSevered(tx, 'domain_block', targetName, lost)
  return rows.length
}

async function lowerCounts(tx: Tx, gone: Gone[]): Promise<void> {
  const counts = new Map<AccountId, { id: AccountId; following: number; followers: number }>()
  const countsOf = (id: AccountId) => counts.get(id) ?? counts.set(id, { id, following: 0, followers: 0 }).get(id)!
  for (const { followerId, targetId } of gone) {
    countsOf(followerId).following += 1
    countsOf(targetId).followers += 1
  }
  // Locked in id order, like in every statement that changes several: others would deadlock.
  await tx.execute(
    sql`select from account_stats where account_id = any(${arrayOf([...counts.keys()])}::bigint[]) order by account_id for update`,
  )
  await tx.execute(sql`
    update account_stats s set following_count = greatest(s.following_count - gone.following, 0), followers_count = greatest(s.followers_count - gone.followers, 0)
    from jsonb_to_recordset(${JSON.stringify([...counts.values()])}::jsonb) as gone(id bigint, following int, followers int) where s.account_id = gone.id`)
}

/** Removes lost accounts from lists and recommendations: those need a follow. */
async function forgetFollowed(tx: Tx, lost: SeveredFollow[]): Promise<void> {
  const pairs = sql`unnest(${arrayOf(lost.map(({ accountId }) => accountId))}::bigint[], ${arrayOf(lost.map(({ otherId }) => otherId))}::bigint[]) as lost(account_id, target_id)`
  await tx.execute(
    sql`delete from endorsements e using ${pairs} where e.account_id = lost.account_id and e.target_id = lost.target_id`,
  )
  await tx.execute(
    sql`delete from list_accounts m using ${pairs} join lists l on l.account_id = lost.account_id where m.list_id = l.id and m.account_id = lost.target_id`,
  )
}
