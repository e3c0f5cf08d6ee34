/** The end of every sign-in: a session, the browser known from now on, an entry in the security log. */
import { and, eq, sql } from 'drizzle-orm'
import type { App } from '../../platform/app.ts'
import type { Reader, Tx } from '../../platform/db/index.ts'
import { users } from '../../platform/db/schema/accounts.ts'
import { devices } from '../../platform/db/schema/security.ts'
import type { AccountId, IdentityId } from '../../platform/ids.ts'
import { refuse } from '../../text/refusals.ts'
import type { Client } from '../security/client.ts'
import { logSecurity } from '../security/log.ts'
import { openSession } from './sessions.ts'
import { hashSecret, newSecret } from './tokens.ts'

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
    const token = await openSession(
      tx,
      accountId,
      client,
      byProvider && { ...byProvider, idToken: app.secrets.seal(byProvider.idToken) },
    )
    const { device, isNew } = await rememberDevice(tx, accountId, client.device)
    await logSecurity(tx, accountId, isNew ? 'signedInFromNewDevice' : 'signedIn', { client, details: { method } })
    return { token, device }
  })
}

/** Owners can always log in here, as a way back when the provider is not there. */
async function assertOwner(tx: Tx, accountId: AccountId): Promise<void> {
  const [user] = await tx.select({ role: users.role }).from(users).where(eq(users.accountId, accountId))
  if (user?.role !== 'owner') throw refuse('not_permitted', 'onlyByProvider')
}

/**
 * Whether an account was logged in before in the browser with this token.
 *
 * @param device token of the browser's cookie
 */
export async function isKnownDevice(db: Reader, accountId: AccountId, device: string | null): Promise<boolean> {
  if (device === null) return false
  const rows = await db
    .select({ accountId: devices.accountId })
    .from(devices)
    .where(and(eq(devices.accountId, accountId), eq(devices.tokenHash, hashSecret(device))))
  return rows.length > 0
}

/** `isNew`: the account was logged in before, but never in this browser. */
async function rememberDevice(
  tx: Tx,
  accountId: AccountId,
  known: string | null,
): Promise<{ device: string; isNew: boolean }> {
  const device = known ?? newSecret()
  const { rows } = await tx.execute<{ first: boolean; added: boolean }>(sql`
    with earlier as (select from devices where account_id = ${accountId} limit 1)
    insert into devices (account_id, token_hash) values (${accountId}, ${hashSecret(device)})
    on conflict (account_id, token_hash) do update set last_used_at = now()
    returning xmax = 0 as added, not exists (select from earlier) as first`)
  return { device, isNew: rows[0]?.added === true && !rows[0].first }
}

/** Whether a password alone does not let anybody in to the account. */
export async function needsSecondFactor(db: Reader, accountId: AccountId): Promise<boolean> {
  const [user] = await db.select({ since: users.secondFactorSince }).from(users).where(eq(users.accountId, accountId))
  return user?.since != null
}
