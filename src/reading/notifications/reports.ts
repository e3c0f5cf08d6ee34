import { and, eq } from 'drizzle-orm'
import { type AccountView, loadAccountMap } from '../../accounts/views.ts'
import { isOneOfIds } from '../../platform/db/arrays.ts'
import type { Reader } from '../../platform/db/index.ts'
import { type Page, settle, slice } from '../../platform/db/page.ts'
import { reports } from '../../platform/db/schema/moderation.ts'
import type { AccountId, ReportId } from '../../platform/ids.ts'

/** A report with the reported account. */
export type ReportView = typeof reports.$inferSelect & { target: AccountView }

/** Whether a notification is about a report of somebody without an account: it is stored as one from the reported account. */
export const isByVisitor = ({ report }: { report: ReportView | null }): boolean => report?.accountId === null

/** Reports by id, in two queries. */
export async function loadReportMap(db: Reader, ids: ReportId[]): Promise<Map<ReportId, ReportView>> {
  if (ids.length === 0) return new Map()
  const rows = await db.select().from(reports).where(isOneOfIds(reports.id, ids))
  const targets = await loadAccountMap(
    db,
    rows.map((row) => row.targetId),
  )
  return new Map(
    rows.flatMap((row) => {
      const target = targets.get(row.targetId)
      return target ? [[row.id, { ...row, target }] as const] : []
    }),
  )
}

/** A report as its reporter sees it; undefined for a report by somebody else. */
export async function ownReport(db: Reader, reporter: AccountId, id: ReportId): Promise<ReportView | undefined> {
  const [own] = await db
    .select({ id: reports.id })
    .from(reports)
    .where(and(eq(reports.id, id), eq(reports.accountId, reporter)))
  return own && (await loadReportMap(db, [own.id])).get(own.id)
}

/** A page of the reports that a person made, newest first. */
export async function ownReports(db: Reader, reporter: AccountId, page: Page): Promise<ReportView[]> {
  const { where, orderBy, limit } = slice(reports.id, page)
  const rows = await db
    .select({ id: reports.id })
    .from(reports)
    .where(and(eq(reports.accountId, reporter), where))
    .orderBy(orderBy)
    .limit(limit)
  const ids = settle(page, rows).map(({ id }) => id)
  const byId = await loadReportMap(db, ids)
  return ids.flatMap((id) => byId.get(id) ?? [])
}
