/** Confirming and changing mail addresses, and changing passwords: with the password, or by a link in a mail. */
import { and, eq, gt, inArray, isNull, sql } from 'drizzle-orm'
import { emit } from '../../outbox/emit.ts'
import type { Event } from '../../outbox/events.ts'
import type { App } from '../../platform/app.ts'
import { type Reader, sqlState, type Tx } from '../../platform/db/index.ts'
import { accounts, mailTokens, users } from '../../platform/db/schema/accounts.ts'
import { authorizationCodes } from '../../platform/db/schema/oauth.ts'
import { Refusal, type RefusalText } from '../../platform/errors.ts'
import { addressGroup } from '../../platform/http/client-address.ts'
import type { AccountId } from '../../platform/ids.ts'
import { problemWith, refuse } from '../../text/refusals.ts'
import { lockUser } from '../lock-user.ts'
import { mayLogInHere } from '../providers/configured.ts'
import { dropUnconfirmedIdentities } from '../providers/identities.ts'
import type { Recipient } from '../recipient.ts'
import type { Client } from '../security/client.ts'
import { logSecurity } from '../security/log.ts'
import { endStatesOf } from '../security/states.ts'
import { endTokensOf } from '../sessions/access-tokens.ts'
import { countAttempt } from '../sessions/attempts.ts'
import { forgetDevices, rememberDevice } from '../sessions/devices.ts'
import { checkOwnPassword } from '../sessions/own-password.ts'
import { hashPassword, passwordProblem } from '../sessions/passwords.ts'
import { hasPassword, isProved } from '../sessions/proof.ts'
import type { Role } from '../sessions/roles.ts'
import { closeSessions } from '../sessions/sessions.ts'
import { hashSecret, newSecret } from '../sessions/tokens.ts'
import { admitNewAddress } from './admission.ts'
import { arrived } from './arrived.ts'
import type { CaptchaAnswer, CaptchaPass } from './captcha-port.ts'
import { checkCaptcha, owesCaptcha, spendCaptcha } from './captcha.ts'
import { notifyStaffOfSignUp } from './notify-staff.ts'
import { isPlaceholder, placeholderAddress } from './placeholder-address.ts'
import { isMailAddress } from './register.ts'

/** How long a link in a mail is valid. */
const validHours = { confirm: 48, reset: 2 }
export type MailPurpose = keyof typeof validHours

/**
 * Creates the secret of a link to be mailed. Earlier links for the same purpose become invalid.
 *
 * @returns the secret, with the address that the link is bound to; null when the address is confirmed already, or there is none
 */
export async function newMailToken(
  tx: Tx,
  accountId: AccountId,
  purpose: MailPurpose,
): Promise<(Recipient & { secret: string }) | null> {
  const [user] = await tx
    .select({ email: users.email, username: accounts.username, locale: users.locale, confirmedAt: users.confirmedAt })
    .from(users)
    .innerJoin(accounts, eq(accounts.id, users.accountId))
    .where(eq(users.accountId, accountId))
  if (!user || isPlaceholder(user.email) || (purpose === 'confirm' && user.confirmedAt)) return null
  const secret = newSecret()
  await tx.delete(mailTokens).where(and(eq(mailTokens.accountId, accountId), eq(mailTokens.purpose, purpose)))
  await tx
    .insert(mailTokens)
    .values({
      tokenHash: hashSecret(secret),
      accountId,
      purpose,
      email: user.email,
      expiresAt: sql`now() + ${validHours[purpose]} * interval '1 hour'`,
    })
  return { secret, email: user.email, username: user.username, locale: user.locale }
}

/** Uses up a link's secret. Null when it was used before, has expired, or the address has changed since. */
async function spendMailToken(tx: Tx, secret: string, purpose: MailPurpose): Promise<AccountId | null> {
  const [spent] = await tx
    .delete(mailTokens)
    .where(
      and(
        eq(mailTokens.tokenHash, hashSecret(secret)),
        eq(mailTokens.purpose, purpose),
        gt(mailTokens.expiresAt, sql`now()`),
      ),
    )
    .returning({ accountId: mailTokens.accountId, email: mailTokens.email })
  if (!spent) return null
  const [user] = await tx.select({ email: users.email }).from(users).where(eq(users.accountId, spent.accountId))
  return user?.email === spent.email ? spent.accountId : null
}

/** Whether a link is still valid, so that its page can say so before a person fills in the form. */
export async function isMailTokenGood(db: Reader, secret: string, purpose: MailPurpose): Promise<boolean> {
  const rows = await db
    .select({ accountId: mailTokens.accountId })
    .from(mailTokens)
    .where(
      and(
        eq(mailTokens.tokenHash, hashSecret(secret)),
        eq(mailTokens.purpose, purpose),
        gt(mailTokens.expiresAt, sql`now()`),
      ),
    )
  return rows.length > 0
}

/** Whether the page of a confirmation link asks for a captcha, as the account was made by an app. */
export async function linkAsksCaptcha(db: Reader, secret: string): Promise<boolean> {
  const [token] = await db
    .select({ accountId: mailTokens.accountId })
    .from(mailTokens)
    .where(and(eq(mailTokens.tokenHash, hashSecret(secret)), eq(mailTokens.purpose, 'confirm')))
  return token !== undefined && owesCaptcha(db, token.accountId)
}

/**
 * Confirms a mail address by the link that was sent there, and the captcha that the account may owe.
 *
 * @param address of the client, whose tries are limited
 * @throws Refusal `unprocessable` when the link is no longer valid, `invalid` with the problem of the captcha, `too_many`
 */
export async function confirmByForm(
  app: App,
  secret: string,
  captcha: CaptchaAnswer,
  address: string,
): Promise<AccountId> {
  if (!(await linkAsksCaptcha(app.db, secret))) return app.db.transaction((tx) => confirmAddress(tx, secret))
  const { pass, problems } = await checkCaptcha(app, captcha, address)
  if (problems.length > 0) throw new Refusal('invalid', 'The captcha is not solved', problems)
  return app.db.transaction((tx) => confirmAddress(tx, secret, pass))
}

/**
 * Confirms a mail address by the link that was sent there.
 *
 * @param pass the solved captcha, if the account owes one
 * @throws Refusal `unprocessable` when the link is no longer valid, `invalid` without the captcha
 */
export async function confirmAddress(tx: Tx, secret: string, pass: CaptchaPass | null = null): Promise<AccountId> {
  const accountId = await spendMailToken(tx, secret, 'confirm')
  if (!accountId) throw deadLink()
  if (pass) await spendCaptcha(tx, pass)
  else if (await owesCaptcha(tx, accountId)) throw new Refusal('invalid', 'The captcha is not solved')
  await confirm(tx, accountId)
  return accountId
}

/** Confirms an account's mail address, if it is not confirmed yet. */
export async function confirm(tx: Tx, accountId: AccountId): Promise<void> {
  const confirmed = await tx
    .update(users)
    .set({ confirmedAt: sql`now()` })
    .where(and(eq(users.accountId, accountId), isNull(users.confirmedAt)))
    .returning({ id: users.accountId })
  if (confirmed.length === 0) return
  await notifyStaffOfSignUp(tx, accountId)
  await arrived(tx, [accountId])
}

/**
 * Mails a link to choose a new password, if the address has an account that may log in with one. Neither the answer nor its time tells whether it
 * has, as a job does the rest.
 *
 * @throws Refusal `too_many` after 5 for one address within an hour
 */
export async function requestPasswordReset(app: App, email: string): Promise<void> {
  await mailHolder(app, email, ({ accountId, role }) =>
    mayLogInHere(app, role) ? { type: 'password.forgotten', accountId } : null,
  )
}

/**
 * Mails the holder of an address that somebody signed up with it again; with a new confirmation link if the address is not
 * confirmed yet. After 5 mails an hour to one address it does nothing, without an error.
 */
export async function remindHolder(app: App, email: string): Promise<void> {
  const mailed = mailHolder(app, email, ({ accountId, confirmedAt }) => ({
    type: confirmedAt ? 'address.reused' : 'account.registered',
    accountId,
  }))
  await mailed.catch((error: unknown) => {
    if (!(error instanceof Refusal && error.code === 'too_many')) throw error
  })
}

async function mailHolder(
  app: App,
  email: string,
  toEvent: (holder: { accountId: AccountId; confirmedAt: Date | null; role: Role }) => Event | null,
): Promise<void> {
  const address = email.trim().toLowerCase().slice(0, 254)
  await countAttempt(app, `mail to ${address}`, { count: 5, minutes: 60 })
  await app.db.transaction(async (tx) => {
    const [holder] = await tx
      .select({ accountId: users.accountId, confirmedAt: users.confirmedAt, role: users.role })
      .from(users)
      .where(sql`lower(${users.email}) = ${address}`)
    const event = holder && toEvent(holder)
    if (event) await emit(tx, event)
  })
}

/** Sends the confirmation link again, at most 5 times an hour. */
export async function requestConfirmation(app: App, accountId: AccountId): Promise<void> {
  await countAttempt(app, `confirmation of ${accountId}`, { count: 5, minutes: 60 })
  await app.db.transaction((tx) => emit(tx, { type: 'account.registered', accountId }))
}

/**
 * Changes a mail address that is not confirmed yet, and sends the link to the new one. An address that has an account
 * already is treated as at sign-up: only its holder learns of it. With an address that needs approval, the account waits for it.
 *
 * @throws Refusal `invalid` for a malformed or blocked address, `not_permitted` when the address is confirmed, `too_many`
 */
export async function changeUnconfirmedAddress(app: App, accountId: AccountId, address: string): Promise<void> {
  const email = address.trim()
  if (!isMailAddress(email)) throw wrongField('email', 'notMailAddress')
  await countAttempt(app, `confirmation of ${accountId}`, { count: 5, minutes: 60 })
  const { needsApproval } = await admitNewAddress(app, email)
  const set = (newEmail: string, isQuiet: boolean) =>
    app.db.transaction(async (tx) => {
      const changed = await tx
        .update(users)
        .set({ email: newEmail, ...(needsApproval ? { approvedAt: null } : {}) })
        .where(and(eq(users.accountId, accountId), isNull(users.confirmedAt)))
        .returning({ id: users.accountId })
      if (changed.length === 0) throw alreadyConfirmed()
      await tx.delete(mailTokens).where(eq(mailTokens.accountId, accountId))
      if (!isQuiet) await emit(tx, { type: 'account.registered', accountId })
    })
  try {
    await set(email, false)
  } catch (error) {
    if (sqlState(error) !== '23505') throw error
    await set(placeholderAddress(), true)
    await remindHolder(app, email)
  }
}

export const alreadyConfirmed = (): Refusal => refuse('not_permitted', 'alreadyConfirmed')

/**
 * Sets a new password by a mailed link. Ends all sessions, tokens and links of the account; if its address was not confirmed, also the
 * log-ins by providers, as somebody else may have signed up with the address. The browser is known from now on, so that
 * its log-in does not have to wait with those of strangers.
 *
 * @returns the token for the browser's cookie
 * @throws Refusal `unprocessable` when the link is no longer valid, `invalid` for a password that can’t be used, TooMany after many
 *   links that are not valid
 */
export async function resetPassword(
  app: App,
  secret: string,
  password: string,
  client: Client,
): Promise<{ device: string }> {
  // Hashing costs more than anything else here, so check the link first. Only wrong ones are counted: whoever shares an address with
  // somebody who guesses can still use theirs.
  if (!(await isMailTokenGood(app.db, secret, 'reset'))) {
    await countAttempt(app, `reset from ${addressGroup(client.address)}`, { count: 20, minutes: 60 })
    throw deadLink()
  }
  const passwordHash = await acceptablePassword(password)
  return app.db.transaction(async (tx) => {
    const accountId = await spendMailToken(tx, secret, 'reset')
    if (!accountId) throw deadLink()
    await dropUnconfirmedIdentities(tx, accountId)
    // The link arrived, so the address is confirmed, too. A captcha that is owed can't be left out this way.
    if (!(await owesCaptcha(tx, accountId))) await confirm(tx, accountId)
    await setPassword(tx, accountId, passwordHash)
    const device = await rememberDevice(tx, accountId, client.device)
    await logSecurity(tx, accountId, 'passwordReset', { client })
    return { device }
  })
}

/** A password that a logged-in person chooses; `sessionToken` is of the session that stays. */
type NewPassword = { password: string; sessionToken: string; client: Client }

/**
 * Changes the password of a logged-in account. Ends all its other sessions and all tokens of apps.
 *
 * @throws Refusal `invalid` with the field that is wrong; TooMany after too many wrong passwords
 */
export async function changePassword(
  app: App,
  accountId: AccountId,
  current: string,
  { password, sessionToken, client }: NewPassword,
): Promise<void> {
  await checkOwnPassword(app, accountId, current, client, 'current_password')
  const passwordHash = await acceptablePassword(password)
  await app.db.transaction(async (tx) => {
    await setPassword(tx, accountId, passwordHash, sessionToken, client.device)
    await logSecurity(tx, accountId, 'passwordChanged', { client })
  })
}

/**
 * Gives a password to a logged-in account that has none: its person came by a provider or a passkey, and proved shortly before to be
 * the owner. Ends all its other sessions and all tokens of apps.
 *
 * @throws Refusal `not_permitted` when the account has a password, or the proof is missing; `invalid` for a password that can't be used
 */
export async function chooseFirstPassword(
  app: App,
  accountId: AccountId,
  { password, sessionToken, client }: NewPassword,
): Promise<void> {
  const passwordHash = await acceptablePassword(password)
  await app.db.transaction(async (tx) => {
    await lockUser(tx, accountId)
    if ((await hasPassword(tx, accountId)) || !(await isProved(tx, accountId, sessionToken)))
      throw refuse('not_permitted', 'notAllowed')
    await setPassword(tx, accountId, passwordHash, sessionToken, client.device)
    await logSecurity(tx, accountId, 'passwordChanged', { client })
  })
}

/**
 * Sets a password. Ends sessions, tokens, steps of sign-ins and links of the account, and forgets its browsers: whoever knew the earlier
 * password may have them. A link that brings back an earlier mail address stays, as it is the owner's way back.
 *
 * @param passwordHash from `acceptablePassword`
 * @param exceptSession token of the session that stays
 * @param exceptDevice token of the browser that stays known
 */
export async function setPassword(
  tx: Tx,
  accountId: AccountId,
  passwordHash: string,
  exceptSession?: string,
  exceptDevice: string | null = null,
): Promise<void> {
  await tx.update(users).set({ passwordHash }).where(eq(users.accountId, accountId))
  await closeSessions(tx, accountId, exceptSession)
  await endAccess(tx, accountId)
  await forgetDevices(tx, accountId, exceptDevice)
  // A log-in that waits for its second factor began with the earlier password.
  await endStatesOf(tx, accountId)
  await tx
    .delete(mailTokens)
    .where(and(eq(mailTokens.accountId, accountId), inArray(mailTokens.purpose, ['reset', 'change', 'join'])))
}

/** Ends the access of all apps to an account, pending codes included. */
export async function endAccess(tx: Tx, accountId: AccountId): Promise<void> {
  await endTokensOf(tx, accountId)
  await tx.delete(authorizationCodes).where(eq(authorizationCodes.accountId, accountId))
}

/** @returns the hash of a password; throws `invalid` when the password can't be used */
export async function acceptablePassword(password: string): Promise<string> {
  const problem = await passwordProblem(password)
  if (problem) throw wrongField('password', problem.key, problem.values)
  return hashPassword(password)
}

export const deadLink = () => refuse('unprocessable', 'linkUsed')

function wrongField(field: string, key: RefusalText['key'], values?: RefusalText['values']): Refusal {
  const problem = problemWith(field, 'ERR_INVALID', key, values)
  return new Refusal('invalid', `${field.replaceAll('_', ' ')} ${problem.message}`, [problem])
}
