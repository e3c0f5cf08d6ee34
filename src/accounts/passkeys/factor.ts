/** A passkey as the second factor of a log-in, and as a proof of who somebody is before a strong action. */
import type { App } from '../../platform/app.ts'
import { Refusal } from '../../platform/errors.ts'
import type { AccountId } from '../../platform/ids.ts'
import { refuse } from '../../text/refusals.ts'
import { type FactorStep, passFactor, type Passed } from '../factors/pass-factor.ts'
import type { Client } from '../security/client.ts'
import { readState } from '../security/states.ts'
import { countAttempt } from '../sessions/attempts.ts'
import { askForPasskey, type PasskeyAnswer, type PasskeyQuestion, tryPasskey, usePasskey } from './use.ts'

/**
 * Asks for a passkey of the account whose log-in waits for its second factor.
 *
 * @returns null when the step is over
 * @throws TooMany
 */
export async function askForPasskeyFactor(app: App, { state, browser }: FactorStep): Promise<PasskeyQuestion | null> {
  const step = await readState(app, 'factor', state, browser)
  if (!step?.accountId) return null
  await countAttempt(app, `passkey asked of ${step.accountId}`, { count: 60, minutes: 60 })
  return askForPasskey(app, browser, step.accountId, { isAlone: false })
}

/**
 * Passes the step of the second factor with a passkey, like `passWithCode`.
 *
 * @returns null when the step is over
 * @throws Refusal `unprocessable` for a wrong passkey, `not_permitted` when the account is disabled, `too_many`
 */
export async function passWithPasskey(
  app: App,
  step: FactorStep,
  answer: PasskeyAnswer,
  client: Client,
): Promise<Passed | null> {
  const opened = await readState(app, 'factor', step.state, step.browser)
  if (!opened?.accountId) return null
  // In a transaction of its own: a wrong answer uses up the challenge, too.
  const used = await tryPasskey(app, client, step.browser, answer, opened.accountId, { isAlone: false })
  try {
    return await passFactor(app, step, client, async () => used !== 'wrong')
  } catch (error) {
    throw used === 'wrong' && isWrongFactor(error) ? refuse('unprocessable', 'passkeyWrong') : error
  }
}

const isWrongFactor = (error: unknown): boolean => error instanceof Refusal && error.text?.key === 'factorWrong'

/**
 * Asks a logged-in person for a passkey before a strong action. The page shows `PasskeyForm` (`web/components/passkey-form.tsx`) to
 * people with passkeys. The route of its `options` answers with this as JSON; that of its `action` gives `passkeyAnswer(form)` to
 * `proveByPasskey`, and then notes the proof in the session (`sessions.proved_at`).
 *
 * @throws TooMany
 */
export async function askForProof(app: App, accountId: AccountId, browser: string): Promise<PasskeyQuestion> {
  await countAttempt(app, `passkey asked of ${accountId}`, { count: 60, minutes: 60 })
  return askForPasskey(app, browser, accountId, { isAlone: true })
}

/**
 * Proves by a passkey that a logged-in person is the owner of the account: its own, and with a PIN or finger, as nothing else is asked
 * for.
 *
 * @throws Refusal `unprocessable` for a wrong passkey, `too_many`
 */
export async function proveByPasskey(
  app: App,
  accountId: AccountId,
  client: Client,
  browser: string,
  answer: PasskeyAnswer,
): Promise<void> {
  await countAttempt(app, `passkey of ${accountId}`, { count: 30, minutes: 60 })
  await usePasskey(app, client, browser, answer, accountId, { isAlone: true })
}
