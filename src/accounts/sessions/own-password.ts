/** Asking a logged-in person for the password again, before they change something that an intruder would change. */
import { eq } from 'drizzle-orm'
import type { App } from '../../platform/app.ts'
import { users } from '../../platform/db/schema/accounts.ts'
import { Refusal } from '../../platform/errors.ts'
import type { AccountId } from '../../platform/ids.ts'
import { problemWith } from '../../text/refusals.ts'
import type { Client } from '../security/client.ts'
import { isKnownIn } from './devices.ts'
import { countKnownAttempt, countUnknownAttempt, recordWrongPassword, verifyCounted } from './password-attempts.ts'

/**
 * Checks that a logged-in person knows the password of their account. Who took over a session in a browser of their own does not use up
 * the attempts of the owner's.
 *
 * @param field that the refusal is about
 * @throws Refusal `invalid` when the password is wrong, or the account has none; TooMany
 */
export async function checkOwnPassword(
  app: App,
  accountId: AccountId,
  password: string,
  client: Client,
  field = 'password',
): Promise<void> {
  const [user] = await app.db
    .select({ passwordHash: users.passwordHash, isKnown: isKnownIn(client.device) })
    .from(users)
    .where(eq(users.accountId, accountId))
  const attempt =
    user?.isKnown && client.device !== null
      ? await countKnownAttempt(app, accountId, client.device)
      : await countUnknownAttempt(app, accountId)
  if (await verifyCounted(attempt, user?.passwordHash ?? null, password)) return
  await recordWrongPassword(app, accountId, accountId, client, 'settings')
  const problem = problemWith(field, 'ERR_INVALID', 'wrong')
  throw new Refusal('invalid', `${field.replaceAll('_', ' ')} ${problem.message}`, [problem])
}
