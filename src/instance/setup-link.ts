/** The first start: a one-time link in the terminal allows to make the owner's account. */
import { eq } from 'drizzle-orm'
import type { Reader } from '../platform/db/index.ts'
import { users } from '../platform/db/schema/accounts.ts'
import type { Secrets } from '../platform/secrets.ts'

const subject = 'setup'

/** The token of the set-up link. It is the same on every start, and invalid as soon as there is an owner. */
export const setupToken = (secrets: Secrets): string => secrets.sign('links', subject)

/** Whether the instance has an owner. Without one, the set-up page is open to everybody with the token. */
export async function hasOwner(db: Pick<Reader, 'select'>): Promise<boolean> {
  const owners = await db.select({ id: users.accountId }).from(users).where(eq(users.role, 'owner')).limit(1)
  return owners.length > 0
}

/** Whether a token opens the set-up page at this moment. */
export async function opensSetup(db: Pick<Reader, 'select'>, secrets: Secrets, token: string): Promise<boolean> {
  return secrets.verify('links', subject, token) && !(await hasOwner(db))
}
