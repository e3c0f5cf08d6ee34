import { eq } from 'drizzle-orm'
import type { Tx } from '../../platform/db/index.ts'
import { reports } from '../../platform/db/schema/moderation.ts'
import { notFound } from '../../platform/errors.ts'
import type { ReportId } from '../../platform/ids.ts'
import { requirePermission, type Staff } from '../staff.ts'

export type ReportRow = typeof reports.$inferSelect

/**
 * The locked row of a report, for staff who may handle reports: each action on a report begins with it.
 *
 * @throws Refusal `not_permitted`, `not_found`
 */
export async function lockReport(tx: Tx, staff: Staff, id: ReportId): Promise<ReportRow> {
  requirePermission(staff, 'manage_reports')
  const [report] = await tx.select().from(reports).where(eq(reports.id, id)).for('update')
  if (!report) throw notFound()
  return report
}

/** A report in the audit log. */
export const reportTarget = (id: ReportId) => ({ id, name: `#${id}` })
