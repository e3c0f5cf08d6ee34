/**
 * Undoing a change of the mail address, by the link in the mail to the old one. It is the way back of a person whose account
 * somebody else took over: so it asks for nothing else, and nobody who holds the account can stop it. Of several links, the one of
 * the earliest change wins: it voids those of later changes, which may have gone to the intruder, while they don't void it.
 */
import { and, eq, gt, gte, ne, sql } from 'drizzle-orm'
import { emit } from '../../outbox/emit.ts'
import type { App } from '../../platform/app.ts'
import { type Reader, sqlState, type Tx } from '../../platform/db/index.ts'
import { accounts, identities, mailTokens, users } from '../../platform/db/schema/accounts.ts'
import { passkeys, securityEvents } from '../../platform/db/schema/security.ts'
import type { AccountId, SecurityEventId } from '../../platform/ids.ts'
import { refuse } from '../../text/refusals.ts'
import { changeFactors } from '../factors/since.ts'
import type { Client } from '../security/client.ts'
import { logSecurity } from '../security/log.ts'
import { endStatesOf } from '../security/states.ts'
import { forgetDevices } from '../sessions/devices.ts'
import { closeSessions } from '../sessions/sessions.ts'
import { hashSecret, newSecret } from '../sessions/tokens.ts'
import { deadLink, endAccess } from '../sign-up/credentials.ts'
import { placeholderAddress } from '../sign-up/placeholder-address.ts'
import { lockAddress } from './change.ts'

/** How long an address can be brought back, from its change. */
export const undoDays = 7

/** An unconfirmed account may take the address while it is brought back. */
const maxTries = 3

/**
 * Makes the secret of the link that undoes a change, for the mail to the old address. The earlier link of the same change becomes
 * invalid.
 *
 * @param changeId the entry `addressChanged` of the security log
 * @returns null when it is too late, or this change or an earlier one was undone meanwhile
 */
export async function newUndoSecret(tx: Tx, changeId: SecurityEventId): Promise<string | null> {
  const [change] = await tx
    .select({ accountId: securityEvents.accountId, details: securityEvents.details })
    .from(securityEvents)
    .where(
      and(
        eq(securityEvents.id, changeId),
        eq(securityEvents.kind, 'addressChanged'),
        gt(securityEvents.createdAt, sql`now() - ${undoDays} * interval '1 day'`),
      ),
    )
  const oldAddress = change?.details['oldAddress']
  if (!change || !oldAddress) return null
  const { accountId } = change
  await lockAddress(tx, accountId)
  if (await isUndone(tx, accountId, changeId)) return null
  const secret = newSecret()
  await tx.delete(mailTokens).where(and(undoOf(accountId), sql`${changeOfLink} = ${changeId}`))
  await tx
    .insert(mailTokens)
    .values({
      tokenHash: hashSecret(secret),
      accountId,
      purpose: 'undo',
      email: oldAddress,
      data: { change: changeId },
      expiresAt: sql`(select ${securityEvents.createdAt} from ${securityEvents} where ${securityEvents.id} = ${changeId}) + ${undoDays} * interval '1 day'`,
    })
  return secret
}

const undoOf = (accountId: AccountId) => and(eq(mailTokens.accountId, accountId), eq(mailTokens.purpose, 'undo'))

/** The change that a link undoes. Ids grow with time. */
const changeOfLink = sql`(${mailTokens.data} ->> 'change')::bigint`

/** Whether a change, or one before it, was undone. */
async function isUndone(tx: Tx, accountId: AccountId, changeId: SecurityEventId): Promise<boolean> {
  const rows = await tx
    .select({ id: securityEvents.id })
    .from(securityEvents)
    .where(
      and(
        eq(securityEvents.accountId, accountId),
        gt(securityEvents.id, changeId),
        eq(securityEvents.kind, 'addressRestored'),
        sql`(${securityEvents.details} ->> 'change')::bigint <= ${changeId}`,
      ),
    )
    .limit(1)
  return rows.length > 0
}

/** The account and the address that a link brings back to it; null when it is used or void, or has expired. */
export async function undoOfLink(db: Reader, secret: string): Promise<{ username: string; address: string } | null> {
  const [link] = await db
    .select({ username: accounts.username, address: mailTokens.email })
    .from(mailTokens)
    .innerJoin(accounts, eq(accounts.id, mailTokens.accountId))
    .where(goodLink(secret))
  return link ?? null
}

const goodLink = (secret: string) =>
  and(
    eq(mailTokens.tokenHash, hashSecret(secret)),
    eq(mailTokens.purpose, 'undo'),
    gt(mailTokens.expiresAt, sql`now()`),
  )

/**
 * Brings an account's earlier address back. Ends all its sessions, tokens, links, known browsers and sign-ins on their way, also the password, as
 * the intruder may have set it; a mail with a link to choose a new one follows. Authenticator app, passkeys and linked accounts that were
 * added in the week before the change, or since, are removed: they may be the intruder's. Older ones stay.
 *
 * @throws Refusal `unprocessable` when the link is no longer valid, `conflict` when the address has another confirmed account
 */
export async function undoAddressChange(app: App, secret: string, client: Client): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await app.db.transaction((tx) => restore(tx, secret, client))
    } catch (error) {
      if (sqlState(error) !== '23505' || attempt === maxTries) throw error
    }
  }
}

async function restore(tx: Tx, secret: string, client: Client): Promise<void> {
  const [link] = await tx.select({ accountId: mailTokens.accountId }).from(mailTokens).where(goodLink(secret))
  if (!link) throw deadLink()
  const { accountId } = link
  const formerAddress = await lockAddress(tx, accountId)
  const [spent] = await tx
    .delete(mailTokens)
    .where(goodLink(secret))
    .returning({ address: mailTokens.email, data: mailTokens.data })
  const change = spent?.data['change']
  if (!spent || !change) throw deadLink()
  const { address } = spent

  await freeAddress(tx, accountId, address)
  await tx
    .update(users)
    .set({ email: address, confirmedAt: sql`coalesce(${users.confirmedAt}, now())`, passwordHash: null })
    .where(eq(users.accountId, accountId))
  await closeSessions(tx, accountId)
  await endAccess(tx, accountId)
  await endStatesOf(tx, accountId)
  await forgetDevices(tx, accountId, null)
  await removeNewWaysIn(tx, accountId, change as SecurityEventId)
  await tx
    .delete(mailTokens)
    .where(
      and(eq(mailTokens.accountId, accountId), sql`(${mailTokens.purpose} <> 'undo' or ${changeOfLink} >= ${change})`),
    )
  await logSecurity(tx, accountId, 'addressRestored', { client, details: { address, formerAddress, change } })
  await emit(tx, { type: 'password.forgotten', accountId })
}

/** Removes the ways in that an intruder may have added. */
async function removeNewWaysIn(tx: Tx, accountId: AccountId, change: SecurityEventId): Promise<void> {
  const start = sql`(select ${securityEvents.createdAt} from ${securityEvents} where ${securityEvents.id} = ${change}) - ${undoDays} * interval '1 day'`
  await changeFactors(tx, accountId, async () => {
    await tx.delete(passkeys).where(and(eq(passkeys.accountId, accountId), gte(passkeys.createdAt, start)))
    await tx
      .update(users)
      .set({ totpSecret: null, totpStep: null })
      .where(
        and(
          eq(users.accountId, accountId),
          sql`exists (select from security_events added where added.account_id = ${accountId} and added.kind = 'authenticatorAdded' and added.created_at >= ${start})`,
        ),
      )
  })
  await tx.delete(identities).where(and(eq(identities.accountId, accountId), gte(identities.createdAt, start)))
}

/** Anybody can sign up with an address. As long as it is not confirmed, that must not keep its owner from having it back. */
async function freeAddress(tx: Tx, accountId: AccountId, address: string): Promise<void> {
  const [holder] = await tx
    .select({ accountId: users.accountId, confirmedAt: users.confirmedAt })
    .from(users)
    .where(and(sql`lower(${users.email}) = ${address.toLowerCase()}`, ne(users.accountId, accountId)))
    .for('update')
  if (!holder) return
  if (holder.confirmedAt) throw refuse('conflict', 'addressHasAccount')
  await tx.update(users).set({ email: placeholderAddress() }).where(eq(users.accountId, holder.accountId))
  await tx.delete(mailTokens).where(eq(mailTokens.accountId, holder.accountId))
}
