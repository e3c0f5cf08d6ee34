/** Retention: of the people who signed up in a day or month, how many are still active later. */
import { sql } from 'drizzle-orm'
import { requirePermission, type Staff } from '../../accounts/roles/staff.ts'
import type { Db, Reader } from '../../platform/db/index.ts'
import { addDays } from '../../platform/time.ts'
import { refuse } from '../../text/refusals.ts'
import { recent } from './cached.ts'
import { type Days, daysOf } from './span.ts'

export type Frequency = 'day' | 'month'

/** Those who signed up in a period, and the people among them who were active in each later period or after it. */
export type Cohort = { period: string; frequency: Frequency; data: { date: string; value: number; rate: number }[] }

/** Each cohort has a number for each period, so the numbers grow by the square. */
const maxPeriods: Record<Frequency, number> = { day: 93, month: 24 }

/**
 * The cohorts from one moment to another, the first one first, at most five minutes old.
 *
 * @throws Refusal `not_permitted`, `invalid` for more than 93 days or 24 months
 */
export async function loadRetention(
  db: Db,
  staff: Staff,
  start: Date,
  end: Date,
  frequency: Frequency,
): Promise<Cohort[]> {
  requirePermission(staff, 'view_dashboard')
  const periods = periodsOf(daysOf(start, end, Number.POSITIVE_INFINITY), frequency)
  const max = maxPeriods[frequency]
  if (periods.length > max) throw refuse('invalid', 'figurePeriods', { max, frequency })
  return recent(db, ['retention', periods[0], periods.at(-1), frequency], () => retention(db, periods, frequency))
}

const startOf = (day: string, frequency: Frequency): string => (frequency === 'day' ? day : `${day.slice(0, 7)}-01`)
const next = (period: string, frequency: Frequency): string =>
  frequency === 'day' ? addDays(period, 1) : startOf(addDays(period, 31), 'month')

/** The first days of all periods. Stops one after too many. */
function periodsOf({ first, last }: Days, frequency: Frequency): string[] {
  const periods: string[] = []
  for (let period = startOf(first, frequency); period <= last; period = next(period, frequency)) {
    periods.push(period)
    if (periods.length > maxPeriods[frequency]) break
  }
  return periods
}

async function retention(db: Reader, periods: readonly string[], frequency: Frequency): Promise<Cohort[]> {
  const [first = '', last = ''] = [periods[0], periods.at(-1)]
  // One look in the index for each person who signed up in the span.
  const { rows } = await db.execute<{ cohort: string; last: string | null; people: number }>(sql`
    select to_char(date_trunc(${frequency}::text, u.created_at at time zone 'UTC'), 'YYYY-MM-DD') as cohort,
      to_char(date_trunc(${frequency}::text, u.last), 'YYYY-MM-DD') as last, count(*)::int as people
    from (
      select created_at, (select max(a.day) from active_days a where a.account_id = users.account_id) as last from users
      where created_at >= ${`${first}T00:00:00Z`}::timestamptz and created_at < ${`${next(last, frequency)}T00:00:00Z`}::timestamptz offset 0) u
    group by 1, 2`)
  const byCohort = Map.groupBy(rows, ({ cohort }) => cohort)
  return periods.map((period) => {
    const people = byCohort.get(period) ?? []
    const count = (some: typeof people) => some.reduce((sum, row) => sum + row.people, 0)
    const size = count(people)
    return {
      period,
      frequency,
      data: periods
        .filter((date) => date >= period)
        .map((date) => {
          const value = count(people.filter((row) => row.last !== null && row.last >= date))
          return { date, value, rate: size === 0 ? 0 : value / size }
        }),
    }
  })
}
