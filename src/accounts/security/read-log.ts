/** The security log: reading it. */
import { and, eq, sql } from 'drizzle-orm'
import { isOneOf } from '../../platform/db/arrays.ts'
import type { Reader } from '../../platform/db/index.ts'
import { type Page, settle, slice } from '../../platform/db/page.ts'
import { accounts } from '../../platform/db/schema/accounts.ts'
import { securityEvents } from '../../platform/db/schema/security.ts'
import type { AccountId, SecurityEventId } from '../../platform/ids.ts'
import { type SecurityKind, securityKinds } from './kinds.ts'
import type { SecurityEvent } from './log.ts'

/** An entry of the log. */
export type LogEntry = SecurityEvent & {
  id: SecurityEventId
  /** Username of the member of staff who did it; null: the person, or a stranger who tried. */
  actor: string | null
}

/** The kinds of the log that are about log-ins. */
const signInKinds = ['signedIn', 'signedInFromNewDevice', 'wrongPassword', 'wrongFactor'] satisfies SecurityKind[]

type Options = {
  /** Leaves out everything but log-ins, also those that failed. */
  onlySignIns?: boolean
  /** Whether the reader may see addresses. */
  showsAddresses: boolean
}

/** A page of an account's log, newest first. Kinds of later versions are left out. */
export async function loadSecurityLog(
  db: Reader,
  accountId: AccountId,
  page: Page,
  { onlySignIns = false, showsAddresses }: Options,
): Promise<LogEntry[]> {
  const { where, orderBy, limit } = slice(securityEvents.id, page)
  const rows = await db
    .select({
      id: securityEvents.id,
      kind: sql<SecurityKind>`${securityEvents.kind}`,
      details: securityEvents.details,
      userAgent: securityEvents.userAgent,
      address: showsAddresses ? securityEvents.address : sql<null>`null`,
      createdAt: securityEvents.createdAt,
      actor: accounts.username,
    })
    .from(securityEvents)
    .leftJoin(accounts, eq(accounts.id, securityEvents.actorId))
    .where(
      and(
        eq(securityEvents.accountId, accountId),
        isOneOf(securityEvents.kind, onlySignIns ? signInKinds : Object.keys(securityKinds)),
        where,
      ),
    )
    .orderBy(orderBy)
    .limit(limit)
  return settle(page, rows)
}
