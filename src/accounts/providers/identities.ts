/** The providers' accounts of people here: linking, unlinking, and the ways in that are left. */
import { and, asc, eq, inArray, isNull, ne, sql } from 'drizzle-orm'
import type { App } from '../../platform/app.ts'
import type { Reader, Tx } from '../../platform/db/index.ts'
import { identities, sessions, users } from '../../platform/db/schema/accounts.ts'
import { notFound } from '../../platform/errors.ts'
import { type AccountId, type IdentityId, newId } from '../../platform/ids.ts'
import type { ProviderSettings } from '../../platform/provider-config.ts'
import { refuse } from '../../text/refusals.ts'
import { lockUser } from '../lock-user.ts'
import type { Client } from '../security/client.ts'
import { logSecurity } from '../security/log.ts'
import { endStatesOf } from '../security/states.ts'
import { hashSecret } from '../sessions/tokens.ts'
import type { ProviderPerson } from './person.ts'
import { assertWayIn } from './ways-in.ts'

const maxIdentities = 20

/** A provider's account of a person. `label`: what to call it. */
export type LinkedIdentity = {
  id: IdentityId
  provider: string
  label: string
  createdAt: Date
  lastUsedAt: Date | null
}

/** The providers' accounts by which a person may log in, the first linked first. */
export async function listIdentities(db: Reader, accountId: AccountId): Promise<LinkedIdentity[]> {
  return db
    .select({
      id: identities.id,
      provider: identities.provider,
      label: sql<string>`coalesce(${identities.label}, ${identities.subject})`,
      createdAt: identities.createdAt,
      lastUsedAt: identities.lastUsedAt,
    })
    .from(identities)
    .where(eq(identities.accountId, accountId))
    .orderBy(asc(identities.createdAt), asc(identities.id))
    .limit(maxIdentities)
}

/** The account here of a provider's account; null if it has none. */
export async function accountOfIdentity(
  db: Reader,
  { issuer, subject }: Pick<ProviderPerson, 'issuer' | 'subject'>,
): Promise<{ identityId: IdentityId; accountId: AccountId } | null> {
  const [row] = await db
    .select({ identityId: identities.id, accountId: identities.accountId })
    .from(identities)
    .where(and(eq(identities.issuer, issuer), eq(identities.subject, subject)))
  return row ?? null
}

/**
 * Gives a provider's account to an account here. If it is linked already, nothing happens.
 *
 * @throws Refusal `conflict` if another account here has it, `unprocessable` if this one has too many
 */
export async function addIdentity(
  tx: Tx,
  accountId: AccountId,
  provider: Pick<ProviderSettings, 'name'>,
  { issuer, subject, label }: ProviderPerson,
): Promise<{ identityId: IdentityId; isNew: boolean }> {
  await lockUser(tx, accountId)
  const [added] = await tx
    .insert(identities)
    .values({ id: newId<IdentityId>(), accountId, provider: provider.name, issuer, subject, label })
    .onConflictDoNothing()
    .returning({ id: identities.id })
  if (!added) {
    const known = await accountOfIdentity(tx, { issuer, subject })
    if (known?.accountId !== accountId) throw refuse('conflict', 'identityTaken')
    return { identityId: known.identityId, isNew: false }
  }
  const { length } = await tx.select({ id: identities.id }).from(identities).where(eq(identities.accountId, accountId))
  if (length > maxIdentities) throw refuse('unprocessable', 'tooManyIdentities', { max: maxIdentities })
  return { identityId: added.id, isNew: true }
}

/** Notes a log-in by a provider's account, with the names that provider and account have now. */
export async function touchIdentity(
  tx: Tx,
  id: IdentityId,
  { name: provider }: Pick<ProviderSettings, 'name'>,
  { label }: Pick<ProviderPerson, 'label'>,
): Promise<void> {
  await tx
    .update(identities)
    .set({ provider, label, lastUsedAt: sql`now()` })
    .where(eq(identities.id, id))
}

/** `addIdentity` for an account that exists already: its security log and its person are told. */
export async function linkIdentity(
  tx: Tx,
  accountId: AccountId,
  provider: ProviderSettings,
  person: ProviderPerson,
  client: Client,
): Promise<IdentityId> {
  const { identityId, isNew } = await addIdentity(tx, accountId, provider, person)
  if (isNew)
    await logSecurity(tx, accountId, 'identityLinked', {
      client,
      details: { provider: provider.label, label: person.label ?? person.subject },
    })
  return identityId
}

/**
 * Takes a provider's account from an account here, and ends the sessions that it opened.
 *
 * @param exceptSession the token of the session that stays
 * @throws Refusal `not_found`; `unprocessable` if no other way in would be left
 */
export async function unlinkIdentity(
  tx: Tx,
  app: App,
  accountId: AccountId,
  id: IdentityId,
  client: Client,
  exceptSession: string | null,
): Promise<void> {
  await lockUser(tx, accountId)
  const own = and(eq(identities.id, id), eq(identities.accountId, accountId))
  const [identity] = await tx.select().from(identities).where(own)
  if (!identity) throw notFound()
  await tx
    .delete(sessions)
    .where(
      and(
        eq(sessions.identityId, id),
        exceptSession === null ? undefined : ne(sessions.tokenHash, hashSecret(exceptSession)),
      ),
    )
  // A sign-in by it may wait for its second factor.
  await endStatesOf(tx, accountId)
  await tx.delete(identities).where(own)
  await assertWayIn(tx, app, accountId)
  const { label = identity.provider } = app.config.providers.find(({ name }) => name === identity.provider) ?? {}
  await logSecurity(tx, accountId, 'identityUnlinked', {
    client,
    details: { provider: label, label: identity.label ?? identity.subject },
  })
}

/**
 * Takes all providers' accounts from an account whose mail address is not confirmed, when the address's holder comes: somebody else may
 * have signed up with it, and would keep a way in.
 */
export async function dropUnconfirmedIdentities(tx: Tx, accountId: AccountId): Promise<void> {
  const unconfirmed = tx
    .select({ id: users.accountId })
    .from(users)
    .where(and(eq(users.accountId, accountId), isNull(users.confirmedAt)))
  await tx.delete(identities).where(inArray(identities.accountId, unconfirmed))
}
