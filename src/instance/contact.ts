import { asc, eq } from 'drizzle-orm'
import type { Reader } from '../db/index.ts'
import { users } from '../db/schema/accounts.ts'
import type { AccountId } from '../ids.ts'

/** Who answers for the instance: its first owner; null before there is one. */
export async function ownerOf(db: Reader): Promise<AccountId | null> {
  const [owner] = await db.select({ id: users.accountId }).from(users).where(eq(users.role, 'owner')).orderBy(asc(users.createdAt)).limit(1)
  return owner?.id ?? null
}
