/**
 * Records which accounts were active on a day, for statistics, and when and from which address a session or token was last used, so
 * that people see which browsers and apps have access. Most requests write nothing.
 */
import { and, eq, type SQL, sql } from 'drizzle-orm'
import { LRUCache } from 'lru-cache'
import { whereThereIsRoom } from '../../platform/db/disk-full.ts'
import type { Db } from '../../platform/db/index.ts'
import { perDatabase } from '../../platform/db/per-database.ts'
import { activeDays, sessions } from '../../platform/db/schema/accounts.ts'
import { accessTokens } from '../../platform/db/schema/oauth.ts'
import type { AccountId, TokenId } from '../../platform/ids.ts'
import { hourMs, minuteMs } from '../../platform/time.ts'
import { hashSecret } from './tokens.ts'

/** What this process recorded last: the day of each account, and the time and address of each session and token. */
const recorded = perDatabase(() => ({
  days: new LRUCache<AccountId, string>({ max: 100_000 }),
  uses: new LRUCache<string, { at: number; address: string }>({ max: 100_000 }),
}))

/** Records that an account was active today (UTC). Repeating it costs nothing. */
export async function touchActive(db: Db, accountId: AccountId): Promise<void> {
  const day = new Date().toISOString().slice(0, 10)
  const { days } = recorded({ db })
  if (days.get(accountId) === day) return
  const done = await whereThereIsRoom(() => db.insert(activeDays).values({ day, accountId }).onConflictDoNothing())
  if (done) days.set(accountId, day)
}

/** Records that a session was used. @returns whether that was due, as it is once an hour */
export function touchSession(db: Db, token: string, address: string): Promise<boolean> {
  const tokenHash = hashSecret(token)
  return touch(db, `session ${tokenHash.toString('base64url')}`, address, () =>
    db
      .update(sessions)
      .set({ lastUsedAt: sql`now()`, address: address || null })
      .where(and(eq(sessions.tokenHash, tokenHash), isNews(sessions.lastUsedAt, sessions.address, address))),
  )
}

/** Records that an app's token was used. */
export async function touchToken(db: Db, tokenId: TokenId, address: string): Promise<void> {
  await touch(db, `token ${tokenId}`, address, () =>
    db
      .update(accessTokens)
      .set({ lastUsedAt: sql`now()`, lastAddress: address || null })
      .where(and(eq(accessTokens.id, tokenId), isNews(accessTokens.lastUsedAt, accessTokens.lastAddress, address))),
  )
}

/** Another process may have recorded the use. */
const isNews = (
  lastUsedAt: typeof sessions.lastUsedAt | typeof accessTokens.lastUsedAt,
  lastAddress: typeof sessions.address | typeof accessTokens.lastAddress,
  address: string,
): SQL =>
  sql`(${lastUsedAt} is null or ${lastUsedAt} < now() - interval '1 hour' or ${lastAddress} is distinct from ${address || null})`

/** Writes a use once an hour, and when the address changes; no more than once a minute, as some clients have several addresses. */
async function touch(db: Db, key: string, address: string, write: () => Promise<unknown>): Promise<boolean> {
  const { uses } = recorded({ db })
  const last = uses.get(key)
  const now = Date.now()
  if (last && now - last.at < (last.address === address ? hourMs : minuteMs)) return false
  // Set first, as a page's requests arrive together.
  uses.set(key, { at: now, address })
  let isDone = false
  try {
    isDone = (await whereThereIsRoom(write)) !== null
  } finally {
    if (!isDone) uses.delete(key)
  }
  return true
}
