/** Asking a logged-in person for the password again, before they change something that an intruder would change. */
import { eq } from 'drizzle-orm'
import type { App } from '../../platform/app.ts'
import { users } from '../../platform/db/schema/accounts.ts'
import { Refusal } from '../../platform/errors.ts'
import type { AccountId } from '../../platform/ids.ts'
import { problemWith } from '../../text/refusals.ts'
import type { Client } from '../security/client.ts'
import { countKnownAttempt, recordWrongPassword, verifyCounted } from './password-attempts.ts'

/** The logged-in account of a request, with its browser. */
export type Owner = {
  accountId: AccountId
  /** The secret of the session. */
  session: string
  client: Client
}

/**
 * Checks that a logged-in person knows the password of their account. Wrong attempts are limited for the session alone, so that the
 * thief of one session does not keep the owner out of another.
 *
 * @param field that the refusal is about
 * @throws Refusal `invalid` when the password is wrong, or the account has none; TooMany
 */
export async function checkOwnPassword(
  app: App,
  { accountId, session, client }: Owner,
  password: string,
  field = 'password',
): Promise<void> {
  const attempt = await countKnownAttempt(app, accountId, session)
  const [user] = await app.db
    .select({ passwordHash: users.passwordHash })
    .from(users)
    .where(eq(users.accountId, accountId))
  if (await verifyCounted(attempt, user?.passwordHash ?? null, password)) return
  await recordWrongPassword(app, accountId, accountId, client, 'settings')
  const problem = problemWith(field, 'ERR_INVALID', 'wrong')
  throw new Refusal('invalid', `${field.replaceAll('_', ' ')} ${problem.message}`, [problem])
}
