import { eq } from 'drizzle-orm'
import type { Tx } from '../platform/db/index.ts'
import { users } from '../platform/db/schema/accounts.ts'
import type { AccountId } from '../platform/ids.ts'

/** Makes changes of an account's ways in come one after the other: at the same moment, each would rely on what the other takes away. */
export async function lockUser(tx: Tx, accountId: AccountId): Promise<void> {
  await tx.select({ id: users.accountId }).from(users).where(eq(users.accountId, accountId)).for('update')
}
