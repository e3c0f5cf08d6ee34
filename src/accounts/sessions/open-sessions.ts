/** The browsers in which an account is logged in: seeing and ending them. A session goes by the hash of its token, which is no secret. */
import { and, desc, eq, gt, ne, sql } from 'drizzle-orm'
import type { Reader, Tx } from '../../platform/db/index.ts'
import { identities, sessions } from '../../platform/db/schema/accounts.ts'
import type { AccountId } from '../../platform/ids.ts'
import type { Client } from '../security/client.ts'
import { logSecurity } from '../security/log.ts'
import { hashSecret } from './tokens.ts'

export type OpenSession = {
  /** SHA-256 of its token, in base64url. */
  id: string
  userAgent: string
  since: Date
  /** The hour of its last use; null for sessions older than this record. */
  lastUsedAt: Date | null
  /** The address of its last use; null: unknown, or deleted. */
  address: string | null
  /** Name of the provider by which the person logged in; null: by password or passkey. */
  provider: string | null
  /** Whether it is that of the request. */
  isThis: boolean
}

const maxShown = 200

/** The id of the session with a token. */
export const sessionIdOf = (token: string): string => hashSecret(token).toString('base64url')

/**
 * The browsers in which an account is logged in, the last used first.
 *
 * @param token of the request's own session
 */
export async function loadSessions(db: Reader, accountId: AccountId, token: string | null): Promise<OpenSession[]> {
  const rows = await db
    .select({
      tokenHash: sessions.tokenHash,
      userAgent: sessions.userAgent,
      since: sessions.createdAt,
      lastUsedAt: sessions.lastUsedAt,
      address: sessions.address,
      provider: identities.provider,
    })
    .from(sessions)
    .leftJoin(identities, eq(identities.id, sessions.identityId))
    .where(and(eq(sessions.accountId, accountId), gt(sessions.expiresAt, sql`now()`)))
    .orderBy(desc(sql`coalesce(${sessions.lastUsedAt}, ${sessions.createdAt})`), sessions.tokenHash)
    .limit(maxShown)
  const ownHash = token === null ? null : hashSecret(token)
  return rows.map(({ tokenHash, ...session }) => ({
    ...session,
    id: tokenHash.toString('base64url'),
    isThis: ownHash !== null && ownHash.equals(tokenHash),
  }))
}

/** Who ends a session: the person in a browser, or a member of staff. */
export type EndedBy = { client: Client } | { actorId: AccountId }

/**
 * Ends one session of an account.
 *
 * @param id as `loadSessions` gives it
 * @returns false when the account has no such session
 */
export async function endSession(tx: Tx, accountId: AccountId, id: string, by: EndedBy): Promise<boolean> {
  const [ended] = await tx
    .delete(sessions)
    .where(and(eq(sessions.accountId, accountId), eq(sessions.tokenHash, Buffer.from(id, 'base64url'))))
    .returning({ userAgent: sessions.userAgent })
  if (!ended) return false
  await logSecurity(tx, accountId, 'sessionEnded', {
    ...circumstances(by),
    details: { browser: ended.userAgent, count: '1' },
  })
  return true
}

/**
 * Ends all sessions of an account but one.
 *
 * @param exceptToken of the session that stays
 */
export async function endOtherSessions(
  tx: Tx,
  accountId: AccountId,
  exceptToken: string | null,
  by: EndedBy,
): Promise<void> {
  const ended = await tx
    .delete(sessions)
    .where(
      and(
        eq(sessions.accountId, accountId),
        exceptToken === null ? undefined : ne(sessions.tokenHash, hashSecret(exceptToken)),
      ),
    )
    .returning({ userAgent: sessions.userAgent })
  const [first] = ended
  if (!first) return
  const details = { browser: first.userAgent, count: String(ended.length) }
  await logSecurity(tx, accountId, 'sessionEnded', { ...circumstances(by), details })
}

const circumstances = (by: EndedBy) => ('client' in by ? by : { client: null, actorId: by.actorId })
