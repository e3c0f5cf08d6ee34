import { and, eq, inArray, isNull, sql } from 'drizzle-orm'
import { notifyStaff } from '../../notices/notify.ts'
import type { Tx } from '../../platform/db/index.ts'
import { accounts } from '../../platform/db/schema/accounts.ts'
import { reports } from '../../platform/db/schema/moderation.ts'
import { type AccountId, newId, type ReportId, type StatusId } from '../../platform/ids.ts'
import { reportedStatuses } from '../../statuses/reported.ts'
import { plainText } from '../../text/clean.ts'

/** What another server reports: accounts and statuses of ours, some of which may not be there. */
export type RemoteReport = {
  /** Id of the Flag; a second one with the same id does nothing. */
  uri: string | null
  comment: string
  accountIds: AccountId[]
  statusIds: StatusId[]
}

const maxCommentLength = 1_000
/** Accounts that one report may be about. */
const maxTargets = 5
/** Reports of one server's actor that wait for a moderator; more of them would only bury the others. */
const maxOpen = 100

/** Tells the moderators what another server reports: one report for each account, also for one of which only statuses are named. */
export async function receiveReport(
  tx: Tx,
  reporter: AccountId,
  { uri, comment, accountIds, statusIds }: RemoteReport,
): Promise<void> {
  const named = await reportedStatuses(tx, statusIds)
  const targets = await standing(
    tx,
    [...new Set([...accountIds, ...named.map(({ accountId }) => accountId)])].slice(0, maxTargets),
  )
  const [first] = targets
  if (!first || (await countOpen(tx, reporter)) + targets.length > maxOpen) return

  const words = [...plainText(comment).trim()].slice(0, maxCommentLength).join('')
  for (const targetId of targets) {
    const id = newId<ReportId>()
    const own = named.filter(({ accountId }) => accountId === targetId).map((status) => status.id)
    const added = await tx
      .insert(reports)
      .values({
        id,
        accountId: reporter,
        targetId,
        statusIds: own,
        comment: words,
        uri: targetId === first ? uri : null,
      })
      .onConflictDoNothing({ target: reports.uri })
      .returning({ id: reports.id })
    if (added.length === 0) return
    await notifyStaff(tx, { type: 'admin.report', from: reporter, reportId: id })
  }
}

/** The local ones of some accounts that are still there. */
async function standing(tx: Tx, ids: AccountId[]): Promise<AccountId[]> {
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
  const [found] = await tx
    .select({ count: sql<number>`count(*)::int` })
    .from(reports)
    .where(and(eq(reports.accountId, reporter), isNull(reports.resolvedAt)))
  return found?.count ?? 0
}
