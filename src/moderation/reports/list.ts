import { desc, eq, isNull } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import type { Reader } from '../../platform/db/index.ts'
import { accounts } from '../../platform/db/schema/accounts.ts'
import { reports } from '../../platform/db/schema/moderation.ts'
import type { ReportId, StatusId } from '../../platform/ids.ts'
import { reportedForForwarding } from '../../statuses/reported.ts'
import { acctOf } from '../../text/acct.ts'

/** A report as moderators read it. */
export type ListedReport = {
  id: ReportId
  createdAt: Date
  resolvedAt: Date | null
  /** Handles, without a domain for local accounts. The reporter of a remote report is mostly its server's own actor. Without an account: the name. */
  reporter: string
  target: string
  category: (typeof reports.$inferSelect)['category']
  comment: string
  statusUris: string[]
}

const statusesOfEach = 20

/** The latest reports, newest first; resolved ones only on request. */
export async function listReports(
  db: Reader,
  { limit, withResolved = false }: { limit: number; withResolved?: boolean },
): Promise<ListedReport[]> {
  const [reporter, target] = [alias(accounts, 'reporter'), alias(accounts, 'target')]
  const rows = await db
    .select({
      report: reports,
      reporter: { username: reporter.username, domain: reporter.domain },
      target: { username: target.username, domain: target.domain },
    })
    .from(reports)
    .leftJoin(reporter, eq(reporter.id, reports.accountId))
    .innerJoin(target, eq(target.id, reports.targetId))
    .where(withResolved ? undefined : isNull(reports.resolvedAt))
    .orderBy(desc(reports.id))
    .limit(limit)
  const uris = new Map(
    (
      await reportedForForwarding(
        db,
        rows.flatMap(({ report }) => report.statusIds.slice(0, statusesOfEach)),
      )
    ).map(({ id, uri }) => [id, uri]),
  )
  return rows.map(({ report, reporter, target }) => ({
    id: report.id,
    createdAt: report.createdAt,
    resolvedAt: report.resolvedAt,
    reporter: reporter ? handleOf(reporter) : (report.reporterName ?? 'somebody'),
    target: handleOf(target),
    category: report.category,
    comment: report.comment,
    statusUris: report.statusIds.flatMap((id: StatusId) => uris.get(id) ?? []),
  }))
}

const handleOf = ({ username, domain }: { username: string; domain: string | null }): string =>
  `@${acctOf({ username, domain })}`
