import { type SQL, sql } from 'drizzle-orm'
import type { Reader } from '../../platform/db/index.ts'
import { accounts } from '../../platform/db/schema/accounts.ts'
import { statuses } from '../../platform/db/schema/statuses.ts'
import { isReleased, isPublicOrUnlisted } from '../access/visibility.ts'

/**
 * One row with what was written in a span of time: `statuses` by people here, without boosts and with replies; `replies`
 * among them; their `reblogs`; `remote_statuses` that came from elsewhere. Only what everybody may read counts, since these
 * numbers are public, and it counts on when it was deleted since, as it happened.
 */
export function statusCounts(from: SQL, to: SQL): SQL {
  const isLocal = sql`${accounts.domain} is null`
  const isBoost = sql`${statuses.reblogOfId} is not null`
  return sql`
    select
      count(*) filter (where ${isLocal} and not ${isBoost})::int as statuses,
      count(*) filter (where ${isLocal} and ${statuses.inReplyToUri} is not null)::int as replies,
      count(*) filter (where ${isLocal} and ${isBoost})::int as reblogs,
      count(*) filter (where not ${isLocal} and not ${isBoost})::int as remote_statuses
    from ${statuses} join ${accounts} on ${accounts.id} = ${statuses.accountId}
    where ${statuses.receivedAt} >= ${from} and ${statuses.receivedAt} < ${to} and ${isPublicOrUnlisted(statuses)} and ${isReleased(statuses)}`
}

/**
 * How many replies of people here everybody may see. An index holds just these, so that other posts are not read; the authors
 * are looked up once each.
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
