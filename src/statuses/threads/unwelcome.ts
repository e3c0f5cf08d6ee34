import { type SQL, sql } from 'drizzle-orm'
import { statuses } from '../../platform/db/schema/statuses.ts'
import type { AccountId } from '../../platform/ids.ts'

/**
 * SQL condition on a reply in `statuses`: its author is blocked by the author of the post that it answers, or by whoever began the
 * thread. Nobody sees such a reply below that post but the person who wrote it. It stays visible on its own page, and in timelines.
 *
 * A scalar subquery, as PostgreSQL could make a hash of all blocks of `exists`. It reads two posts by their ids, and the blocks by
 * the index of pairs.
 */
export const isUnwelcome = (viewer: AccountId | null): SQL => {
  const isBlocked = sql`(select true from statuses above join blocks b on b.account_id = above.account_id and b.target_id = ${statuses.accountId}
    where above.id in (${statuses.inReplyToId}, ${statuses.threadId}) limit 1) is true`
  return viewer === null ? isBlocked : sql`(${statuses.accountId} <> ${viewer} and ${isBlocked})`
}
