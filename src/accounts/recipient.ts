import { eq } from 'drizzle-orm'
import type { Reader } from '../platform/db/index.ts'
import { accounts, users } from '../platform/db/schema/accounts.ts'
import type { AccountId } from '../platform/ids.ts'
import { isPlaceholder } from './sign-up/placeholder-address.ts'

/** Where a local account gets its mails. */
export type Recipient = { email: string; username: string }

/** Whom a mail to a local account goes to; null when it has no login any more. */
export async function mailRecipient(db: Pick<Reader, 'select'>, accountId: AccountId): Promise<Recipient | null> {
  const [found] = await db
    .select({ email: users.email, username: accounts.username })
    .from(users)
    .innerJoin(accounts, eq(accounts.id, users.accountId))
    .where(eq(users.accountId, accountId))
  return found && !isPlaceholder(found.email) ? found : null
}
