/** Reading the audit log. */
import { type AnyColumn, and, asc, desc, eq, gte, isNull, lt, lte, or, type SQL, sql } from 'drizzle-orm'
import { isOneOf, isOneOfIds } from '../../platform/db/arrays.ts'
import type { Reader } from '../../platform/db/index.ts'
import { type Page, settle, slice } from '../../platform/db/page.ts'
import { accounts } from '../../platform/db/schema/accounts.ts'
import { auditLog, reports, strikes } from '../../platform/db/schema/moderation.ts'
import { type AccountId, type AuditId, firstIdAt, type Id, type ReportId } from '../../platform/ids.ts'
import { addDays } from '../../platform/time.ts'
import { auditActions, type AuditKind } from './audit.ts'
import { commandLine, requirePermission, schedule, type Staff } from './staff.ts'

export type AuditEntry = Omit<typeof auditLog.$inferSelect, 'targetKind'> & { targetKind: AuditKind }

/** What to list; an empty text is no condition. */
export type AuditFilter = {
  /** The username of a member of staff, or the name of the command line or the schedule. */
  actor: string
  kind: AuditKind | null
  action: string
  /** The id of the object, or the username of a local account. */
  target: string
  /** Everything because of a report: what was done with it, its notes, looks at posts, and strikes with what became of them. */
  reportId: ReportId | null
  /** The first and the last day, `YYYY-MM-DD` (UTC). */
  from: string
  to: string
}

export const auditKinds = Object.keys(auditActions) as AuditKind[]

/** Up to this number of entries are found by an index, whatever is asked of them besides. */
const fewEntries = 1_000

/**
 * A page of the audit log, newest first. Entries of later versions, whose kinds are unknown here, are left out.
 *
 * @throws Refusal `not_permitted`
 */
export async function readAudit(db: Reader, staff: Staff, filter: AuditFilter, page: Page): Promise<AuditEntry[]> {
  requirePermission(staff, 'view_audit_log')
  const { where, orderBy, limit } = slice(auditLog.id, page)
  const { kind, action, target, from, to, reportId } = filter
  const actor = filter.actor === '' ? null : await actorNamed(db, filter.actor)
  if (actor === 'nobody') return []
  const few = await fewestEntries(db, [
    ...(actor ? [{ where: actor.isIn, order: [auditLog.actorId, auditLog.id] }] : []),
    ...(action === '' ? [] : [{ where: isValue(auditLog.action, action), order: [auditLog.action, auditLog.id] }]),
    ...(kind === null
      ? []
      : [{ where: isValue(auditLog.targetKind, kind), order: [auditLog.targetKind, auditLog.targetId, auditLog.id] }]),
  ])
  const rows = await db
    .select()
    .from(auditLog)
    .where(
      and(
        few === null ? undefined : isOneOfIds(auditLog.id, few),
        reportId === null ? undefined : isOneOfIds(auditLog.id, await entriesOfReport(db, reportId)),
        actor?.is,
        isOneOf(auditLog.targetKind, kind === null ? auditKinds : [kind]),
        action === '' ? undefined : eq(auditLog.action, action),
        target === '' ? undefined : isAbout(target),
        from === '' ? undefined : gte(auditLog.id, firstIdOf(from)),
        to === '' ? undefined : lt(auditLog.id, firstIdOf(addDays(to, 1))),
        where,
      ),
    )
    .orderBy(orderBy)
    .limit(limit)
  return settle(page, (rows as AuditEntry[]).map(asNow))
}

/** How the entries of older versions are called, where all strikes without an effect of their own were warnings. */
const strikeNames: Record<string, string> = {
  'warn delete_statuses': 'deletePosts',
  'warn mark_statuses_as_sensitive': 'markPosts',
  'unwarn delete_statuses': 'liftStrike',
  'unwarn mark_statuses_as_sensitive': 'liftStrike',
}

const asNow = (entry: AuditEntry): AuditEntry => ({
  ...entry,
  action: strikeNames[`${entry.action} ${String(entry.details['action'])}`] ?? entry.action,
})

/**
 * The latest entries about an object, newest first.
 *
 * @throws Refusal `not_permitted`
 */
export async function latestAudit(
  db: Reader,
  staff: Staff,
  kind: AuditKind,
  id: string,
  limit: number,
): Promise<AuditEntry[]> {
  requirePermission(staff, 'view_audit_log')
  const rows = await db
    .select()
    .from(auditLog)
    .where(and(isValue(auditLog.targetKind, kind), isValue(auditLog.targetId, id)))
    .orderBy(desc(auditLog.targetKind), desc(auditLog.targetId), desc(auditLog.id))
    .limit(limit)
  return (rows as AuditEntry[]).map(asNow)
}

/** The latest entries about a report: up to 1,000 of each kind, which indexes find one by one. */
async function entriesOfReport(db: Reader, reportId: ReportId): Promise<AuditId[]> {
  const [report] = await db.select({ targetId: reports.targetId }).from(reports).where(eq(reports.id, reportId))
  const struck = await db
    .select({ id: strikes.id, statusIds: strikes.statusIds })
    .from(strikes)
    .where(eq(strikes.reportId, reportId))
    .limit(fewEntries)
  const strikeIds = struck.map(({ id }) => id)
  const statusIds = [...new Set(struck.flatMap((one) => one.statusIds))]
  const detail = (name: string) => sql`${auditLog.details} ->> ${name}`
  const isBecauseOfIt = or(
    eq(detail('reportId'), reportId),
    eq(detail('report'), reportId),
    isOneOf(detail('strikeId'), strikeIds),
  )
  const isSince = gte(auditLog.id, reportId as Id<string> as AuditId)
  const conditions = [
    and(eq(auditLog.targetKind, 'report'), eq(auditLog.targetId, reportId)),
    // A note has an id of its own, which is gone with it.
    and(isOneOf(auditLog.action, ['write', 'delete']), eq(auditLog.targetKind, 'note'), isBecauseOfIt),
    ...(report ? [and(eq(auditLog.targetKind, 'account'), eq(auditLog.targetId, report.targetId), isBecauseOfIt)] : []),
    ...(statusIds.length > 0 ? [and(eq(auditLog.targetKind, 'status'), isOneOf(auditLog.targetId, statusIds))] : []),
    ...(strikeIds.length > 0 ? [and(eq(auditLog.targetKind, 'appeal'), isOneOf(auditLog.targetId, strikeIds))] : []),
  ]
  const found: AuditId[] = []
  for (const where of conditions) {
    const rows = await db
      .select({ id: auditLog.id })
      .from(auditLog)
      .where(and(where, isSince))
      .orderBy(desc(auditLog.id))
      .limit(fewEntries)
    found.push(...rows.map(({ id }) => id))
  }
  return found
}

/** Ids go by time, so that the primary key finds a day. */
const firstIdOf = (day: string): AuditId => firstIdAt(new Date(Math.max(0, Date.parse(`${day}T00:00:00Z`))))

/** A condition of which an index has the entries in this order. */
type Indexed = { where: SQL | undefined; order: readonly AnyColumn[] }

/**
 * The ids of the entries that fulfil one of some conditions, the one with the fewest; null if each has many. Without them, PostgreSQL looks
 * for rare entries from the newest on through the whole log.
 */
async function fewestEntries(db: Reader, conditions: readonly Indexed[]): Promise<AuditId[] | null> {
  let fewest: AuditId[] | null = null
  for (const { where, order } of conditions) {
    const found = await db
      .select({ id: auditLog.id })
      .from(auditLog)
      .where(where)
      .orderBy(...order.map((column) => asc(column)))
      .limit(fewEntries)
    if (found.length < (fewest?.length ?? fewEntries)) fewest = found.map(({ id }) => id)
  }
  return fewest
}

/** As a range, as which PostgreSQL takes the index with the wanted order, rather than one that has nothing but the order of ids. */
const isValue = (column: AnyColumn, value: string): SQL | undefined => and(gte(column, value), lte(column, value))

/** How to find what somebody did; `nobody` when there is no such account. */
async function actorNamed(
  db: Reader,
  name: string,
): Promise<{ is: SQL | undefined; isIn: SQL | undefined } | 'nobody'> {
  if ([commandLine.name, schedule.name].includes(name))
    return { is: and(isNull(auditLog.actorId), eq(auditLog.actorName, name)), isIn: isNull(auditLog.actorId) }
  const { rows } = await db.execute<{ id: AccountId }>(accountNamed(name))
  const id = rows[0]?.id
  return id === undefined ? 'nobody' : { is: eq(auditLog.actorId, id), isIn: isValue(auditLog.actorId, id) }
}

const accountNamed = (name: string): SQL =>
  sql`(select id from ${accounts} where lower(username) = ${name.toLowerCase()} and coalesce(domain, '') = '')`

const isAbout = (target: string): SQL =>
  sql`${auditLog.targetId} = any(array[${target}::text, ${accountNamed(target)}::text])`
