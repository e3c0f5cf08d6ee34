/** Reading the audit log. */
import { and, eq, isNull, type SQL, sql } from 'drizzle-orm'
import { isOneOf } from '../../platform/db/arrays.ts'
import type { Reader } from '../../platform/db/index.ts'
import { type Page, settle, slice } from '../../platform/db/page.ts'
import { accounts } from '../../platform/db/schema/accounts.ts'
import { auditLog } from '../../platform/db/schema/moderation.ts'
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
}

export const auditKinds = Object.keys(auditActions) as AuditKind[]

/**
 * A page of the audit log, newest first. Entries of later versions, whose kinds are unknown here, are left out.
 *
 * @throws Refusal `not_permitted`
 */
export async function readAudit(db: Reader, staff: Staff, filter: AuditFilter, page: Page): Promise<AuditEntry[]> {
  requirePermission(staff, 'view_audit_log')
  const { where, orderBy, limit } = slice(auditLog.id, page)
  const { actor, kind, action, target } = filter
  const rows = await db
    .select()
    .from(auditLog)
    .where(
      and(
        actor === '' ? undefined : isBy(actor),
        isOneOf(auditLog.targetKind, kind === null ? auditKinds : [kind]),
        action === '' ? undefined : eq(auditLog.action, action),
        target === '' ? undefined : isAbout(target),
        where,
      ),
    )
    .orderBy(orderBy)
    .limit(limit)
  return settle(page, rows as AuditEntry[])
}

const accountNamed = (name: string): SQL =>
  sql`(select id from ${accounts} where lower(username) = ${name.toLowerCase()} and coalesce(domain, '') = '')`

function isBy(actor: string): SQL | undefined {
  const isMachine = [commandLine.name, schedule.name].includes(actor)
  return isMachine
    ? and(isNull(auditLog.actorId), eq(auditLog.actorName, actor))
    : sql`${auditLog.actorId} = ${accountNamed(actor)}`
}

const isAbout = (target: string): SQL =>
  sql`${auditLog.targetId} = any(array[${target}::text, ${accountNamed(target)}::text])`
