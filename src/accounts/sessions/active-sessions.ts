import { and, eq, gt, inArray, sql } from 'drizzle-orm'
import type { Reader } from '../../platform/db/index.ts'
import { accounts, sessions, users } from '../../platform/db/schema/accounts.ts'
import { accountStatusOf } from './account-status.ts'
import { viewerColumns } from './sessions.ts'

/** The sessions among `ids` that are open and give access to an active account. A session goes by the hash of its token. */
export async function activeSessions(db: Reader, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set()
  const hashes = ids.map((id) => Buffer.from(id, 'base64url'))
  const rows = await db
    .select({ ...viewerColumns, tokenHash: sessions.tokenHash })
    .from(sessions)
    .innerJoin(users, eq(users.accountId, sessions.accountId))
    .innerJoin(accounts, eq(accounts.id, users.accountId))
    .where(and(inArray(sessions.tokenHash, hashes), gt(sessions.expiresAt, sql`now()`)))
  return new Set(
    rows
      .filter((viewer) => accountStatusOf(viewer) === 'active')
      .map(({ tokenHash }) => tokenHash.toString('base64url')),
  )
}
