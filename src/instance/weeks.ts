import { sql } from 'drizzle-orm'
import { cached } from '../platform/db/cache.ts'
import type { Reader } from '../platform/db/index.ts'
import { minuteMs } from '../platform/time.ts'

/** The statistics of a week, which starts on a Monday (UTC). Days are counted when they have ended. */
export type Week = { start: Date; statuses: number; logins: number; registrations: number }

const weeks = 12
const maxAgeMs = 10 * minuteMs

/** The last twelve weeks, the present one first, at most ten minutes old. */
export const loadWeeks = cached(maxAgeMs, countWeeks)

async function countWeeks(db: Reader): Promise<Week[]> {
  const { rows } = await db.execute<Omit<Week, 'start'> & { start: string }>(sql`
    select extract(epoch from w)::text as start,
      (select coalesce(sum(d.statuses + d.reblogs), 0)::int from daily_stats d where d.day >= w::date and d.day < w::date + 7) as statuses,
      (select count(distinct a.account_id)::int from active_days a where a.day >= w::date and a.day < w::date + 7) as logins,
      (select coalesce(sum(d.new_users), 0)::int from daily_stats d where d.day >= w::date and d.day < w::date + 7) as registrations
    from generate_series(date_trunc('week', now() at time zone 'UTC') - (${weeks}::int - 1) * interval '7 days', date_trunc('week', now() at time zone 'UTC'), interval '7 days') w
    order by w desc`)
  return rows.map((row) => ({ ...row, start: new Date(Number(row.start) * 1_000) }))
}
