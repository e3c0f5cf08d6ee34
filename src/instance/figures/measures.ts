/** Measures: numbers of a span of days, with their course by day, as dashboards of staff show them. */
import { sql } from 'drizzle-orm'
import { requirePermission, type Staff } from '../../accounts/roles/staff.ts'
import type { Db, Reader } from '../../platform/db/index.ts'
import { dayOfId, isWithin } from '../../platform/db/sample.ts'
import type { TagId } from '../../platform/ids.ts'
import { taggedPosts } from '../../statuses/counts/public-posts.ts'
import { loadActivity, type DayActivity } from '../stats.ts'
import { wasActive } from './active.ts'
import { recent } from './cached.ts'
import { type ServerMeasure, serverByDay, serverMeasures, serverTotal } from './servers.ts'
import { before, dayNumbered, type Days, eachDay, timesOf } from './span.ts'

const plainMeasures = ['active_users', 'new_users', 'interactions', 'opened_reports', 'resolved_reports'] as const
const tagMeasures = ['tag_accounts', 'tag_uses', 'tag_servers'] as const

/** What a measure is about: nothing in particular, a hashtag, or a server. */
export type Measured =
  | { key: (typeof plainMeasures)[number] }
  | { key: (typeof tagMeasures)[number]; tagId: TagId }
  | { key: ServerMeasure; domain: string }

export type MeasureKey = Measured['key']
export const measureKeys: readonly MeasureKey[] = [...plainMeasures, ...tagMeasures, ...serverMeasures]
export const isServerMeasure = (key: MeasureKey): key is ServerMeasure => serverMeasures.some((one) => one === key)
export const isTagMeasure = (key: MeasureKey): key is (typeof tagMeasures)[number] =>
  tagMeasures.some((one) => one === key)

export type Measure = {
  key: MeasureKey
  total: number
  /** That of as many days before; null for a total of all times. */
  previousTotal: number | null
  data: { day: string; value: number }[]
}

/**
 * Measures of some days, in the order of the list, at most five minutes old. `docs/moderation.md` says how exact they are.
 *
 * @throws Refusal `not_permitted`
 */
export async function loadMeasures(db: Db, staff: Staff, wanted: readonly Measured[], days: Days): Promise<Measure[]> {
  requirePermission(staff, 'view_dashboard')
  const found: Measure[] = []
  // One after the other: a dashboard takes one connection, not all.
  for (const one of wanted) found.push(await recent(db, ['measure', one, days], () => measure(db, one, days)))
  return found
}

async function measure(db: Reader, wanted: Measured, days: Days): Promise<Measure> {
  const { key } = wanted
  if ('domain' in wanted) {
    const byDay = await serverByDay(db, wanted.key, wanted.domain, days)
    return {
      key,
      total: await serverTotal(db, wanted.key, wanted.domain),
      previousTotal: null,
      data: filled(byDay, days),
    }
  }
  const read = async (span: Days): Promise<Counted> =>
    'tagId' in wanted ? countTag(db, wanted.key, wanted.tagId, span) : countPlain(db, wanted.key, span)
  const now = await read(days)
  return { key, total: now.total, previousTotal: (await read(before(days))).total, data: filled(now.byDay, days) }
}

type Counted = { total: number; byDay: Map<string, number> }

const filled = (byDay: ReadonlyMap<string, number>, days: Days): Measure['data'] =>
  eachDay(days).map((day) => ({ day, value: byDay.get(day) ?? 0 }))

const sumOf = (byDay: ReadonlyMap<string, number>): number => [...byDay.values()].reduce((sum, value) => sum + value, 0)
const summed = (byDay: Map<string, number>): Counted => ({ total: sumOf(byDay), byDay })

async function countPlain(db: Reader, key: (typeof plainMeasures)[number], days: Days): Promise<Counted> {
  switch (key) {
    case 'active_users':
      return { total: await countActive(db, days), byDay: await activity(db, days, (day) => day.activeUsers) }
    case 'new_users':
      return summed(await activity(db, days, (day) => day.newUsers))
    case 'interactions':
      return summed(await activity(db, days, (day) => day.favourites + day.reblogs + day.replies))
    case 'opened_reports':
      return summed(await openedReports(db, days))
    case 'resolved_reports':
      return summed(await resolvedReports(db, days))
  }
}

const activity = async (db: Reader, { first, last }: Days, of: (day: DayActivity) => number) =>
  new Map((await loadActivity(db, first, last)).map((day) => [day.day, of(day)]))

/** Each person once. */
async function countActive(db: Reader, { first, last }: Days): Promise<number> {
  const { rows } = await db.execute<{ count: number }>(sql`
    select count(*)::int as count from users u
    where ${wasActive(sql`u.account_id`, { first, last })}`)
  return rows[0]?.count ?? 0
}

type DayCount = { day: number; count: number }
const byNumber = (rows: DayCount[]) => new Map(rows.map(({ day, count }) => [dayNumbered(day), count]))

async function openedReports(db: Reader, days: Days): Promise<Map<string, number>> {
  const { rows } = await db.execute<DayCount>(
    sql`select ${dayOfId(sql`id`)} as day, count(*)::int as count from reports where ${isWithin(timesOf(days))} group by 1`,
  )
  return byNumber(rows)
}

/** By the audit log, whose index finds the days. Reports that were opened again, and not resolved since, don't count. */
async function resolvedReports(db: Reader, days: Days): Promise<Map<string, number>> {
  const { rows } = await db.execute<DayCount>(sql`
    select ${dayOfId(sql`l.id`)} as day, count(distinct l.target_id)::int as count from audit_log l
    where l.action = 'resolve' and l.target_kind = 'report' and ${isWithin(timesOf(days), sql`l.id`)}
      and (select (r.resolved_at at time zone 'UTC')::date from reports r where r.id = l.target_id::bigint) = (l.created_at at time zone 'UTC')::date
    group by 1`)
  return byNumber(rows)
}

/** Uses and accounts of a day are those that trends count: they include boosts. */
async function countTag(db: Reader, key: (typeof tagMeasures)[number], tagId: TagId, days: Days): Promise<Counted> {
  if (key === 'tag_uses') return summed(await tagDays(db, sql`uses`, tagId, days))
  const posts = await taggedPosts(db, tagId, timesOf(days))
  if (key === 'tag_accounts') {
    const byDay = await tagDays(db, sql`accounts`, tagId, days)
    const distinct = new Set(posts.map(({ accountId }) => accountId)).size
    return { total: Math.max(distinct, ...byDay.values()), byDay }
  }
  const domains = Map.groupBy(posts, ({ day }) => dayNumbered(day))
  const distinct = (some: readonly { domain: string | null }[]) => new Set(some.map(({ domain }) => domain)).size
  return { total: distinct(posts), byDay: new Map([...domains].map(([day, some]) => [day, distinct(some)])) }
}

async function tagDays(
  db: Reader,
  column: ReturnType<typeof sql>,
  tagId: TagId,
  { first, last }: Days,
): Promise<Map<string, number>> {
  const { rows } = await db.execute<{ day: string; count: number }>(sql`
    select to_char(day, 'YYYY-MM-DD') as day, ${column} as count from tag_days where tag_id = ${tagId} and day between ${first}::date and ${last}::date`)
  return new Map(rows.map(({ day, count }) => [day, count]))
}
