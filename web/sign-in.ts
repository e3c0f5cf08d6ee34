/** The step after a first proof of a person's identity: the second factor, if the account has one, else the log-in. */
import { startState } from '#src/accounts/security/states.ts'
import { type ByProvider, needsSecondFactor } from '#src/accounts/sessions/sign-in.ts'
import type { AccountId } from '#src/platform/ids.ts'
import type { C } from './env.ts'
import { logIn, signInBrowser } from './session.ts'

/**
 * Logs the account in, or asks for its second factor.
 *
 * @param returnTo own path to lead to afterwards
 */
export async function afterFirstFactor(
  c: C,
  accountId: AccountId,
  method: 'password' | 'provider',
  returnTo: string,
  byProvider?: ByProvider,
): Promise<Response> {
  const { app } = c.var
  if (!(await needsSecondFactor(app.db, accountId))) {
    await logIn(c, accountId, method, byProvider)
    return c.redirect(returnTo, 303)
  }
  const state = await startState(app, 'factor', signInBrowser(c), { method, returnTo, ...byProvider }, accountId)
  return c.redirect(`/login/factor?${new URLSearchParams({ state })}`, 303)
}
