import { sql } from 'drizzle-orm'
import { requirePermission, type Staff } from '../../accounts/roles/staff.ts'
import { cached } from '../../platform/db/cache.ts'
import type { Reader } from '../../platform/db/index.ts'
import { firstIdAt, type ReportId } from '../../platform/ids.ts'
import { dayMs, minuteMs } from '../../platform/time.ts'
import type { reportCategories } from './create.ts'

/** `countedAt`: they may be 10 minutes old. */
export type ResponseTimes = { countedAt: Date; times: ResponseTime[] }

/** Reports of the last 30 days in a category, and the median of the minutes until one was resolved; null while none is. */
type ResponseTime = {
  category: (typeof reportCategories)[number]
  reports: number
  resolved: number
  medianMinutes: number | null
}

const days = 30

/**
 * How long reports of the last 30 days waited until they were resolved, by category. At most 10 minutes old.
 *
 * @throws Refusal `not_permitted`
 */
export function loadResponseTimes(db: Reader, staff: Staff): Promise<ResponseTimes> {
  requirePermission(staff, 'manage_reports')
  return measure(db)
}

const measure = cached(10 * minuteMs, async (db): Promise<ResponseTimes> => {
  const countedAt = new Date()
  // Ids go by time, so that the primary key finds the month.
  const since = firstIdAt<ReportId>(new Date(Date.now() - days * dayMs))
  const { rows } = await db.execute<ResponseTime>(sql`
    select category, count(*)::int as reports, count(resolved_at)::int as resolved,
      (percentile_cont(0.5) within group (order by extract(epoch from resolved_at - created_at)) filter (where resolved_at is not null) / 60)::float8 as "medianMinutes"
    from reports where id >= ${since}::bigint group by category order by category`)
  return { countedAt, times: rows }
})
