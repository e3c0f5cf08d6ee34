/**
 * Replies by people whom the author of a post above them blocks. Nobody sees such a reply below that post but the person who wrote
 * it. It stays visible on its own page, and in timelines.
 *
 * A query that goes down a thread takes along the accounts above that block anybody, mostly none or a few. To look them up
 * for each reply would read all posts above it each time.
 */
import { type SQL, sql } from 'drizzle-orm'
import { statuses } from '../../platform/db/schema/statuses.ts'
import { constant } from '../../platform/db/statement.ts'
import type { AccountId } from '../../platform/ids.ts'

/** Posts above that are looked at, and accounts that are taken along: the nearest. */
const [maxAbove, maxBlockers] = [1_000, 200]

const blocksAnybody = (account: SQL): SQL => sql`exists (select from blocks b where b.account_id = ${account})`

/** SQL: an array of the accounts that wrote a status or a post above it, and block anybody. */
export const blockersAt = (id: SQL): SQL => sql`array(
  with recursive above(parent, author, depth) as (
    select s.in_reply_to_id, s.account_id, 0 from statuses s where s.id = ${id}
    union all
    select s.in_reply_to_id, s.account_id, above.depth + 1 from above join statuses s on s.id = above.parent where above.depth < ${constant(maxAbove)})
  select writer.author from (select author, min(depth) as depth from above group by author) writer
  where ${blocksAnybody(sql`writer.author`)} order by writer.depth limit ${constant(maxBlockers)})`

/** SQL: the array for the replies to a row of `statuses`, from the array for the row itself. */
export const blockersBelow = (blockers: SQL): SQL => sql`
  case when ${statuses.accountId} = any(${blockers}) or cardinality(${blockers}) >= ${constant(maxBlockers)} or not ${blocksAnybody(sql`${statuses.accountId}`)}
    then ${blockers} else ${blockers} || ${statuses.accountId} end`

/**
 * SQL condition on a reply in `statuses`: its author is blocked by one of the accounts above.
 *
 * A scalar subquery, as PostgreSQL could make a hash of all blocks of `exists`.
 */
export const isUnwelcome = (viewer: AccountId | null, blockers: SQL): SQL => {
  const isBlocked = sql`(cardinality(${blockers}) > 0 and (select true from blocks b where b.target_id = ${statuses.accountId} and b.account_id = any(${blockers}) limit 1) is true)`
  return viewer === null ? isBlocked : sql`(${statuses.accountId} <> ${viewer} and ${isBlocked})`
}
