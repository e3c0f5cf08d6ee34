import { and, eq, inArray, isNull, sql } from 'drizzle-orm'
import { rolesWith } from '../../accounts/roles/roles.ts'
import { notifyStaff } from '../../notices/notify.ts'
import { emit } from '../../outbox/emit.ts'
import { changed } from '../../platform/db/changes.ts'
import type { Tx } from '../../platform/db/index.ts'
import { accounts } from '../../platform/db/schema/accounts.ts'
import { reports } from '../../platform/db/schema/moderation.ts'
import { type AccountId, newId, type ReportId, type StatusId } from '../../platform/ids.ts'
import type { Uris } from '../../platform/uris.ts'
import { reportedStatuses, snapshotOf } from '../../statuses/reported.ts'
import { plainText } from '../../text/clean.ts'

/** A report from another server, about local accounts and statuses; some may not exist. */
export type RemoteReport = {
  /** Id of the Flag; a second one with the same id does nothing. */
  uri: string | null
  comment: string
  accountIds: AccountId[]
  statusIds: StatusId[]
}

const maxCommentLength = 1_000
/** Accounts per report. */
const maxTargets = 5
/** Unresolved reports per remote actor; more would only bury the others. */
const maxOpen = 100

/**
 * Stores a report of another server and notifies the moderators: one report per account, including accounts of which
 * only statuses are named.
 */
export async function receiveReport(
  tx: Tx,
  uris: Uris,
  reporter: AccountId,
  { uri, comment, accountIds, statusIds }: RemoteReport,
): Promise<void> {
  const reported = await reportedStatuses(tx, statusIds)
  const targets = await presentLocals(
    tx,
    [...new Set([...accountIds, ...reported.map(({ accountId }) => accountId)])].slice(0, maxTargets),
  )
  const [first] = targets
  if (!first || (await countOpen(tx, reporter)) + targets.length > maxOpen) return

  const text = [...plainText(comment).trim()].slice(0, maxCommentLength).join('')
  for (const targetId of targets) {
    const id = newId<ReportId>()
    const own = reported.filter(({ accountId }) => accountId === targetId).map((status) => status.id)
    const added = await tx
      .insert(reports)
      .values({
        id,
        accountId: reporter,
        targetId,
        statusIds: own,
        comment: text,
        uri: targetId === first ? uri : null,
        snapshot: await snapshotOf(tx, uris, own),
      })
      .onConflictDoNothing({ target: reports.uri })
      .returning({ id: reports.id })
    if (added.length === 0) return
    await changed(tx, 'reports')
    await emit(tx, { type: 'report.filed', reportId: id })
    await notifyStaff(tx, await rolesWith(tx, 'manage_reports'), { type: 'admin.report', from: reporter, reportId: id })
  }
}

/** The local accounts among `ids` that are neither deleted nor suspended. */
async function presentLocals(tx: Tx, ids: AccountId[]): Promise<AccountId[]> {
  if (ids.length === 0) return []
  const rows = await tx
    .select({ id: accounts.id })
    .from(accounts)
    .where(
      and(inArray(accounts.id, ids), isNull(accounts.domain), isNull(accounts.deletedAt), isNull(accounts.suspendedAt)),
    )
  return ids.filter((id) => rows.some((row) => row.id === id))
}

async function countOpen(tx: Tx, reporter: AccountId): Promise<number> {
  const [row] = await tx
    .select({ count: sql<number>`count(*)::int` })
    .from(reports)
    .where(and(eq(reports.accountId, reporter), isNull(reports.resolvedAt)))
  return row?.count ?? 0
}
