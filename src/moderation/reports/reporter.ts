import { eq } from 'drizzle-orm'
import { isPlaceholder } from '../../accounts/sign-up/placeholder-address.ts'
import type { Reader } from '../../platform/db/index.ts'
import { accounts, users } from '../../platform/db/schema/accounts.ts'
import { reports } from '../../platform/db/schema/moderation.ts'
import type { ReportId } from '../../platform/ids.ts'
import type { ReportRow } from './lock.ts'

/** The person who reported, as the recipient of a mail. */
export type Reporter = { name: string; email: string; locale: string | null }

/** Who reported, if they can be answered: a person here, or one without an account. Null for reporters of other servers. */
export async function loadReporter(
  db: Reader,
  { accountId, reporterName, reporterEmail }: Pick<ReportRow, 'accountId' | 'reporterName' | 'reporterEmail'>,
): Promise<Reporter | null> {
  if (accountId === null) return reporterEmail ? { name: reporterName ?? '', email: reporterEmail, locale: null } : null
  const [row] = await db
    .select({ name: accounts.username, email: users.email, locale: users.locale })
    .from(users)
    .innerJoin(accounts, eq(accounts.id, users.accountId))
    .where(eq(users.accountId, accountId))
  return row && !isPlaceholder(row.email) ? row : null
}

/** The address of somebody without an account, and when their report came in; null for other reports. */
export async function loadReceipt(db: Reader, id: ReportId): Promise<{ email: string; createdAt: Date } | null> {
  const [row] = await db
    .select({ email: reports.reporterEmail, accountId: reports.accountId, createdAt: reports.createdAt })
    .from(reports)
    .where(eq(reports.id, id))
  return row?.email && row.accountId === null ? { email: row.email, createdAt: row.createdAt } : null
}

/** What the mail with an answer needs; null when nobody can get it. */
export type ReportAnswer = Reporter & { answer: string; answeredAt: Date; targetName: string; domain: string | null }

/** The answer to a report with its recipient; null when there is none. */
export async function loadReportAnswer(db: Reader, id: ReportId): Promise<ReportAnswer | null> {
  const [row] = await db
    .select({ report: reports, username: accounts.username, domain: accounts.domain })
    .from(reports)
    .innerJoin(accounts, eq(accounts.id, reports.targetId))
    .where(eq(reports.id, id))
  if (!row?.report.answeredAt) return null
  const { answer, answeredAt } = row.report
  const reporter = await loadReporter(db, row.report)
  return reporter && { ...reporter, answer, answeredAt, targetName: row.username, domain: row.domain }
}
