/** The end of every sign-in: a session, the browser known from now on, an entry in the security log. */
import { eq } from 'drizzle-orm'
import type { App } from '../../platform/app.ts'
import type { Reader, Tx } from '../../platform/db/index.ts'
import { users } from '../../platform/db/schema/accounts.ts'
import type { AccountId, IdentityId } from '../../platform/ids.ts'
import { refuse } from '../../text/refusals.ts'
import type { Client } from '../security/client.ts'
import { logSecurity } from '../security/log.ts'
import { isFirstSignIn, isKnownDevice, rememberDevice } from './devices.ts'
import { openSession } from './sessions.ts'

/** How a person proved who they are. */
export type SignInMethod = 'password' | 'passkey' | 'provider'

/** A provider's account and its ID token, by which the provider's session can be ended, too. */
export type ByProvider = { identityId: IdentityId; idToken: string }

/**
 * Signs an account in. Call it only after all factors were proved.
 *
 * @throws Refusal `not_permitted` where people log in by a provider only
 * @returns the tokens of the session's and the browser's cookies
 */
export async function signIn(
  app: App,
  accountId: AccountId,
  client: Client,
  method: SignInMethod,
  byProvider?: ByProvider,
): Promise<{ token: string; device: string }> {
  return app.db.transaction(async (tx) => {
    if (app.config.providersOnly && method !== 'provider') await assertOwner(tx, accountId)
    const isFirst = await isFirstSignIn(tx, accountId)
    const isKnown = await isKnownDevice(tx, accountId, client.device)
    const device = await rememberDevice(tx, accountId, client.device)
    const token = await openSession(
      tx,
      accountId,
      client,
      byProvider && { ...byProvider, idToken: app.secrets.seal(byProvider.idToken) },
    )
    const kind = isKnown || isFirst ? 'signedIn' : 'signedInFromNewDevice'
    await logSecurity(tx, accountId, kind, { client, details: { method } })
    return { token, device }
  })
}

/** Owners can always log in here, as a way back when the provider is not there. */
async function assertOwner(tx: Tx, accountId: AccountId): Promise<void> {
  const [user] = await tx.select({ role: users.role }).from(users).where(eq(users.accountId, accountId))
  if (user?.role !== 'owner') throw refuse('not_permitted', 'onlyByProvider')
}

/** Whether a password alone does not let anybody in to the account. */
export async function needsSecondFactor(db: Reader, accountId: AccountId): Promise<boolean> {
  const [user] = await db.select({ since: users.secondFactorSince }).from(users).where(eq(users.accountId, accountId))
  return user?.since != null
}
