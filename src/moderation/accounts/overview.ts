/** Everything that staff see of one account on its page. */
import { between, desc, eq, sql } from 'drizzle-orm'
import { hasPermission } from '../../accounts/roles/permissions.ts'
import { type AuditEntry, latestAudit } from '../../accounts/roles/read-audit.ts'
import { type StaffRole, loadRoles, roleOf } from '../../accounts/roles/roles.ts'
import { mayActOn, requirePermission, type Staff } from '../../accounts/roles/staff.ts'
import { type AccountView, loadStaffViews } from '../../accounts/views.ts'
import { toldAction, type ToldAction } from '../../notices/told-action.ts'
import type { Reader } from '../../platform/db/index.ts'
import { appeals, reports, strikes } from '../../platform/db/schema/moderation.ts'
import { notFound } from '../../platform/errors.ts'
import type { AccountId } from '../../platform/ids.ts'
import type { Uris } from '../../platform/uris.ts'
import { loadRulebook } from '../../rules/servers/current.ts'
import { effectiveRule, type EffectiveRule } from '../../rules/servers/rulebook.ts'
import { openFilesOf, type OpenFile, openStatusesOf, type OpenStatus } from '../../statuses/open-of.ts'
import { loadReported, type PresentStatus } from '../../statuses/reported.ts'
import { loadNotes, type Note } from '../notes.ts'
import { type ReportLine, reportLine } from '../reports/rows.ts'
import { addressesOf, othersAt, type UsedAddress } from './addresses.ts'
import { type StaffAccount, staffAccounts } from './find.ts'

export type StrikeLine = Pick<
  typeof strikes.$inferSelect,
  'id' | 'action' | 'text' | 'createdAt' | 'endsAt' | 'reviewAt' | 'liftedAt' | 'reportId'
> & { told: ToldAction; posts: number; appeal: 'none' | 'pending' | 'approved' | 'rejected' }

/** A post or boost: `id` is what staff act on, `post` the words that it shows. */
export type ShownPost = Pick<OpenStatus, 'id' | 'author'> & { post: PresentStatus }

export type AccountOverview = {
  account: StaffAccount
  view: AccountView
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
  /** Follows between it and people here, up to 1,000, and when its profile was last fetched; only of remote accounts. */
  followersHere: number
  followsHere: number
  fetchedAt: Date | null
  /** `others`: accounts that used the address, too. */
  addresses: (UsedAddress & { others: number })[]
  posts: ShownPost[]
  files: OpenFile[]
  reportsAbout: ReportLine[]
  reportsBy: ReportLine[]
  /** Up to 1,000. */
  reportCounts: { about: number; by: number }
  strikes: StrikeLine[]
  notes: Note[]
  /** The latest entries of the audit log about the account, for staff who may read it. */
  audit: AuditEntry[]
}

const shown = { posts: 10, files: 12, reports: 10, strikes: 30, audit: 10 } as const
const maxCounted = 1_000

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
  requirePermission(staff, 'manage_users', 'manage_reports')
  const [account] = await staffAccounts(db, staff, [id])
  const view = (await loadStaffViews(db, [id], { isWhole: true })).get(id)
  if (!account || !view || account.deletedAt) throw notFound()
  const { user, domain } = account
  const roles = await loadRoles(db)
  const [counts, addresses, posts, about, by, struck, notes] = [
    await loadCounts(db, account),
    user ? await loadAddresses(db, staff, id) : [],
    await latestPosts(db, uris, id),
    await latestReports(db, reports.targetId, id),
    await latestReports(db, reports.accountId, id),
    await latestStrikes(db, id),
    await loadNotes(db, staff, { accountId: id }),
  ]
  return {
    account,
    view,
    role: user && roleOf(roles, user),
    canAct: mayActOn(roles, staff, id, user),
    rule: domain === null ? null : effectiveRule(await loadRulebook(db), domain),
    ...counts,
    addresses,
    posts,
    files: await openFilesOf(db, id, shown.files),
    reportsAbout: about,
    reportsBy: by,
    strikes: struck,
    notes,
    audit: hasPermission(staff.permissions, 'view_audit_log')
      ? await latestAudit(db, staff, 'account', id, shown.audit)
      : [],
  }
}

async function latestPosts(db: Reader, uris: Uris, id: AccountId): Promise<ShownPost[]> {
  const found = await openStatusesOf(db, id, shown.posts)
  const reported = await loadReported(
    db,
    uris,
    found.map(({ shownId }) => shownId),
  )
  const byId = new Map(reported.map((post) => [post.id, post]))
  return found.flatMap(({ id: statusId, shownId, author }) => {
    const post = byId.get(shownId)
    return post ? [{ id: statusId, author, post }] : []
  })
}

async function loadAddresses(db: Reader, staff: Staff, id: AccountId): Promise<AccountOverview['addresses']> {
  const used = (await addressesOf(db, staff, [id])).get(id) ?? []
  const others = await othersAt(
    db,
    staff,
    used.map(({ address }) => address),
    id,
  )
  return used.map((one) => ({ ...one, others: others.get(one.address) ?? 0 }))
}

type Counts = Pick<
  AccountOverview,
  'inviter' | 'signUpApp' | 'invited' | 'sessions' | 'followersHere' | 'followsHere' | 'reportCounts' | 'fetchedAt'
>

async function loadCounts(db: Reader, { id, domain, user }: StaffAccount): Promise<Counts> {
  // All follows of a remote account that are known here are between it and people here.
  const isRemote = domain !== null
  const { rows } = await db.execute<{
    inviter: string | null
    signUpApp: string | null
    invited: number
    sessions: number
    followersHere: number
    followsHere: number
    about: number
    by: number
    fetchedAt: string | null
  }>(sql`
    select (select username from accounts where id = ${user?.inviterId ?? null}::bigint) as inviter,
      (select sign_up_app from users where account_id = ${id}::bigint) as "signUpApp",
      (select count(*)::int from users where invite_id = any(array(select id from invites where account_id = ${id}::bigint))) as invited,
      (select count(*)::int from sessions where account_id = ${id}::bigint and expires_at > now()) as sessions,
      (select count(*)::int from (select from follows where target_id = ${id}::bigint and ${isRemote} limit ${maxCounted}) x) as "followersHere",
      (select count(*)::int from (select from follows where follower_id = ${id}::bigint and ${isRemote} limit ${maxCounted}) x) as "followsHere",
      (select count(*)::int from (select from reports where target_id = ${id}::bigint limit ${maxCounted}) x) as about,
      (select count(*)::int from (select from reports where account_id = ${id}::bigint limit ${maxCounted}) x) as by,
      (select fetched_at::text from accounts where id = ${id}::bigint) as "fetchedAt"`)
  const [row] = rows
  if (!row) throw notFound()
  const { about, by, fetchedAt, ...counts } = row
  return { ...counts, reportCounts: { about, by }, fetchedAt: fetchedAt === null ? null : new Date(fetchedAt) }
}

const latestReports = (
  db: Reader,
  column: typeof reports.targetId | typeof reports.accountId,
  id: AccountId,
): Promise<ReportLine[]> =>
  db
    .select(reportLine)
    .from(reports)
    // As a range: PostgreSQL would otherwise look for old reports from the newest of all on.
    .where(between(column, id, id))
    .orderBy(desc(column), desc(reports.id))
    .limit(shown.reports)

async function latestStrikes(db: Reader, accountId: AccountId): Promise<StrikeLine[]> {
  const rows = await db
    .select({
      id: strikes.id,
      action: strikes.action,
      told: toldAction,
      posts: sql<number>`cardinality(${strikes.statusIds})`,
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
