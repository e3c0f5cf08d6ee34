/**
 * Records which accounts were active on a day, for statistics, and when a token was last used, so that people see which
 * apps they still use.
 */
import { eq, sql } from 'drizzle-orm'
import { LRUCache } from 'lru-cache'
import { whereThereIsRoom } from '../../platform/db/disk-full.ts'
import type { Db } from '../../platform/db/index.ts'
import { activeDays } from '../../platform/db/schema/accounts.ts'
import { accessTokens } from '../../platform/db/schema/oauth.ts'
import type { AccountId, TokenId } from '../../platform/ids.ts'

/** The day on which this process last recorded an account or token, so that most requests write nothing. */
const lastDaysByDb = new WeakMap<Db, LRUCache<string, string>>()

/** Records that an account was active today (UTC), and with which token, if any. Repeating it costs nothing. */
export async function touchActive(db: Db, accountId: AccountId, tokenId?: TokenId): Promise<void> {
  const day = new Date().toISOString().slice(0, 10)
  const lastDays = lastDaysByDb.get(db) ?? new LRUCache<string, string>({ max: 100_000 })
  lastDaysByDb.set(db, lastDays)
  if (lastDays.get(`account ${accountId}`) !== day) {
    const done = await whereThereIsRoom(() => db.insert(activeDays).values({ day, accountId }).onConflictDoNothing())
    if (done) lastDays.set(`account ${accountId}`, day)
  }
  if (tokenId && lastDays.get(`token ${tokenId}`) !== day) {
    const done = await whereThereIsRoom(() =>
      db
        .update(accessTokens)
        .set({ lastUsedAt: sql`now()` })
        .where(eq(accessTokens.id, tokenId)),
    )
    if (done) lastDays.set(`token ${tokenId}`, day)
  }
}
