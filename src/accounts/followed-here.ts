/** Whether anybody here follows an account, which decides how much of it is kept and how fresh. */
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
  const [found] = await findFollow(db, { accountId })
  return found?.followed === true
}

/** The same as a condition of a query. */
export function followedHere(accountId: AccountId | typeof accounts.id): SQL {
  return sql`(exists (select from follows f join accounts a on a.id = f.follower_id where f.target_id = ${accountId} and a.domain is null)
    or exists (select from follow_requests f join accounts a on a.id = f.follower_id where f.target_id = ${accountId} and a.domain is null))`
}
