/** Annual reports of local people: made on request, and stored. */
import { and, desc, eq, sql } from 'drizzle-orm'
import { emit } from '../../outbox/emit.ts'
import type { App } from '../../platform/app.ts'
import { type AsyncRefresh, readRefresh, refreshId, startRefresh } from '../../platform/async-refreshes.ts'
import type { Reader, Tx } from '../../platform/db/index.ts'
import { annualReports } from '../../platform/db/schema/annual-reports.ts'
import { notFound } from '../../platform/errors.ts'
import type { AccountId } from '../../platform/ids.ts'
import { wroteBetween } from '../../statuses/counts/year.ts'
import { canLookBack, idsOf } from './season.ts'

export type AnnualReport = typeof annualReports.$inferSelect
/** Whether a report exists, is being made, can be made, or can't: then the year isn't over, or the account wrote nothing. */
export type ReportState = 'available' | 'generating' | 'eligible' | 'ineligible'

/** Whether a year can have a report: ids begin with 1970, and dates have four digits. */
export const isYear = (year: number): boolean => year >= 1970 && year <= 9999

/** The id by which apps ask for the progress of a report. */
export const reportRefreshId = (app: Pick<App, 'secrets'>, accountId: AccountId, year: number): string =>
  refreshId(app, `annual-report ${accountId} ${year}`)

/** All reports of an account, the newest year first. */
export async function loadReports(db: Reader, accountId: AccountId): Promise<AnnualReport[]> {
  return db
    .select()
    .from(annualReports)
    .where(eq(annualReports.accountId, accountId))
    .orderBy(desc(annualReports.year))
    .limit(100)
}

/** @throws Refusal `not_found` when there is none */
export async function loadReport(db: Reader, accountId: AccountId, year: number): Promise<AnnualReport> {
  const report = await findReport(db, accountId, year)
  if (!report) throw notFound()
  return report
}

export async function reportState(
  db: Reader,
  app: Pick<App, 'secrets'>,
  accountId: AccountId,
  year: number,
  now = new Date(),
): Promise<ReportState> {
  if (await findReport(db, accountId, year)) return 'available'
  if (!canLookBack(year, now) || !(await wroteBetween(db, accountId, ...idsOf(year)))) return 'ineligible'
  const refresh = await readRefresh(db, reportRefreshId(app, accountId, year))
  return refresh?.status === 'running' ? 'generating' : 'eligible'
}

/**
 * Queues a report, unless it exists, is being made, or can't be made.
 *
 * @returns the running work; null when there is none to wait for
 */
export async function requestReport(
  tx: Tx,
  app: Pick<App, 'secrets'>,
  accountId: AccountId,
  year: number,
  now = new Date(),
): Promise<AsyncRefresh | null> {
  const state = await reportState(tx, app, accountId, year, now)
  const id = reportRefreshId(app, accountId, year)
  if (state === 'generating') return readRefresh(tx, id)
  if (state !== 'eligible') return null
  await emit(tx, { type: 'annual-report.requested', accountId, year })
  return startRefresh(tx, id)
}

/** @throws Refusal `not_found` when there is none */
export async function markReportRead(tx: Tx, accountId: AccountId, year: number): Promise<void> {
  const marked = await tx
    .update(annualReports)
    .set({ readAt: sql`coalesce(${annualReports.readAt}, now())` })
    .where(and(eq(annualReports.accountId, accountId), eq(annualReports.year, year)))
    .returning({ year: annualReports.year })
  if (marked.length === 0) throw notFound()
}

/** Undefined when there is none. */
export async function findReport(db: Reader, accountId: AccountId, year: number): Promise<AnnualReport | undefined> {
  const [report] = await db
    .select()
    .from(annualReports)
    .where(and(eq(annualReports.accountId, accountId), eq(annualReports.year, year)))
  return report
}
