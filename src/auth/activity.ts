/** Who did something today: for the statistics of days, and so that people see when an app last spoke for them. */
import type { Db } from '../db/index.ts'
import { activeDays } from '../db/schema/accounts.ts'
import type { AccountId, TokenId } from '../ids.ts'
import { markTokenUsed } from './access-tokens.ts'

/** What this process wrote down already, for each database and for one day. */
const written = new WeakMap<Db, { day: string; keys: Set<string> }>()

/**
 * Writes down that somebody was active today (UTC). It is cheap to call on each request: a process writes once a day for
 * an account, and for a token that is given.
 */
export async function touchActive(db: Db, accountId: AccountId, tokenId?: TokenId): Promise<void> {
  const day = new Date().toISOString().slice(0, 10)
  const before = written.get(db)
  const today = before?.day === day ? before : { day, keys: new Set<string>() }
  if (today !== before) written.set(db, today)

  const isNew = (key: string) => today.keys.size < today.keys.add(key).size
  if (isNew(`account ${accountId}`)) await db.insert(activeDays).values({ day, accountId }).onConflictDoNothing()
  if (tokenId && isNew(`token ${tokenId}`)) await markTokenUsed(db, tokenId)
}
