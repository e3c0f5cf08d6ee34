/**
 * What moderators did, for the public: figures of the last twelve months that have ended, without personal data.
 *
 * On a small server somebody could guess from a small figure, or from the difference of two, whom it is about. So one to four is a figure
 * that isn't told, others are rounded to fives one by one, and there are none of the month that is not over.
 */
import { sql } from 'drizzle-orm'
import { cached } from '../platform/db/cache.ts'
import type { Reader } from '../platform/db/index.ts'
import { type AuditId, firstIdAt, type ReportId, type StrikeId } from '../platform/ids.ts'
import { dayMs, hourMs } from '../platform/time.ts'
import { appealDays } from './appeals.ts'
import { type reportCategories } from './reports/create.ts'

/** A multiple of five; null for one to four. */
export type Figure = number | null

const actionNames = [
  'warnings',
  'sensitive',
  'limited',
  'disabled',
  'suspended',
  'postsDeleted',
  'postsMarked',
  'filesRemoved',
  'lifted',
] as const
const origins = ['local', 'remote', 'visitors'] as const

/** The figures of a month, or of all of them. */
export type Figures = {
  reports: Record<(typeof origins)[number], Figure>
  categories: Record<(typeof reportCategories)[number], Figure>
  /** Of the reports of the month, those that are resolved by now, and the median of their hours until then; null for fewer than five. */
  resolved: Figure
  medianHours: number | null
  actions: Record<(typeof actionNames)[number], Figure>
  appeals: { made: Figure; approved: Figure; rejected: Figure }
  signUpsRejected: Figure
  /** Servers with a rule of the month that still holds. */
  servers: { limited: Figure; suspended: Figure }
}

export type Transparency = {
  countedAt: Date
  /** The oldest first; `month` is `YYYY-MM`, UTC. */
  months: (Figures & { month: string })[]
  /** All months. */
  total: Figures
}

const monthCount = 12
const fewest = 5

/** The figures of the last twelve months that have ended. At most an hour old. */
export const loadTransparency = async (db: Reader): Promise<Transparency> => (await load(db)).shown

/** `acted`: what staff did in these months, which doesn't change any more. */
type Loaded = { shown: Transparency; first: string; acted: Count[] }

const load = cached(hourMs, async (db, before: Loaded | null): Promise<Loaded> => {
  const now = new Date()
  const beginnings = Array.from(
    { length: monthCount + 1 },
    (_, n) => new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - monthCount + n)),
  )
  const [from, to] = [beginnings[0]!, beginnings.at(-1)!]
  const first = from.toISOString()
  const acted = before?.first === first ? before.acted : await countActed(db, from, to)
  const counts = [...acted, ...(await countReports(db, from, to)), ...(await countOthers(db, from, to))]
  const months = beginnings.slice(0, -1).map((date) => date.toISOString().slice(0, 7))
  const shown = {
    countedAt: now,
    months: months.map((month) => ({ month, ...figuresOf(counts, month) })),
    total: figuresOf(counts, null),
  }
  return { shown, first, acted }
})

/** How often something happened in a month; a median is of a month, or, with a null, of all. */
type Count = { month: string | null; name: string; n: number }

function figuresOf(counts: readonly Count[], month: string | null): Figures {
  const sum = (...names: string[]) => {
    const wanted = counts.filter((each) => names.includes(each.name) && (month === null || each.month === month))
    return wanted.reduce((all, { n }) => all + n, 0)
  }
  const figure = (...names: string[]) => toFigure(sum(...names))
  const median = counts.find((each) => each.name === 'median' && each.month === month)
  return {
    reports: { local: figure('report.local'), remote: figure('report.remote'), visitors: figure('report.visitors') },
    categories: {
      spam: figure('category.spam'),
      legal: figure('category.legal'),
      violation: figure('category.violation'),
      other: figure('category.other'),
    },
    resolved: figure('resolved'),
    medianHours: median && sum('resolved') >= fewest ? Math.max(1, Math.round(median.n)) : null,
    actions: {
      warnings: figure('account.none'),
      sensitive: figure('account.sensitive'),
      limited: figure('account.silence'),
      disabled: figure('account.disable'),
      suspended: figure('account.suspend'),
      postsDeleted: figure('status.delete'),
      postsMarked: figure('status.markSensitive'),
      filesRemoved: figure('status.removeFile'),
      lifted: figure('lifted'),
    },
    appeals: { made: figure('appeal.made'), approved: figure('appeal.approve'), rejected: figure('appeal.reject') },
    signUpsRejected: figure('account.reject'),
    servers: { limited: figure('domain.silence'), suspended: figure('domain.suspend') },
  }
}

const toFigure = (n: number): Figure => (n > 0 && n < fewest ? null : Math.round(n / fewest) * fewest)

const monthOf = (column: string) => sql`to_char(${sql.raw(column)} at time zone 'UTC', 'YYYY-MM')`

/** Reports by origin and category. Ids go by time, so that the primary key finds them. */
async function countReports(db: Reader, from: Date, to: Date): Promise<Count[]> {
  const { rows } = await db.execute<Count>(sql`
    with received as materialized (
      select ${monthOf('r.created_at')} as month, r.category, r.resolved_at, extract(epoch from r.resolved_at - r.created_at) / 3600 as hours,
        case when r.account_id is null then 'visitors' when a.domain is null then 'local' else 'remote' end as origin
      from reports r left join accounts a on a.id = r.account_id
      where r.id >= ${firstIdAt<ReportId>(from)}::bigint and r.id < ${firstIdAt<ReportId>(to)}::bigint)
    select month, 'report.' || origin as name, count(*)::float8 as n from received group by month, origin
    union all select month, 'category.' || category, count(*) from received group by month, category
    union all select month, 'resolved', count(resolved_at) from received group by month
    union all select month, 'median', percentile_cont(0.5) within group (order by hours) from received where resolved_at is not null group by rollup (month)`)
  return rows
}

/** What staff did, by the audit log, as strikes go with the accounts that they are about. */
async function countActed(db: Reader, from: Date, to: Date): Promise<Count[]> {
  const { rows } = await db.execute<Count>(sql`
    select ${monthOf('created_at')} as month,
      case when action in ('unwarn', 'liftStrike', 'unsensitive', 'unsilence', 'enable', 'unsuspend') then 'lifted'
        else target_kind || '.' || case action when 'warn' then details ->> 'action' else action end end as name,
      sum(coalesce((details ->> 'count')::int, 1))::float8 as n
    from audit_log
    where id >= ${firstIdAt<AuditId>(from)}::bigint and id < ${firstIdAt<AuditId>(to)}::bigint and target_kind in ('account', 'status', 'appeal') and action in
      ('warn', 'sensitive', 'silence', 'disable', 'suspend', 'unwarn', 'liftStrike', 'unsensitive', 'unsilence', 'enable', 'unsuspend', 'delete', 'markSensitive', 'removeFile', 'approve', 'reject')
    group by 1, 2`)
  return rows
}

/** Appeals, whose strikes are a few weeks older at most, and rules about servers, of which there are not many. */
async function countOthers(db: Reader, from: Date, to: Date): Promise<Count[]> {
  const firstAppealed = firstIdAt<StrikeId>(new Date(from.getTime() - (appealDays + 1) * dayMs))
  const isWithin = sql`created_at >= ${from.toISOString()}::timestamptz and created_at < ${to.toISOString()}::timestamptz`
  const { rows } = await db.execute<Count>(sql`
    select ${monthOf('created_at')} as month, 'appeal.made' as name, count(*)::float8 as n from appeals
    where strike_id >= ${firstAppealed}::bigint and ${isWithin} group by 1
    union all
    select ${monthOf('created_at')}, 'domain.' || severity, count(*) from domain_rules where ${isWithin} group by 1, 2`)
  return rows
}
