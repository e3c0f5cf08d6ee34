import { eq } from 'drizzle-orm'
import type { Reader } from '../db/index.ts'
import { accounts, users } from '../db/schema/accounts.ts'
import type { AccountId } from '../ids.ts'
import { isNobodys } from './nobodys-address.ts'

/** Where a local account gets its mails. */
export type Recipient = { email: string; username: string }

/** Whom a mail to a local account goes to; null when it has no login any more. */
export async function mailRecipient(db: Pick<Reader, 'select'>, accountId: AccountId): Promise<Recipient | null> {
  const [found] = await db
    .select({ email: users.email, username: accounts.username })
    .from(users)
    .innerJoin(accounts, eq(accounts.id, users.accountId))
    .where(eq(users.accountId, accountId))
  return found && !isNobodys(found.email) ? found : null
}
