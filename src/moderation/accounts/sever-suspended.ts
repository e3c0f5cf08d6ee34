/** The `sever-suspended` job: ends the follows by a remote account that a moderator suspended, and tells its server. */
import { sql } from 'drizzle-orm'
import type { Db, Tx } from '../../platform/db/index.ts'
import type { AccountId } from '../../platform/ids.ts'
import { rejectFollow } from '../../relationships/follow.ts'
import { lockPairs } from '../../relationships/pairs.ts'
import { finishSeverances, recordSuspension, type SeveredFollow } from '../../relationships/severance.ts'

const batchSize = 50

/** Works in batches, stops when the suspension was lifted meanwhile, and may be repeated. */
export async function severSuspended(db: Db, accountId: AccountId, signal?: AbortSignal): Promise<void> {
  for (let count = batchSize; count === batchSize;) {
    signal?.throwIfAborted()
    count = await db.transaction((tx) => severSome(tx, accountId))
  }
  await finishSeverances(db, 'account_suspension')
}

type Row = Omit<SeveredFollow, 'otherId' | 'isFollowing'> & { username: string; domain: string; isRequest: boolean }

async function severSome(tx: Tx, accountId: AccountId): Promise<number> {
  const { rows } = await tx.execute<Row>(sql`
    select r.*, a.username, a.domain from (
      select follower_id, target_id as "accountId", shows_reblogs as "showsReblogs", notifies, languages, false as "isRequest" from follows
      union all select follower_id, target_id, shows_reblogs, notifies, languages, true from follow_requests
    ) r join accounts a on a.id = r.follower_id
    where r.follower_id = ${accountId} and a.domain is not null and a.suspended_by = 'moderator'
    limit ${batchSize}`)
  const [first] = rows
  if (!first) return 0
  await lockPairs(
    tx,
    rows.map((row) => [row.accountId, accountId] as const),
  )
  for (const row of rows) await rejectFollow(tx, row.accountId, accountId)
  await recordSuspension(tx, accountId, first, false, rows)
  return rows.length
}
