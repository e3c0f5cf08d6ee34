import { eq } from 'drizzle-orm'
import type { Reader } from '../platform/db/index.ts'
import { accounts, users } from '../platform/db/schema/accounts.ts'
import type { AccountId } from '../platform/ids.ts'
import { isPlaceholder } from './sign-up/placeholder-address.ts'

/** The mail address of a local account, and its name for the greeting, and its language (a BCP 47 tag). */
export type Recipient = { email: string; username: string; locale: string | null }

/** The recipient of a mail to a local account; null for a deleted account, or one with a placeholder address. */
export async function mailRecipient(db: Pick<Reader, 'select'>, accountId: AccountId): Promise<Recipient | null> {
  const [row] = await db
    .select({ email: users.email, username: accounts.username, locale: users.locale })
    .from(users)
    .innerJoin(accounts, eq(accounts.id, users.accountId))
    .where(eq(users.accountId, accountId))
  return row && !isPlaceholder(row.email) ? row : null
}
