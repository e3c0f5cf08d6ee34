/**
 * Whether a local account follows an account. This decides how much of a remote account is stored, and how often it is
 * refreshed.
 */
import { type SQL, sql } from 'drizzle-orm'
import type { Reader } from '../platform/db/index.ts'
import type { accounts } from '../platform/db/schema/accounts.ts'
import { statement } from '../platform/db/statement.ts'
import type { AccountId } from '../platform/ids.ts'

const findFollow = statement<{ accountId: AccountId }, { followed: boolean }>(
  'followed_here',
  ({ accountId }) => sql`select ${followedHere(accountId)} as followed`,
)

/** Whether a local account follows, or asked to follow, an account. */
export async function isFollowedHere(db: Reader, accountId: AccountId): Promise<boolean> {
  const [row] = await findFollow(db, { accountId })
  return row?.followed === true
}

/** `isFollowedHere` as an SQL condition. */
export function followedHere(accountId: AccountId | typeof accounts.id): SQL {
  return sql`(exists (select from follows f join accounts a on a.id = f.follower_id where f.target_id = ${accountId} and a.domain is null)
    or exists (select from follow_requests f join accounts a on a.id = f.follower_id where f.target_id = ${accountId} and a.domain is null))`
}
