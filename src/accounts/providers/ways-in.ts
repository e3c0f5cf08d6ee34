import { eq, sql } from 'drizzle-orm'
import type { App } from '../../platform/app.ts'
import type { Tx } from '../../platform/db/index.ts'
import { identities, users } from '../../platform/db/schema/accounts.ts'
import { passkeys } from '../../platform/db/schema/security.ts'
import type { AccountId } from '../../platform/ids.ts'
import { refuse } from '../../text/refusals.ts'
import { mayLogInHere } from './configured.ts'

/**
 * Checks that a person can log in: by an account of a provider in the settings, or, where that is allowed, by a password or passkey. To
 * be called after a way in was removed, with the account's row of `users` locked, so that two removals don't rely on one another.
 *
 * @throws Refusal `unprocessable` if there is no way in
 */
export async function assertWayIn(tx: Tx, app: Pick<App, 'config'>, accountId: AccountId): Promise<void> {
  const linked = await tx
    .select({ provider: identities.provider })
    .from(identities)
    .where(eq(identities.accountId, accountId))
  if (linked.some(({ provider }) => app.config.providers.some(({ name }) => name === provider))) return
  const [user] = await tx
    .select({
      role: users.role,
      hasPassword: sql<boolean>`${users.passwordHash} is not null`,
      hasPasskey: sql<boolean>`exists (select from ${passkeys} where ${passkeys.accountId} = ${accountId})`,
    })
    .from(users)
    .where(eq(users.accountId, accountId))
  const isAllowedHere = user !== undefined && mayLogInHere(app, user.role)
  if (isAllowedHere && (user.hasPassword || user.hasPasskey)) return
  throw refuse('unprocessable', isAllowedHere ? 'lastWayIn' : 'lastProvider')
}
