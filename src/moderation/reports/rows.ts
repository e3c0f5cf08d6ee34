/** Reports as they are stored, with what they name, for apps of staff. */
import { eq } from 'drizzle-orm'
import { requirePermission, type Staff } from '../../accounts/roles/staff.ts'
import { isOneOfIds } from '../../platform/db/arrays.ts'
import type { Reader } from '../../platform/db/index.ts'
import type { Page } from '../../platform/db/page.ts'
import { reports, rules } from '../../platform/db/schema/moderation.ts'
import { notFound } from '../../platform/errors.ts'
import type { Id, ReportId } from '../../platform/ids.ts'
import type { Rule } from '../instance-rules.ts'
import type { ReportRow } from './lock.ts'
import { loadReportQueue, type ReportFilter } from './queue.ts'

/** What a line about a report says, in the lists of other pages. */
export type ReportLine = Pick<ReportRow, keyof typeof reportLine>
export const reportLine = {
  id: reports.id,
  category: reports.category,
  comment: reports.comment,
  createdAt: reports.createdAt,
  resolvedAt: reports.resolvedAt,
}

/**
 * A page of reports, the newest first.
 *
 * @throws Refusal `not_permitted`
 */
export async function loadReportRows(db: Reader, staff: Staff, filter: ReportFilter, page: Page): Promise<ReportRow[]> {
  const queue = await loadReportQueue(db, staff, filter, page)
  const ids = queue.map(({ id }) => id)
  const rows = ids.length === 0 ? [] : await db.select().from(reports).where(isOneOfIds(reports.id, ids))
  const byId = new Map(rows.map((row) => [row.id, row]))
  return ids.flatMap((id) => byId.get(id) ?? [])
}

/**
 * One report.
 *
 * @throws Refusal `not_permitted`, `not_found`
 */
export async function loadReportRow(db: Reader, staff: Staff, id: ReportId): Promise<ReportRow> {
  requirePermission(staff, 'manage_reports')
  const [report] = await db.select().from(reports).where(eq(reports.id, id))
  if (!report) throw notFound()
  return report
}

/** The rules that some reports name, also removed ones. */
export async function rulesOfReports(db: Reader, found: readonly ReportRow[]): Promise<Map<Id<'rule'>, Rule>> {
  const ids = [...new Set(found.flatMap(({ ruleIds }) => ruleIds))]
  if (ids.length === 0) return new Map()
  const rows = await db
    .select({ id: rules.id, text: rules.text, hint: rules.hint })
    .from(rules)
    .where(isOneOfIds(rules.id, ids))
  return new Map(rows.map((row) => [row.id, row]))
}
