/** Asking a logged-in person for a code, before they change something that an intruder would change. */
import type { App } from '../../platform/app.ts'
import { Refusal } from '../../platform/errors.ts'
import type { AccountId } from '../../platform/ids.ts'
import { problemWith } from '../../text/refusals.ts'
import type { Client } from '../security/client.ts'
import { recordWrongPassword } from '../sessions/password-attempts.ts'
import { countFactorAttempt, useCode } from './use-code.ts'

/**
 * Checks that a logged-in person has the authenticator app of their account, or a recovery code, which is used up.
 *
 * @throws Refusal `invalid` with the field for a wrong code, TooMany
 */
export async function checkOwnCode(app: App, accountId: AccountId, code: string, client: Client): Promise<void> {
  await countFactorAttempt(app, accountId, client)
  if (await app.db.transaction((tx) => useCode(tx, app, accountId, code, client))) return
  await recordWrongPassword(app, accountId, accountId, client, 'code')
  const problem = problemWith('code', 'ERR_INVALID', 'wrong')
  throw new Refusal('invalid', `code ${problem.message}`, [problem])
}
