/** The numbers behind trends: the hashtags and links of a day's public statuses, and scores of popular statuses. */
import { sql } from 'drizzle-orm'
import type { Tx } from '../../platform/db/index.ts'
import { firstIdAt, type StatusId } from '../../platform/ids.ts'
import { dayMs } from '../../platform/time.ts'
import { isReleased } from '../access/visibility.ts'

/**
 * Counts how often hashtags and links were used on a day, and by how many accounts. A boost counts as a use of the boosted
 * status's hashtags and links. Limited accounts don't count. Repeating it replaces the numbers, as statuses may have been deleted.
 *
 * @param day `YYYY-MM-DD` (UTC)
 */
export async function countUses(tx: Tx, kind: keyof typeof counted, day: string): Promise<void> {
  const start = Date.parse(`${day}T00:00:00Z`)
  const [from, to] = [firstIdAt<StatusId>(new Date(start)), firstIdAt<StatusId>(new Date(start + dayMs))]
  const { days, column, uses } = counted[kind]
  await tx.execute(sql`
    with counted as (
      select used.${column} as id, count(*)::int as uses, count(distinct s.account_id)::int as accounts
      from statuses s
      join accounts actor on actor.id = s.account_id
      join statuses proper on proper.id = coalesce(s.reblog_of_id, s.id)
      join accounts author on author.id = proper.account_id
      join ${uses} used on used.status_id = proper.id
      where s.id >= ${from} and s.id < ${to} and s.visibility = 'public' and proper.visibility = 'public' and s.deleted_at is null and proper.deleted_at is null
        and ${isReleased('s')} and ${isReleased('proper')} and not s.is_local_only
        and actor.silenced_at is null and actor.suspended_at is null and author.silenced_at is null and author.suspended_at is null
      group by used.${column}
    ), gone as (
      delete from ${days} where day = ${day}::date and ${column} not in (select id from counted)
    )
    insert into ${days} (${column}, day, uses, accounts) select id, ${day}::date, uses, accounts from counted
    on conflict (${column}, day) do update set uses = excluded.uses, accounts = excluded.accounts
      where (${days}.uses, ${days}.accounts) is distinct from (excluded.uses, excluded.accounts)`)
}

const counted = {
  tags: { days: sql.identifier('tag_days'), column: sql.identifier('tag_id'), uses: sql.identifier('status_tags') },
  links: { days: sql.identifier('card_days'), column: sql.identifier('card_id'), uses: sql.identifier('status_cards') },
}

/** The number of accounts that wrote a public status within the last 24 hours. */
export async function countAuthors(tx: Tx): Promise<number> {
  const from = firstIdAt<StatusId>(new Date(Date.now() - dayMs))
  const { rows } = await tx.execute<{ n: number }>(sql`
    select count(distinct account_id)::int as n from statuses where id >= ${from} and visibility = 'public' and deleted_at is null and ${isReleased('statuses')} and not is_local_only`)
  return rows[0]?.n ?? 0
}

/** The greatest age of a trending status, the time after which its score halves, and the number of statuses kept. */
const windowMs = 3 * dayMs
const halfLifeHours = 8
const kept = 200

/**
 * Scores the statuses of the last days by favourites, boosts and quotes, young ones higher, one per author. Leaves out replies,
 * statuses with a content warning, and accounts that are limited or don't want to be discovered.
 *
 * @param threshold the least sum of favourites, boosts and quotes of a trending status
 */
export async function scoreStatuses(tx: Tx, threshold: number, needReview: boolean): Promise<void> {
  const from = firstIdAt<StatusId>(new Date(Date.now() - windowMs))
  await tx.execute(sql`delete from trending_statuses`)
  await tx.execute(sql`
    insert into trending_statuses (status_id, score, language, is_allowed)
    select id, score, language, is_allowed from (
      select distinct on (s.account_id) s.id, s.language, case when ${needReview} then s.is_trendable is true else s.is_trendable is distinct from false end as is_allowed,
        power(likes.n - 1, 2) * power(0.5, greatest(extract(epoch from now() - s.created_at), 0) / 3600 / ${halfLifeHours}::float8) as score
      from statuses s
      join status_stats stats on stats.status_id = s.id
      cross join lateral (select (stats.favourites_count + stats.reblogs_count + stats.quotes_count)::float8 as n) likes
      join accounts author on author.id = s.account_id
      where s.id >= ${from} and s.visibility = 'public' and not s.is_local_only and s.reblog_of_id is null and s.deleted_at is null and s.in_reply_to_uri is null and s.in_reply_to_id is null
        and s.spoiler_text = '' and not s.is_sensitive and likes.n >= ${threshold}
        and author.is_discoverable and author.silenced_at is null and author.suspended_at is null and author.sensitized_at is null
      order by s.account_id, is_allowed desc, score desc
    ) best order by score desc limit ${kept}`)
}
