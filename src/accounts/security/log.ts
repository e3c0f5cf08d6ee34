/** The security log: writing it. A mail follows where somebody else may have acted. */
import { eq, sql } from 'drizzle-orm'
import { emit } from '../../outbox/emit.ts'
import type { Reader, Tx } from '../../platform/db/index.ts'
import { accounts, users } from '../../platform/db/schema/accounts.ts'
import { securityEvents } from '../../platform/db/schema/security.ts'
import { type AccountId, newId, type SecurityEventId } from '../../platform/ids.ts'
import type { Client } from './client.ts'
import { type SecurityKind, securityKinds } from './kinds.ts'

type Circumstances = {
  /** The browser or app that did it; null: a member of staff or the command line. */
  client: Client | null
  /** The member of staff who did it. */
  actorId?: AccountId
  /** Values of the kind's texts, such as the name of a passkey. Never a secret. */
  details?: Record<string, string>
}

/** Records an event in the account's security log, and queues the mail of its kind. */
export async function logSecurity(
  tx: Tx,
  accountId: AccountId,
  kind: SecurityKind,
  { client, actorId, details = {} }: Circumstances,
): Promise<void> {
  const id = newId<SecurityEventId>()
  await tx
    .insert(securityEvents)
    .values({
      id,
      accountId,
      kind,
      actorId: actorId ?? null,
      address: client?.address || null,
      userAgent: client?.userAgent.slice(0, 300) ?? '',
      details,
    })
  if (await isMailed(tx, accountId, kind)) await emit(tx, { type: 'security.recorded', eventId: id })
}

async function isMailed(tx: Tx, accountId: AccountId, kind: SecurityKind): Promise<boolean> {
  const { mails, quietMinutes }: { mails: boolean; quietMinutes?: number } = securityKinds[kind]
  if (!mails || quietMinutes === undefined) return mails
  const { rows } = await tx.execute(sql`
    insert into attempts (key, count, expires_at)
    values (${`mail ${kind} to ${accountId}`}, 1, now() + ${quietMinutes} * interval '1 minute')
    on conflict (key) do update set expires_at = excluded.expires_at where attempts.expires_at < now()
    returning key`)
  return rows.length > 0
}

export type SecurityEvent = {
  kind: SecurityKind
  details: Record<string, string>
  userAgent: string
  address: string | null
  createdAt: Date
}

/** An event with the recipient of its mail; null when the account is gone. */
export async function loadSecurityMail(
  db: Reader,
  id: SecurityEventId,
): Promise<
  (SecurityEvent & { username: string; email: string; locale: string | null; timeZone: string | null }) | null
> {
  const [row] = await db
    .select({
      kind: securityEvents.kind,
      details: securityEvents.details,
      userAgent: securityEvents.userAgent,
      address: securityEvents.address,
      createdAt: securityEvents.createdAt,
      username: accounts.username,
      email: users.email,
      locale: users.locale,
      timeZone: users.timeZone,
    })
    .from(securityEvents)
    .innerJoin(users, eq(users.accountId, securityEvents.accountId))
    .innerJoin(accounts, eq(accounts.id, securityEvents.accountId))
    .where(eq(securityEvents.id, id))
  return row && isKind(row.kind) ? { ...row, kind: row.kind } : null
}

/** False for kinds that a later version wrote. */
const isKind = (kind: string): kind is SecurityKind => Object.hasOwn(securityKinds, kind)
