import { type SQL, sql } from 'drizzle-orm'
import type { Reader } from '../../platform/db/index.ts'
import { statuses } from '../../platform/db/schema/statuses.ts'
import { isReleased, isPublicOrUnlisted } from '../access/visibility.ts'

/**
 * One row with the counts of a span of time: `statuses` by local accounts, with replies and without boosts; `replies` among
 * them; their `reblogs`; and `remote_statuses`. Only public and unlisted statuses count, since these numbers are public.
 * Statuses that were deleted since still count.
 */
export function statusCounts(from: SQL, to: SQL): SQL {
  const { isLocal } = statuses
  const isBoost = sql`${statuses.reblogOfId} is not null`
  return sql`
    select
      count(*) filter (where ${isLocal} and not ${isBoost})::int as statuses,
      count(*) filter (where ${isLocal} and ${statuses.inReplyToUri} is not null)::int as replies,
      count(*) filter (where ${isLocal} and ${isBoost})::int as reblogs,
      count(*) filter (where not ${isLocal} and not ${isBoost})::int as remote_statuses
    from ${statuses}
    where ${statuses.receivedAt} >= ${from} and ${statuses.receivedAt} < ${to} and ${isPublicOrUnlisted(statuses)} and ${isReleased(statuses)}`
}

/**
 * The number of public and unlisted replies by local accounts. A partial index holds just these, so that other statuses are not
 * read. Each author is looked up once.
 */
export async function countOpenReplies(db: Reader): Promise<number> {
  const {
    rows: [row],
  } = await db.execute<{ count: number }>(sql`
    select coalesce(sum(r.count), 0)::int as count from (
      select ${statuses.accountId}, count(*) from ${statuses}
      where ${statuses.isLocal} and ${statuses.inReplyToUri} is not null and ${isPublicOrUnlisted(statuses)} and ${statuses.deletedAt} is null and ${isReleased(statuses)}
      group by ${statuses.accountId}) r
    where (select a.suspended_at is null from accounts a where a.id = r.account_id)`)
  return row?.count ?? 0
}
