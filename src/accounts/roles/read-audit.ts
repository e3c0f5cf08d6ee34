/** Reading the audit log. */
import { type AnyColumn, and, asc, eq, gte, isNull, lt, lte, type SQL, sql } from 'drizzle-orm'
import { isOneOf, isOneOfIds } from '../../platform/db/arrays.ts'
import type { Reader } from '../../platform/db/index.ts'
import { type Page, settle, slice } from '../../platform/db/page.ts'
import { accounts } from '../../platform/db/schema/accounts.ts'
import { auditLog } from '../../platform/db/schema/moderation.ts'
import { type AccountId, type AuditId, firstIdAt } from '../../platform/ids.ts'
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
  const { kind, action, target, from, to } = filter
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
  return settle(page, rows as AuditEntry[])
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
