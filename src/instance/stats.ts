/** Statistics of this instance: a row per day (UTC) for the plots, and public totals. */
import { asc, gte, type SQL, sql } from 'drizzle-orm'
import { cached } from '../platform/db/cache.ts'
import type { Db, Reader, Tx } from '../platform/db/index.ts'
import { dailyStats } from '../platform/db/schema/instance.ts'
import { jobParts } from '../platform/queue/parts.ts'
import { addDays, dayOf, minuteMs } from '../platform/time.ts'
import { peerDomains } from '../rules/servers/peers.ts'
import { statusCounts } from '../statuses/counts/stats.ts'

/** The statistics of a day, `YYYY-MM-DD` (UTC). `statuses` include replies, but no boosts. */
export type DayStats = Omit<typeof dailyStats.$inferSelect, 'countedAt'>

/**
 * The age in days up to which all counted rows still exist. The clean-up deletes counts of deliveries and blank rows of
 * deleted posts only later.
 */
export const countableDays = 14

const totalsMs = minuteMs
const slowTotalsMs = 10 * minuteMs

/**
 * Counts a day. Doing it again replaces the numbers; numbers of days that are partly cleaned up can only grow.
 *
 * @param day `YYYY-MM-DD`, UTC
 */
export async function countDay(tx: Pick<Tx, 'execute'>, day: string): Promise<void> {
  const replaced = sql.join(
    columns.map((name) => {
      const column = sql.identifier(name)
      return sql`${column} = case when excluded.day >= current_date - ${countableDays}::int then excluded.${column} else greatest(daily_stats.${column}, excluded.${column}) end`
    }),
    sql`, `,
  )
  await tx.execute(sql`
    insert into daily_stats (day, ${sql.join(
      columns.map((name) => sql.identifier(name)),
      sql`, `,
    )}, counted_at)
    select ${day}::date, counted.*, now() from (${countsOf(day)}) counted
    on conflict (day) do update set ${replaced}, counted_at = excluded.counted_at`)
}

/** One row with the numbers of a day, in the order of `columns`. It reads the day's rows of each kind. */
function countsOf(day: string): SQL {
  const from = sql`${`${day}T00:00:00Z`}::timestamptz`
  const to = sql`(${from} + interval '24 hours')`
  const during = (column: string) => sql`${sql.identifier(column)} >= ${from} and ${sql.identifier(column)} < ${to}`
  return sql`
    select
      (select count(*)::int from users where ${during('created_at')}) as new_users,
      (select count(*)::int from active_days a where a.day = ${day}::date) as active_users,
      s.statuses, s.replies, s.reblogs,
      (select count(*)::int from favourites f where f.created_at >= ${from} and f.created_at < ${to} and not f.is_pending and (select a.domain is null from accounts a where a.id = f.account_id)) as favourites,
      (select count(*)::int from follows where ${during('created_at')}) as follows,
      s.remote_statuses, d.deliveries, d.failed_deliveries
    from (${statusCounts(from, to)}) s,
      (select coalesce(sum(delivered), 0)::int as deliveries, coalesce(sum(failed), 0)::int as failed_deliveries from delivery_days where day = ${day}::date) d`
}

const columns = [
  'new_users',
  'active_users',
  'statuses',
  'replies',
  'reblogs',
  'favourites',
  'follows',
  'remote_statuses',
  'deliveries',
  'failed_deliveries',
] as const

/**
 * Counts the days that were not counted after they had ended: from the day of the first sign-up to the day before `until`.
 *
 * @param until the first day that is not counted, `YYYY-MM-DD` (UTC); today by default
 * @returns the days that were counted, the oldest first
 * @throws Error naming the days that could not be counted, after all others were
 */
export async function countMissedDays(db: Db, until: string = dayOf(new Date())): Promise<string[]> {
  const { rows } = await db.execute<{ day: string }>(sql`
    select to_char(d, 'YYYY-MM-DD') as day
    from generate_series(
      least((select min(created_at at time zone 'UTC')::date from users), (select min(day) from daily_stats)),
      ${until}::date - 1, interval '1 day') d
    where not exists (select from daily_stats c where c.day = d::date and c.counted_at >= (d + interval '1 day') at time zone 'UTC')
    order by d`)
  const parts = jobParts()
  for (const { day } of rows) await parts.run(day, () => db.transaction((tx) => countDay(tx, day)))
  parts.end()
  return rows.map(({ day }) => day)
}

/**
 * The last `days` days, the oldest first and without gaps, from the first counted day on. Today is among them only if it was
 * counted before its end.
 */
export async function loadStats(db: Reader, days: number): Promise<DayStats[]> {
  const first = addDays(dayOf(new Date()), -days)
  const { countedAt: _, ...shown } = dailyStatsColumns
  const rows: DayStats[] = await db
    .select(shown)
    .from(dailyStats)
    .where(gte(dailyStats.day, first))
    .orderBy(asc(dailyStats.day))
  const byDay = new Map(rows.map((row) => [row.day, row]))
  const from = rows[0]?.day
  if (!from) return []
  const yesterday = addDays(dayOf(new Date()), -1)
  const last = [yesterday, rows.at(-1)?.day ?? yesterday].toSorted().at(-1) ?? yesterday
  const all: DayStats[] = []
  for (let day = from; day <= last; day = addDays(day, 1)) all.push(byDay.get(day) ?? { ...nothing, day })
  return all
}

/** What figures of activity are made of. */
export type DayActivity = Pick<DayStats, 'day' | 'newUsers' | 'activeUsers' | 'replies' | 'reblogs' | 'favourites'>

/**
 * The activity of days that were counted. Today, and yesterday until the job has counted it, are counted now, at most every ten
 * minutes. Days that nobody counted are left out.
 *
 * @param first `YYYY-MM-DD` (UTC), as `last`
 */
export async function loadActivity(db: Reader, first: string, last: string): Promise<DayActivity[]> {
  const { rows } = await db.execute<DayActivity>(sql`
    select to_char(day, 'YYYY-MM-DD') as day, new_users as "newUsers", active_users as "activeUsers", replies, reblogs, favourites
    from daily_stats where day between ${first}::date and ${last}::date`)
  const byDay = new Map(rows.map((row) => [row.day, row]))
  if (last >= addDays(dayOf(new Date()), -1))
    for (const row of await countRecent(db)) if (row.day >= first && row.day <= last) byDay.set(row.day, row)
  return [...byDay.values()]
}

const countRecent = cached(slowTotalsMs, async (db): Promise<DayActivity[]> => {
  const today = dayOf(new Date())
  const { rows: done } = await db.execute<{ day: string }>(sql`
    select to_char(day, 'YYYY-MM-DD') as day from daily_stats where day >= ${today}::date - 1 and counted_at >= (day + 1)::timestamp at time zone 'UTC'`)
  const counted: DayActivity[] = []
  for (const day of [addDays(today, -1), today]) {
    if (done.some((row) => row.day === day)) continue
    const { rows } = await db.execute<Omit<DayActivity, 'day'>>(sql`
      select new_users as "newUsers", active_users as "activeUsers", replies, reblogs, favourites from (${countsOf(day)}) counted`)
    counted.push(...rows.map((row) => ({ ...row, day })))
  }
  return counted
})

/** One day that was counted, or null. */
export async function loadDay(db: Reader, day: string): Promise<DayStats | null> {
  const { countedAt: _, ...shown } = dailyStatsColumns
  const [row] = await db
    .select(shown)
    .from(dailyStats)
    .where(sql`${dailyStats.day} = ${day}`)
  return row ?? null
}

const dailyStatsColumns = {
  day: dailyStats.day,
  newUsers: dailyStats.newUsers,
  activeUsers: dailyStats.activeUsers,
  statuses: dailyStats.statuses,
  replies: dailyStats.replies,
  reblogs: dailyStats.reblogs,
  favourites: dailyStats.favourites,
  follows: dailyStats.follows,
  remoteStatuses: dailyStats.remoteStatuses,
  deliveries: dailyStats.deliveries,
  failedDeliveries: dailyStats.failedDeliveries,
  countedAt: dailyStats.countedAt,
}

const nothing: Omit<DayStats, 'day'> = {
  newUsers: 0,
  activeUsers: 0,
  statuses: 0,
  replies: 0,
  reblogs: 0,
  favourites: 0,
  follows: 0,
  remoteStatuses: 0,
  deliveries: 0,
  failedDeliveries: 0,
}

/** Public numbers, for NodeInfo and the API's instance entity. */
export type Totals = {
  users: number
  /** Local accounts that were active in the last 30 and 180 days, including today. */
  activeMonth: number
  activeHalfyear: number
  /** Public and unlisted posts of local people, including boosts. */
  localStatuses: number
  /** Servers of known remote accounts. */
  domains: number
}

/** The totals: numbers that change with a sign-up or a post are at most a minute old, the others ten minutes. */
export async function loadTotals(db: Reader): Promise<Totals> {
  const [quick, slow] = await Promise.all([loadQuickTotals(db), loadSlowTotals(db)])
  return { ...quick, ...slow }
}

type SlowTotals = Pick<Totals, 'activeMonth' | 'activeHalfyear' | 'domains'>

const loadQuickTotals = cached(totalsMs, async (db): Promise<Omit<Totals, keyof SlowTotals>> => {
  // Looked up for each local person: they are few among all accounts, which a join might read.
  const {
    rows: [row],
  } = await db.execute<Omit<Totals, keyof SlowTotals>>(sql`
    select count(*) filter (where confirmed_at is not null and approved_at is not null)::int as users,
      coalesce(sum((select statuses_count from account_stats s where s.account_id = users.account_id)), 0)::int as "localStatuses"
    from users`)
  // An aggregate without groups has one row.
  return row!
})

const loadSlowTotals = cached(slowTotalsMs, async (db): Promise<SlowTotals> => {
  // Without `offset 0` the last day would be looked up once for each number.
  const {
    rows: [row],
  } = await db.execute<SlowTotals>(sql`
    select count(*) filter (where last > current_date - 30)::int as "activeMonth", count(*) filter (where last > current_date - 180)::int as "activeHalfyear",
      (select count(*)::int from (${peerDomains}) d) as domains
    from (select (select max(day) from active_days a where a.account_id = users.account_id) as last from users offset 0) u`)
  return row!
})
