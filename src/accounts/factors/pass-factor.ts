/** The second step of a log-in: the proof of a second factor, after that of the password or a provider. */
import type { App } from '../../platform/app.ts'
import type { Tx } from '../../platform/db/index.ts'
import { type AccountId } from '../../platform/ids.ts'
import { refuse } from '../../text/refusals.ts'
import type { Client } from '../security/client.ts'
import { logSecurity } from '../security/log.ts'
import { attemptState, endState, type SignInStates } from '../security/states.ts'
import { assertMayLogIn } from '../sessions/account-status.ts'
import { countFactorAttempt, useCode } from './use-code.ts'

/** The random state of the step, and the secret of the browser's cookie that it is bound to. */
export type FactorStep = { state: string; browser: string }

/** A log-in whose factors were all proved. */
export type Passed = { accountId: AccountId; data: SignInStates['factor'] }

/**
 * Passes the step with a code of the authenticator app or a recovery code.
 *
 * @returns null when the step is over: passed before, expired, begun by another browser, or after five wrong answers
 * @throws Refusal `unprocessable` for a wrong code, `not_permitted` when the account is disabled, `too_many`
 */
export const passWithCode = (app: App, step: FactorStep, code: string, client: Client): Promise<Passed | null> =>
  passFactor(app, step, client, (tx, accountId) => useCode(tx, app, accountId, code, client))

/**
 * Passes the step with a second factor of any kind. One transaction uses the factor and ends the step, so only one of two concurrent
 * uses succeeds.
 *
 * @param prove uses the factor of the account, and returns whether it is right
 */
export async function passFactor(
  app: App,
  { state, browser }: FactorStep,
  client: Client,
  prove: (tx: Tx, accountId: AccountId) => Promise<boolean>,
): Promise<Passed | null> {
  const step = await attemptState(app, 'factor', state, browser)
  if (!step?.accountId) return null
  const { accountId } = step
  await countFactorAttempt(app, accountId, client)
  const wrong = refuse('unprocessable', 'factorWrong')
  try {
    return await app.db.transaction(async (tx) => {
      // First: a concurrent second use waits here, and then finds the step over instead of a wrong code.
      const ended = await endState(tx, app, 'factor', state, browser)
      if (!ended) return null
      await assertMayLogIn(tx, accountId)
      if (!(await prove(tx, accountId))) throw wrong
      return { accountId, data: ended.data }
    })
  } catch (error) {
    if (error === wrong) await app.db.transaction((tx) => logSecurity(tx, accountId, 'wrongFactor', { client }))
    throw error
  }
}
