/** Logging in with a passkey alone. */
import type { App } from '../../platform/app.ts'
import { addressGroup } from '../../platform/http/client-address.ts'
import type { AccountId } from '../../platform/ids.ts'
import { refuse } from '../../text/refusals.ts'
import type { Client } from '../security/client.ts'
import { countAttempt } from '../sessions/attempts.ts'
import { askForPasskey, type PasskeyAnswer, type PasskeyQuestion, usePasskey } from './use.ts'

/**
 * Asks for any passkey that the browser has for this instance. The page of the log-in does so on each visit.
 *
 * @param browser the secret of the browser's cookie
 * @param returnTo own path to lead to afterwards
 * @throws TooMany
 */
export async function startPasskeyLogIn(
  app: App,
  client: Client,
  browser: string,
  returnTo: string,
): Promise<PasskeyQuestion> {
  await countAttempt(app, `passkey asked from ${addressGroup(client.address)}`, { count: 120, minutes: 15 })
  return askForPasskey(app, browser, null, { isAlone: true, returnTo })
}

/**
 * The account that a passkey logs in. The authenticator knew the person, so it has no further factor: the session may be opened.
 *
 * @throws Refusal `unprocessable` for a wrong passkey, `not_permitted` if the account is closed, `too_many`
 */
export async function finishPasskeyLogIn(
  app: App,
  client: Client,
  browser: string,
  answer: PasskeyAnswer,
): Promise<{ accountId: AccountId; returnTo: string }> {
  await countAttempt(app, `passkey from ${addressGroup(client.address)}`, { count: 30, minutes: 15 })
  const { viewer, returnTo } = await usePasskey(app, client, browser, answer, null, { isAlone: true })
  if (viewer.isDisabled) throw refuse('not_permitted', 'loginClosed')
  return { accountId: viewer.accountId, returnTo }
}
