/**
 * Changing a confirmed mail address: the new address gets a link, and the old one is told. The change takes effect when the link is
 * opened in a browser that is logged in to the account: whoever gets the mail by a mistyped address can do nothing with it.
 */
import { and, eq, gt, ne, sql } from 'drizzle-orm'
import { emit } from '../../outbox/emit.ts'
import type { App } from '../../platform/app.ts'
import { type Reader, sqlState, type Tx } from '../../platform/db/index.ts'
import { accounts, mailTokens, users } from '../../platform/db/schema/accounts.ts'
import { Refusal } from '../../platform/errors.ts'
import type { AccountId } from '../../platform/ids.ts'
import { problemWith } from '../../text/refusals.ts'
import type { Recipient } from '../recipient.ts'
import type { Client } from '../security/client.ts'
import { logSecurity } from '../security/log.ts'
import { countAttempt } from '../sessions/attempts.ts'
import { hashSecret, newSecret } from '../sessions/tokens.ts'
import { admitNewAddress } from '../sign-up/admission.ts'
import { deadLink } from '../sign-up/credentials.ts'
import { isPlaceholder } from '../sign-up/placeholder-address.ts'
import { isMailAddress } from '../sign-up/register.ts'

/** How long the link to the new address works. */
export const changeHours = 24

/** An account's mail address, and the one that it asked for. `address` is null where the account has none. */
export type MailAddress = { address: string | null; pending: string | null }

export async function loadMailAddress(db: Reader, accountId: AccountId): Promise<MailAddress> {
  const [user] = await db.select({ email: users.email }).from(users).where(eq(users.accountId, accountId))
  const [change] = await db.select({ data: mailTokens.data }).from(mailTokens).where(pendingOf(accountId))
  return { address: user && !isPlaceholder(user.email) ? user.email : null, pending: change?.data['address'] ?? null }
}

const pendingOf = (accountId: AccountId) =>
  and(eq(mailTokens.accountId, accountId), eq(mailTokens.purpose, 'change'), gt(mailTokens.expiresAt, sql`now()`))

/**
 * Asks for another mail address. An earlier request is void. An address that has an account is treated the same; only its holder
 * learns of it.
 *
 * @throws Refusal `invalid` for a malformed or blocked address and the present one, `too_many` after 5 requests within an hour
 */
export async function requestAddressChange(
  app: App,
  accountId: AccountId,
  address: string,
  client: Client,
): Promise<void> {
  const wanted = address.trim()
  if (!isMailAddress(wanted) || isPlaceholder(wanted)) throw wrongAddress('notMailAddress')
  await countAttempt(app, `address change of ${accountId}`, { count: 5, minutes: 60 })
  await countAttempt(app, `mail to ${wanted.toLowerCase()}`, { count: 5, minutes: 60 })
  await admitNewAddress(app, wanted)
  await app.db.transaction(async (tx) => {
    const email = await lockAddress(tx, accountId)
    if (email.toLowerCase() === wanted.toLowerCase()) throw wrongAddress('sameAddress')
    await cancelAddressChange(tx, accountId)
    await tx.insert(mailTokens).values({
      // Nobody knows this secret: the mail's job makes the one of the link, so that none is stored in the queue.
      tokenHash: hashSecret(newSecret()),
      accountId,
      purpose: 'change',
      email,
      data: { address: wanted },
      expiresAt: sql`now() + ${changeHours} * interval '1 hour'`,
    })
    await logSecurity(tx, accountId, 'addressChangeRequested', { client, details: { address: wanted } })
    const [holder] = await tx
      .select({ accountId: users.accountId })
      .from(users)
      .where(sql`lower(${users.email}) = ${wanted.toLowerCase()}`)
    await emit(
      tx,
      holder
        ? { type: 'address.wanted', accountId: holder.accountId }
        : { type: 'address.change-requested', accountId },
    )
  })
}

/** Takes a request back. Without one, nothing happens. */
export async function cancelAddressChange(tx: Tx, accountId: AccountId): Promise<void> {
  await tx.delete(mailTokens).where(and(eq(mailTokens.accountId, accountId), eq(mailTokens.purpose, 'change')))
}

/**
 * Makes the secret of the link to the new address. Earlier links become invalid.
 *
 * @returns the secret with its recipient; null when no change is pending
 */
export async function newChangeSecret(tx: Tx, accountId: AccountId): Promise<(Recipient & { secret: string }) | null> {
  const secret = newSecret()
  const [change] = await tx
    .update(mailTokens)
    .set({ tokenHash: hashSecret(secret) })
    .where(pendingOf(accountId))
    .returning({ data: mailTokens.data })
  const [person] = await tx
    .select({ username: accounts.username, locale: users.locale })
    .from(users)
    .innerJoin(accounts, eq(accounts.id, users.accountId))
    .where(eq(users.accountId, accountId))
  const email = change?.data['address']
  return person && email ? { ...person, email, secret } : null
}

/** The address that a link gives to an account; null when it is used, has expired, or is another account's. */
export async function addressOfLink(db: Reader, accountId: AccountId, secret: string): Promise<string | null> {
  const [change] = await db
    .select({ data: mailTokens.data })
    .from(mailTokens)
    .innerJoin(users, and(eq(users.accountId, mailTokens.accountId), eq(users.email, mailTokens.email)))
    .where(and(pendingOf(accountId), eq(mailTokens.tokenHash, hashSecret(secret))))
  return change?.data['address'] ?? null
}

/**
 * Changes the address of the logged-in account by the link in the mail. All other links for the old address become invalid, but
 * not those that bring an address back.
 *
 * @throws Refusal `unprocessable` when the link is no longer valid, is another account's, or somebody else got the address first
 */
export async function confirmAddressChange(
  app: App,
  accountId: AccountId,
  secret: string,
  client: Client,
): Promise<void> {
  try {
    await app.db.transaction(async (tx) => {
      const oldAddress = await lockAddress(tx, accountId)
      const [spent] = await tx
        .delete(mailTokens)
        .where(and(pendingOf(accountId), eq(mailTokens.tokenHash, hashSecret(secret))))
        .returning({ email: mailTokens.email, data: mailTokens.data })
      const address = spent?.data['address']
      if (!address || spent?.email !== oldAddress) throw deadLink()
      await tx
        .update(users)
        .set({ email: address, confirmedAt: sql`coalesce(${users.confirmedAt}, now())` })
        .where(eq(users.accountId, accountId))
      await tx.delete(mailTokens).where(and(eq(mailTokens.accountId, accountId), ne(mailTokens.purpose, 'undo')))
      await logSecurity(tx, accountId, 'addressChanged', { client, details: { oldAddress, address } })
    })
  } catch (error) {
    if (sqlState(error) === '23505') throw deadLink()
    throw error
  }
}

/** The address of an account, which nobody else changes until the end of the transaction. */
export async function lockAddress(tx: Tx, accountId: AccountId): Promise<string> {
  const [user] = await tx.select({ email: users.email }).from(users).where(eq(users.accountId, accountId)).for('update')
  if (!user) throw deadLink()
  return user.email
}

function wrongAddress(key: 'notMailAddress' | 'sameAddress'): Refusal {
  const problem = problemWith('email', 'ERR_INVALID', key)
  return new Refusal('invalid', `email ${problem.message}`, [problem])
}
