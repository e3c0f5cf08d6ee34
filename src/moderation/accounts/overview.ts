/** Everything that staff see of one account on its page. */
import { desc, eq, sql } from 'drizzle-orm'
import { type StaffRole, loadRoles, roleOf } from '../../accounts/roles/roles.ts'
import { isAbove, requirePermission, type Staff } from '../../accounts/roles/staff.ts'
import { type AccountView, loadStaffViews } from '../../accounts/views.ts'
import type { Reader } from '../../platform/db/index.ts'
import { appeals, reports, strikes } from '../../platform/db/schema/moderation.ts'
import { notFound } from '../../platform/errors.ts'
import type { AccountId } from '../../platform/ids.ts'
import type { Uris } from '../../platform/uris.ts'
import { loadRulebook } from '../../rules/servers/current.ts'
import { effectiveRule, type EffectiveRule } from '../../rules/servers/rulebook.ts'
import { loadReported, openStatusesOf, type PresentStatus } from '../../statuses/reported.ts'
import { safeHtmlToText } from '../../text/html/to-text.ts'
import { loadNotes, type Note } from '../notes.ts'
import { addressesOf, type UsedAddress } from './addresses.ts'
import { type StaffAccount, staffAccounts } from './find.ts'

type ReportLine = Pick<typeof reports.$inferSelect, 'id' | 'category' | 'comment' | 'createdAt' | 'resolvedAt'>

export type StrikeLine = Pick<
  typeof strikes.$inferSelect,
  'id' | 'action' | 'text' | 'createdAt' | 'endsAt' | 'reviewAt' | 'liftedAt' | 'reportId'
> & { appeal: 'none' | 'pending' | 'approved' | 'rejected' }

export type AccountOverview = {
  account: StaffAccount
  view: AccountView
  /** The biography as plain text, also of a suspended account. */
  bio: string
  /** Null for remote accounts. */
  role: StaffRole | null
  /** Whether the role of the staff lets them act on the account. */
  canAct: boolean
  /** The rule about the server of a remote account. */
  rule: EffectiveRule | null
  inviter: string | null
  /** The name of the app by which the person signed up. */
  signUpApp: string | null
  /** Local accounts that came by its invitations. */
  invited: number
  sessions: number
  /** Follows between it and people here, and when its profile was last fetched; of remote accounts. */
  followersHere: number
  fetchedAt: Date | null
  addresses: UsedAddress[]
  posts: PresentStatus[]
  reportsAbout: ReportLine[]
  reportsBy: ReportLine[]
  strikes: StrikeLine[]
  notes: Note[]
}

const shown = { posts: 10, reports: 10, strikes: 30 } as const

/**
 * Loads what the page of an account shows, in a fixed number of queries. Of its posts only public and unlisted ones.
 *
 * @throws Refusal `not_permitted`, `not_found`, also for accounts whose data was deleted
 */
export async function loadAccountOverview(
  db: Reader,
  uris: Uris,
  staff: Staff,
  id: AccountId,
): Promise<AccountOverview> {
  requirePermission(staff, 'manage_users')
  const [account] = await staffAccounts(db, staff, [id])
  const view = (await loadStaffViews(db, [id])).get(id)
  if (!account || !view || account.deletedAt) throw notFound()
  const { user, domain } = account
  const [counts, addresses, openIds, about, by, struck, notes] = [
    await loadCounts(db, id, user?.inviterId ?? null),
    user ? ((await addressesOf(db, staff, [id])).get(id) ?? []) : [],
    await openStatusesOf(db, id, shown.posts),
    await latestReports(db, eq(reports.targetId, id)),
    await latestReports(db, eq(reports.accountId, id)),
    await latestStrikes(db, id),
    await loadNotes(db, staff, { accountId: id }),
  ]
  return {
    account,
    view,
    role: user && roleOf(await loadRoles(db), user),
    canAct: staff.accountId !== id && (user === null || (await isAbove(db, staff, user))),
    rule: domain === null ? null : effectiveRule(await loadRulebook(db), domain),
    ...counts,
    addresses,
    posts: (await loadReported(db, uris, openIds)).toReversed(),
    reportsAbout: about,
    reportsBy: by,
    strikes: struck,
    notes,
  }
}

async function loadCounts(
  db: Reader,
  id: AccountId,
  inviterId: AccountId | null,
): Promise<
  Pick<AccountOverview, 'bio' | 'inviter' | 'signUpApp' | 'invited' | 'sessions' | 'followersHere' | 'fetchedAt'>
> {
  const { rows } = await db.execute<{
    note: string
    inviter: string | null
    signUpApp: string | null
    invited: number
    sessions: number
    followersHere: number
    fetchedAt: string | null
  }>(sql`
    select (select note from accounts where id = ${id}::bigint) as note, (select username from accounts where id = ${inviterId}::bigint) as inviter,
      (select sign_up_app from users where account_id = ${id}::bigint) as "signUpApp",
      (select count(*)::int from users where invite_id = any(array(select id from invites where account_id = ${id}::bigint))) as invited,
      (select count(*)::int from sessions where account_id = ${id}::bigint and expires_at > now()) as sessions,
      (select count(*)::int from (select from follows f join users u on u.account_id = f.follower_id where f.target_id = ${id}::bigint limit 1000) x) as "followersHere",
      (select fetched_at::text from accounts where id = ${id}::bigint) as "fetchedAt"`)
  const [row] = rows
  if (!row) throw notFound()
  const { note, ...counts } = row
  return { ...counts, bio: safeHtmlToText(note), fetchedAt: row.fetchedAt === null ? null : new Date(row.fetchedAt) }
}

const latestReports = (db: Reader, which: ReturnType<typeof eq>): Promise<ReportLine[]> =>
  db
    .select({
      id: reports.id,
      category: reports.category,
      comment: reports.comment,
      createdAt: reports.createdAt,
      resolvedAt: reports.resolvedAt,
    })
    .from(reports)
    .where(which)
    .orderBy(desc(reports.id))
    .limit(shown.reports)

async function latestStrikes(db: Reader, accountId: AccountId): Promise<StrikeLine[]> {
  const rows = await db
    .select({
      id: strikes.id,
      action: strikes.action,
      text: strikes.text,
      createdAt: strikes.createdAt,
      endsAt: strikes.endsAt,
      reviewAt: strikes.reviewAt,
      liftedAt: strikes.liftedAt,
      reportId: strikes.reportId,
      appealedAt: appeals.createdAt,
      approvedAt: appeals.approvedAt,
      rejectedAt: appeals.rejectedAt,
    })
    .from(strikes)
    .leftJoin(appeals, eq(appeals.strikeId, strikes.id))
    .where(eq(strikes.accountId, accountId))
    .orderBy(desc(strikes.id))
    .limit(shown.strikes)
  return rows.map(({ appealedAt, approvedAt, rejectedAt, ...row }) => ({
    ...row,
    appeal: approvedAt ? 'approved' : rejectedAt ? 'rejected' : appealedAt ? 'pending' : 'none',
  }))
}
