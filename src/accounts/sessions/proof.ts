/** Proofs: before a strong action, a person shows again that the account is theirs. */
import { and, eq, gt, sql } from 'drizzle-orm'
import type { Reader, Tx } from '../../platform/db/index.ts'
import { sessions, users } from '../../platform/db/schema/accounts.ts'
import type { AccountId } from '../../platform/ids.ts'
import { renewSession } from './sessions.ts'
import { hashSecret } from './tokens.ts'

/** A proof stays good for this long. */
export const proofMinutes = 10

/**
 * Records, after a password, factor or provider proved it, that the person of a session is the owner of its account. The session
 * gets a new token: whoever copied the earlier one gains nothing by the proof.
 *
 * @param token of the session's cookie
 * @returns the new token; null if the session has ended, or is another account's
 */
export async function recordProof(tx: Tx, accountId: AccountId, token: string): Promise<string | null> {
  return renewSession(tx, accountId, token, { provedAt: sql`now()` })
}

/** Whether the person of a session proved in the last 10 minutes to be the owner of its account. */
export async function isProved(db: Reader, accountId: AccountId, token: string): Promise<boolean> {
  const rows = await db
    .select({ accountId: sessions.accountId })
    .from(sessions)
    .where(
      and(
        eq(sessions.tokenHash, hashSecret(token)),
        eq(sessions.accountId, accountId),
        gt(sessions.expiresAt, sql`now()`),
        gt(sessions.provedAt, sql`now() - ${proofMinutes} * interval '1 minute'`),
      ),
    )
  return rows.length > 0
}

/** Whether an account has a password: people who came by a provider or a passkey may have none. */
export async function hasPassword(db: Reader, accountId: AccountId): Promise<boolean> {
  const [user] = await db.select({ passwordHash: users.passwordHash }).from(users).where(eq(users.accountId, accountId))
  return user?.passwordHash != null
}
