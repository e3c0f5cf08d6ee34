/** Tokens that an admin creates on the command line. */
import type { Tx } from '../../platform/db/index.ts'
import { Refusal } from '../../platform/errors.ts'
import type { AccountId } from '../../platform/ids.ts'
import { issueToken, type IssuedToken } from './access-tokens.ts'
import { ensureBuiltInApp } from './built-in-apps.ts'
import { grantable, type Scope } from './scopes.ts'

/**
 * Creates a token for an account. It belongs to a built-in app.
 *
 * @param permissions of the account's role
 * @throws Refusal `not_permitted` when the role does not allow a scope
 */
export async function commandLineToken(
  tx: Tx,
  accountId: AccountId,
  permissions: bigint,
  wanted: Scope[],
): Promise<IssuedToken> {
  const allowed = grantable(wanted, permissions)
  const notAllowed = wanted.filter((scope) => !allowed.includes(scope))
  if (notAllowed.length > 0)
    throw new Refusal('not_permitted', `The role of the account does not allow ${notAllowed.join(' ')}`)
  return issueToken(tx, await ensureBuiltInApp(tx, 'command-line'), accountId, allowed)
}
