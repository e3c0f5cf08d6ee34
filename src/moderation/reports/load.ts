/** One report with everything that staff need to judge it. */
import { and, asc, desc, eq, ne } from 'drizzle-orm'
import { loadRoles } from '../../accounts/roles/roles.ts'
import { mayActOn, requirePermission, type Staff } from '../../accounts/roles/staff.ts'
import { type AccountView, loadAccountMap } from '../../accounts/views.ts'
import { toldAction, type ToldAction } from '../../notices/told-action.ts'
import { isOneOfIds } from '../../platform/db/arrays.ts'
import type { Reader } from '../../platform/db/index.ts'
import { accounts, users } from '../../platform/db/schema/accounts.ts'
import { collections } from '../../platform/db/schema/lists.ts'
import { type ReportedStatus, reports, rules, strikes } from '../../platform/db/schema/moderation.ts'
import { notFound } from '../../platform/errors.ts'
import type { AccountId, CollectionId, Id, ReportId, StatusId } from '../../platform/ids.ts'
import type { Uris } from '../../platform/uris.ts'
import { loadReported, type PresentStatus } from '../../statuses/reported.ts'
import { acctOf } from '../../text/acct.ts'
import { loadNotes, type Note } from '../notes.ts'
import { canForward } from './handle.ts'
import type { ReportRow } from './lock.ts'
import { loadReporter } from './reporter.ts'
import { type ReportLine, reportLine } from './rows.ts'

/** An account in a report: `view` is null for one that is not public yet. */
type ReportParty = {
  id: AccountId
  /** Begins with `@`. */
  handle: string
  username: string
  domain: string | null
  suspendedAt: Date | null
  silencedAt: Date | null
  /** Null for accounts of other servers. */
  user: Pick<typeof users.$inferSelect, 'role' | 'roleId'> | null
  view: AccountView | null
}

/** A reported post. `before` is null where the report is older than snapshots; `now` is null where the post is gone without a trace. */
export type ReportedPost = {
  id: StatusId
  before: ReportedStatus | null
  now: PresentStatus | null
  /** Whether its words, warning or files differ from those that were reported. */
  isChanged: boolean
}

export type ReportDetail = {
  report: ReportRow
  /** Null: a person without an account. */
  reporter: ReportParty | null
  target: ReportParty
  assignedTo: ReportParty | null
  resolvedBy: ReportParty | null
  posts: ReportedPost[]
  collections: { id: CollectionId; name: string }[]
  /** Also rules that were removed. */
  rules: { id: Id<'rule'>; text: string }[]
  notes: Note[]
  /** The latest other reports about the same account. */
  related: ReportLine[]
  /** The latest strikes against the account. */
  strikes: (Pick<typeof strikes.$inferSelect, 'id' | 'text' | 'createdAt' | 'liftedAt' | 'reportId'> & {
    told: ToldAction
  })[]
  /** Whether the role of the staff lets them act on the reported account. */
  canAct: boolean
  canForward: boolean
  canAnswer: boolean
}

const maxRelated = 20
const maxPosts = 100

/**
 * Loads a report, in a fixed number of queries.
 *
 * @throws Refusal `not_permitted`, `not_found`
 */
export async function loadReport(db: Reader, uris: Uris, staff: Staff, id: ReportId): Promise<ReportDetail> {
  requirePermission(staff, 'manage_reports')
  const [report] = await db.select().from(reports).where(eq(reports.id, id))
  if (!report) throw notFound()
  const statusIds = report.statusIds.slice(0, maxPosts)
  const [parties, now, named, broken, notes, related, earlier, recipient] = [
    await loadParties(db, [report.accountId, report.targetId, report.assignedToId, report.resolvedById]),
    await loadReported(db, uris, statusIds),
    await loadCollections(db, report.collectionIds),
    await loadRules(db, report.ruleIds),
    await loadNotes(db, staff, { reportId: id }),
    await relatedReports(db, report),
    await latestStrikes(db, report.targetId),
    await loadReporter(db, report),
  ]
  const partyOf = (accountId: AccountId | null) => (accountId && parties.get(accountId)) || null
  const target = partyOf(report.targetId)
  if (!target) throw notFound()
  return {
    report,
    reporter: partyOf(report.accountId),
    target,
    assignedTo: partyOf(report.assignedToId),
    resolvedBy: partyOf(report.resolvedById),
    posts: statusIds.map((statusId) => compare(statusId, report.snapshot, now)),
    collections: named,
    rules: broken,
    notes,
    related,
    strikes: earlier,
    canAct: mayActOn(await loadRoles(db), staff, target.id, target.user),
    canForward: canForward(report, target.domain),
    canAnswer: recipient !== null && report.answeredAt === null,
  }
}

/** One query for their names and states, and those of the views. */
async function loadParties(db: Reader, ids: (AccountId | null)[]): Promise<Map<AccountId, ReportParty>> {
  const known = [...new Set(ids.flatMap((id) => id ?? []))]
  const rows = await db
    .select({
      id: accounts.id,
      username: accounts.username,
      domain: accounts.domain,
      suspendedAt: accounts.suspendedAt,
      silencedAt: accounts.silencedAt,
      user: { role: users.role, roleId: users.roleId },
    })
    .from(accounts)
    .leftJoin(users, eq(users.accountId, accounts.id))
    .where(isOneOfIds(accounts.id, known))
  const views = await loadAccountMap(db, known)
  return new Map(rows.map((row) => [row.id, { ...row, handle: `@${acctOf(row)}`, view: views.get(row.id) ?? null }]))
}

function compare(id: StatusId, snapshot: ReportedStatus[] | null, present: PresentStatus[]): ReportedPost {
  const before = snapshot?.find((post) => post.id === id) ?? null
  const now = present.find((post) => post.id === id) ?? null
  return { id, before, now, isChanged: before !== null && now !== null && wordsOf(before) !== wordsOf(now) }
}

const wordsOf = ({ text, spoilerText, media }: ReportedStatus): string =>
  JSON.stringify([text, spoilerText, media.map(({ url, description }) => [url, description])])

async function loadCollections(db: Reader, ids: CollectionId[]): Promise<ReportDetail['collections']> {
  if (ids.length === 0) return []
  return db
    .select({ id: collections.id, name: collections.name })
    .from(collections)
    .where(and(isOneOfIds(collections.id, ids), eq(collections.isForgotten, false)))
    .orderBy(asc(collections.id))
}

async function loadRules(db: Reader, ids: Id<'rule'>[]): Promise<ReportDetail['rules']> {
  if (ids.length === 0) return []
  return db
    .select({ id: rules.id, text: rules.text })
    .from(rules)
    .where(isOneOfIds(rules.id, ids))
    .orderBy(asc(rules.position), asc(rules.id))
}

function relatedReports(db: Reader, { id, targetId }: ReportRow): Promise<ReportDetail['related']> {
  return db
    .select(reportLine)
    .from(reports)
    .where(and(eq(reports.targetId, targetId), ne(reports.id, id)))
    .orderBy(desc(reports.id))
    .limit(maxRelated)
}

function latestStrikes(db: Reader, accountId: AccountId): Promise<ReportDetail['strikes']> {
  return db
    .select({
      id: strikes.id,
      told: toldAction,
      text: strikes.text,
      createdAt: strikes.createdAt,
      liftedAt: strikes.liftedAt,
      reportId: strikes.reportId,
    })
    .from(strikes)
    .where(eq(strikes.accountId, accountId))
    .orderBy(desc(strikes.id))
    .limit(maxRelated)
}
