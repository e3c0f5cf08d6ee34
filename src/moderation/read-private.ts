/**
 * Break-glass: staff read posts of an account that are not public, from within a report about it or with a reason that they state. Each
 * look is in the audit log, with the ids of the posts, and without their contents. Of direct posts only reported ones are shown.
 */
import { and, eq, sql } from 'drizzle-orm'
import { audit } from '../accounts/roles/audit.ts'
import { requireAbove, requirePermission, type Staff } from '../accounts/roles/staff.ts'
import type { Reader, Tx } from '../platform/db/index.ts'
import { accounts } from '../platform/db/schema/accounts.ts'
import { reports } from '../platform/db/schema/moderation.ts'
import { notFound } from '../platform/errors.ts'
import type { AccountId, ReportId, StatusId } from '../platform/ids.ts'
import type { Uris } from '../platform/uris.ts'
import { loadReported, type PresentStatus } from '../statuses/reported.ts'
import { plainText } from '../text/clean.ts'
import { refuse } from '../text/refusals.ts'
import { targetOf } from './accounts/strike.ts'

/** Posts of one look. */
const perLook = 20
/** Of these latest posts of an account, so that a look never reads all posts of somebody who writes many in public. */
const maxScanned = 2_000
const minWords = 3
export const maxReasonLength = 500

export type Occasion = {
  accountId: AccountId
  /** An open report about the account, by somebody else; null with a reason. */
  reportId: ReportId | null
}

export type Look = {
  /** Newest first. */
  posts: PresentStatus[]
  /** Where the next look begins; null after the last post. */
  before: StatusId | null
}

/**
 * The account that staff may look at on an occasion.
 *
 * @throws Refusal `not_permitted` without `manage_reports`, or, outside of reports, `manage_users`, and for accounts whose role is not
 *   below; `not_found`, also for a report about somebody else; `conflict` for a resolved report and one's own
 */
export async function accountToRead(db: Reader, staff: Staff, { accountId, reportId }: Occasion) {
  requirePermission(staff, reportId === null ? 'manage_users' : 'manage_reports')
  await requireAbove(db, staff, accountId)
  const [account] = await db
    .select({ id: accounts.id, username: accounts.username, domain: accounts.domain })
    .from(accounts)
    .where(eq(accounts.id, accountId))
  if (!account) throw notFound()
  if (reportId !== null) {
    const [report] = await db
      .select({ resolvedAt: reports.resolvedAt, reporterId: reports.accountId })
      .from(reports)
      .where(and(eq(reports.id, reportId), eq(reports.targetId, accountId)))
    if (!report) throw notFound()
    if (report.resolvedAt !== null) throw refuse('conflict', 'reportResolved')
    if (staff.accountId !== null && report.reporterId === staff.accountId) throw refuse('conflict', 'reportOwn')
  }
  return account
}

/**
 * Reads posts of an account that are not public, and records that.
 *
 * @param input `reason`: some words, unless there is a report; `before`: only older posts
 * @throws Refusal as `accountToRead`, `invalid` for a reason that is missing, too short or too long
 */
export async function readPrivate(
  tx: Tx,
  staff: Staff,
  uris: Uris,
  { reason, before, ...occasion }: Occasion & { reason: string; before: StatusId | null },
): Promise<Look> {
  const account = await accountToRead(tx, staff, occasion)
  const { accountId, reportId } = occasion
  const why = reportId === null ? { reason: checked(reason) } : { report: reportId }
  const found = await privateIds(tx, accountId, before)
  const posts = await loadReported(tx, uris, found.ids)
  await audit(tx, staff, 'account', 'readPrivate', targetOf(account), { ...why, posts: found.ids })
  return { posts: posts.toReversed(), before: found.next }
}

async function privateIds(
  db: Reader,
  accountId: AccountId,
  before: StatusId | null,
): Promise<{ ids: StatusId[]; next: StatusId | null }> {
  const { rows } = await db.execute<{ id: StatusId | null; oldest: StatusId; scanned: number }>(sql`
    with recent as (
      select id, visibility, reblog_of_id, deleted_at from statuses
      where account_id = ${accountId} and (${before}::bigint is null or id < ${before}::bigint)
      order by id desc limit ${maxScanned}),
    found as (
      select id from recent
      where deleted_at is null and reblog_of_id is null and (visibility = 'private' or visibility = 'direct' and id in (
        select unnest(status_ids) from reports where target_id = ${accountId}))
      order by id desc limit ${perLook})
    select found.id, span.oldest, span.scanned from (select min(id) as oldest, count(*)::int as scanned from recent) span
    left join found on true order by found.id desc`)
  const ids = rows.flatMap(({ id }) => id ?? [])
  const [first] = rows
  const last = ids.at(-1)
  if (ids.length === perLook && last) return { ids, next: last }
  return { ids, next: first && first.scanned === maxScanned ? first.oldest : null }
}

function checked(text: string): string {
  const reason = plainText(text).trim()
  const words = reason.split(/\s+/u).filter((word) => /[\p{L}\p{N}]/u.test(word))
  if (words.length < minWords) throw refuse('invalid', 'reasonTooShort', { min: minWords })
  if ([...reason].length > maxReasonLength) throw refuse('invalid', 'reasonTooLong', { max: maxReasonLength })
  return reason
}
