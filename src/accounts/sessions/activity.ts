/** Who did something today: for the statistics of days, and so that people see which of their apps they still use. */
import { eq, sql } from 'drizzle-orm'
import { LRUCache } from 'lru-cache'
import { whereThereIsRoom } from '../../platform/db/disk-full.ts'
import type { Db } from '../../platform/db/index.ts'
import { activeDays } from '../../platform/db/schema/accounts.ts'
import { accessTokens } from '../../platform/db/schema/oauth.ts'
import type { AccountId, TokenId } from '../../platform/ids.ts'

/** The day on which this process last wrote something down, so that most requests write nothing. */
const written = new WeakMap<Db, LRUCache<string, string>>()

/** Writes down that somebody was active today (UTC), and which token they used, if any. Repeating it costs nothing. */
export async function touchActive(db: Db, accountId: AccountId, tokenId?: TokenId): Promise<void> {
  const day = new Date().toISOString().slice(0, 10)
  const known = written.get(db) ?? new LRUCache<string, string>({ max: 100_000 })
  written.set(db, known)
  if (known.get(`account ${accountId}`) !== day) {
    const done = await whereThereIsRoom(() => db.insert(activeDays).values({ day, accountId }).onConflictDoNothing())
    if (done) known.set(`account ${accountId}`, day)
  }
  if (tokenId && known.get(`token ${tokenId}`) !== day) {
    const done = await whereThereIsRoom(() =>
      db
        .update(accessTokens)
        .set({ lastUsedAt: sql`now()` })
        .where(eq(accessTokens.id, tokenId)),
    )
    if (done) known.set(`token ${tokenId}`, day)
  }
}
