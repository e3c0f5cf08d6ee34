/** Changes of an account's second factors. Every addition and removal goes through `changeFactors`. */
import { eq, sql } from 'drizzle-orm'
import type { Tx } from '../../platform/db/index.ts'
import { users } from '../../platform/db/schema/accounts.ts'
import { passkeys, recoveryCodes } from '../../platform/db/schema/security.ts'
import { notFound } from '../../platform/errors.ts'
import type { AccountId } from '../../platform/ids.ts'
import { replaceRecoveryCodes } from './recovery-codes.ts'

/**
 * Adds or removes authenticator apps and passkeys, then updates what depends on them. `second_factor_since` is set while the account
 * has at least one factor. Adding the first factor creates recovery codes; removing the last one deletes them. Concurrent changes to
 * one account run one after the other.
 *
 * @param change writes the factors, in this transaction
 * @returns the recovery codes, to be shown once, if this was the first factor; else null
 * @throws Refusal `not_found` when there is no such account
 */
export async function changeFactors(
  tx: Tx,
  accountId: AccountId,
  change: () => Promise<void>,
): Promise<string[] | null> {
  const [before] = await tx
    .select({ since: users.secondFactorSince })
    .from(users)
    .where(eq(users.accountId, accountId))
    .for('no key update')
  if (!before) throw notFound()
  await change()
  const [after] = await tx
    .update(users)
    .set({
      secondFactorSince: sql`case when ${users.totpSecret} is not null
        or exists (select from ${passkeys} where ${passkeys.accountId} = ${accountId})
        then coalesce(${users.secondFactorSince}, now()) end`,
    })
    .where(eq(users.accountId, accountId))
    .returning({ since: users.secondFactorSince })
  if (!after?.since) await tx.delete(recoveryCodes).where(eq(recoveryCodes.accountId, accountId))
  return after?.since && !before.since ? replaceRecoveryCodes(tx, accountId) : null
}
