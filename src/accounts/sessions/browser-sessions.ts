/** Sessions of several accounts in one browser, which holds the token of each. */
import { and, eq, gt, inArray, sql } from 'drizzle-orm'
import type { Db, Reader } from '../../platform/db/index.ts'
import { accounts, sessions, users } from '../../platform/db/schema/accounts.ts'
import type { AccountId } from '../../platform/ids.ts'
import type { Client } from '../security/client.ts'
import { endSession, sessionIdOf } from './open-sessions.ts'
import { viewerColumns } from './sessions.ts'
import { hashSecret } from './tokens.ts'

/** Accounts that one browser may be logged in to. */
export const maxBrowserAccounts = 5

/** A session that a browser can switch to. */
export type BrowserSession = { token: string; accountId: AccountId; username: string }

/**
 * The sessions among a browser's tokens that are still open, in the order of the tokens.
 *
 * @param tokens at most a handful
 */
export async function openSessions(db: Reader, tokens: readonly string[]): Promise<BrowserSession[]> {
  if (tokens.length === 0) return []
  const rows = await db
    .select({ ...viewerColumns, tokenHash: sessions.tokenHash })
    .from(sessions)
    .innerJoin(users, eq(users.accountId, sessions.accountId))
    .innerJoin(accounts, eq(accounts.id, users.accountId))
    .where(and(inArray(sessions.tokenHash, tokens.map(hashSecret)), gt(sessions.expiresAt, sql`now()`)))
  const byHash = new Map(rows.map((row) => [row.tokenHash.toString('hex'), row]))
  return tokens.flatMap((token) => {
    const row = byHash.get(hashSecret(token).toString('hex'))
    return row && !row.isDisabled ? [{ token, accountId: row.accountId, username: row.username }] : []
  })
}

/** Ends sessions that new ones take the place of. */
export async function replaceSessions(db: Db, old: readonly BrowserSession[]): Promise<void> {
  if (old.length === 0) return
  await db.delete(sessions).where(
    inArray(
      sessions.tokenHash,
      old.map(({ token }) => hashSecret(token)),
    ),
  )
}

/** Ends sessions of a browser by the wish of its person, each with an entry in the log of its account. */
export async function endBrowserSessions(
  db: Db,
  ended: readonly Pick<BrowserSession, 'token' | 'accountId'>[],
  client: Client,
): Promise<void> {
  await db.transaction(async (tx) => {
    for (const { token, accountId } of ended) await endSession(tx, accountId, sessionIdOf(token), { client })
  })
}
