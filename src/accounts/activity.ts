import type { Db } from '../db/index.ts'
import { activeDays } from '../db/schema/accounts.ts'
import type { AccountId } from '../ids.ts'

/** Who was active today as far as this process wrote it down, for each database. */
const written = new WeakMap<Db, { day: string; accounts: Set<AccountId> }>()

/** Writes down that somebody who is logged in was here today (UTC), for the statistics. Cheap enough for every request. */
export async function noteActivity(db: Db, accountId: AccountId): Promise<void> {
  const day = new Date().toISOString().slice(0, 10)
  let today = written.get(db)
  if (today?.day !== day) {
    today = { day, accounts: new Set() }
    written.set(db, today)
  }
  if (today.accounts.has(accountId)) return
  await db.insert(activeDays).values({ day, accountId }).onConflictDoNothing()
  today.accounts.add(accountId)
}
