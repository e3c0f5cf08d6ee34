/** The queue of reports, as staff look through it. */
import { and, eq, isNotNull, isNull, type SQL, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import { cachedUntilChanged } from '../../platform/db/cache.ts'
import type { Reader } from '../../platform/db/index.ts'
import { type Page, settle, slice } from '../../platform/db/page.ts'
import { accounts } from '../../platform/db/schema/accounts.ts'
import { reports } from '../../platform/db/schema/moderation.ts'
import type { AccountId } from '../../platform/ids.ts'
import { acctOf } from '../../text/acct.ts'
import { requirePermission, type Staff } from '../staff.ts'
import type { reportCategories } from './create.ts'
import type { ReportRow } from './lock.ts'

export type ReportFilter = {
  state: 'open' | 'resolved' | 'all'
  category?: (typeof reportCategories)[number] | undefined
  /** The origin of the reported account: `local`, `remote`, or the name of a server. */
  origin?: string | undefined
  assigned?: 'me' | 'nobody' | undefined
  targetId?: AccountId | undefined
  /** The account that reported. */
  reporterId?: AccountId | undefined
}

/** A report in the queue. Handles begin with `@`; the reporter is null without an account. */
export type QueuedReport = Pick<
  ReportRow,
  'id' | 'category' | 'comment' | 'statusIds' | 'createdAt' | 'resolvedAt' | 'isForwarded' | 'reporterName' | 'targetId'
> & { reporter: string | null; target: string; assignedTo: string | null }

const reporters = alias(accounts, 'reporters')
const targets = alias(accounts, 'targets')
const assignees = alias(accounts, 'assignees')

/**
 * A page of reports, newest first, in one query.
 *
 * @throws Refusal `not_permitted`
 */
export async function loadReportQueue(
  db: Reader,
  staff: Staff,
  filter: ReportFilter,
  page: Page,
): Promise<QueuedReport[]> {
  requirePermission(staff, 'manage_reports')
  const { where, orderBy, limit } = slice(reports.id, page)
  const rows = await db
    .select({
      id: reports.id,
      category: reports.category,
      comment: reports.comment,
      statusIds: reports.statusIds,
      createdAt: reports.createdAt,
      resolvedAt: reports.resolvedAt,
      isForwarded: reports.isForwarded,
      reporterName: reports.reporterName,
      targetId: reports.targetId,
      reporter: { username: reporters.username, domain: reporters.domain },
      target: { username: targets.username, domain: targets.domain },
      assignedTo: assignees.username,
    })
    .from(reports)
    .innerJoin(targets, eq(targets.id, reports.targetId))
    .leftJoin(reporters, eq(reporters.id, reports.accountId))
    .leftJoin(assignees, eq(assignees.id, reports.assignedToId))
    .where(and(conditionOf(staff, filter), where))
    .orderBy(orderBy)
    .limit(limit)
  return settle(page, rows).map(({ reporter, target, ...row }) => ({
    ...row,
    reporter: reporter && `@${acctOf(reporter)}`,
    target: `@${acctOf(target)}`,
  }))
}

function conditionOf(
  { accountId }: Staff,
  { state, category, origin, assigned, targetId, reporterId }: ReportFilter,
): SQL | undefined {
  return and(
    state === 'open' ? isNull(reports.resolvedAt) : state === 'resolved' ? isNotNull(reports.resolvedAt) : undefined,
    category && eq(reports.category, category),
    origin === 'local'
      ? isNull(targets.domain)
      : origin === 'remote'
        ? isNotNull(targets.domain)
        : origin
          ? eq(targets.domain, origin)
          : undefined,
    assigned === 'me'
      ? accountId === null
        ? sql`false`
        : eq(reports.assignedToId, accountId)
      : assigned === 'nobody'
        ? isNull(reports.assignedToId)
        : undefined,
    targetId && eq(reports.targetId, targetId),
    reporterId && eq(reports.accountId, reporterId),
  )
}

/** Reports are counted up to this number: more than that are "a thousand" to anybody. */
const maxCounted = 1_000

export type ReportCounts = { open: number; mine: number; unassigned: number }

/**
 * How many open reports wait: all, those assigned to the member of staff, and those of nobody; each up to 1,000.
 *
 * @throws Refusal `not_permitted`
 */
export async function countReports(db: Reader, staff: Staff): Promise<ReportCounts> {
  requirePermission(staff, 'manage_reports')
  const { rows } = await db.execute<ReportCounts>(sql`
    select count(*)::int as open, count(*) filter (where assigned_to_id = ${staff.accountId}::bigint)::int as mine,
      count(*) filter (where assigned_to_id is null)::int as unassigned
    from (select assigned_to_id from reports where resolved_at is null order by id desc limit ${maxCounted}) waiting`)
  return rows[0] ?? { open: 0, mine: 0, unassigned: 0 }
}

/** The number of open reports, up to 1,000, for the menu. Cached until it changes. */
export const countOpenReports = cachedUntilChanged('reports', async (db): Promise<number> => {
  const { rows } = await db.execute<{ n: number }>(
    sql`select count(*)::int as n from (select from reports where resolved_at is null limit ${maxCounted}) waiting`,
  )
  return rows[0]?.n ?? 0
})
