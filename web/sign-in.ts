/** The step after a first proof of a person's identity: the second factor, if the account has one, else the log-in. */
import type { Traveller } from '#src/accounts/providers/begin.ts'
import { completeJoin } from '#src/accounts/providers/join.ts'
import { type SignInStates, startState } from '#src/accounts/security/states.ts'
import { type ByProvider, needsSecondFactor } from '#src/accounts/sessions/sign-in.ts'
import type { AccountId, IdentityId } from '#src/platform/ids.ts'
import type { C } from './env.ts'
import { ownPath } from './forms.ts'
import { clientOf, logIn, signInBrowser } from './session.ts'

/** The browser behind a request, on its way to a provider and back. */
export const travellerOf = (c: C): Traveller => ({ client: clientOf(c), browser: signInBrowser(c) })

/** The provider's account by which a person came: one that is linked, or one that joins the account when all factors are proved. */
type Came = ByProvider | Required<Pick<SignInStates['factor'], 'join'>>

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
  came?: Came,
): Promise<Response> {
  const { app } = c.var
  const proved = { method, returnTo, ...came }
  if (!(await needsSecondFactor(app.db, accountId))) return afterAllFactors(c, accountId, proved)
  const state = await startState(app, 'factor', signInBrowser(c), proved, accountId)
  return c.redirect(`/login/factor?${new URLSearchParams({ state })}`, 303)
}

/** Logs an account in of which all factors were proved, and leads to where the person wanted to go. */
export async function afterAllFactors(
  c: C,
  accountId: AccountId,
  { method, returnTo, join, identityId, idToken }: SignInStates['factor'],
): Promise<Response> {
  const linked = identityId !== undefined && idToken !== undefined && { identityId: identityId as IdentityId, idToken }
  const byProvider = join ? await completeJoin(c.var.app, accountId, join, clientOf(c)) : linked || undefined
  await logIn(c, accountId, method, byProvider)
  return c.redirect(ownPath(returnTo), 303)
}
