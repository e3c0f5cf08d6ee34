import { eq, sql } from 'drizzle-orm'
import { emit } from '../../outbox/emit.ts'
import type { App } from '../../platform/app.ts'
import { changed } from '../../platform/db/changes.ts'
import { type Db, sqlState, type Tx } from '../../platform/db/index.ts'
import { accounts, accountStats, type Role, users } from '../../platform/db/schema/accounts.ts'
import { type FieldProblem, Refusal } from '../../platform/errors.ts'
import { type AccountId, type ApplicationId, type InviteId, newId } from '../../platform/ids.ts'
import type { Uris } from '../../platform/uris.ts'
import { limits } from '../../rules/limits.ts'
import { loadSettings } from '../../rules/settings.ts'
import { cleanName } from '../../text/clean.ts'
import { languageTag } from '../../text/language-tag.ts'
import { problemWith } from '../../text/refusals.ts'
import { handleMatches } from '../find.ts'
import { generateKeys, type KeyPair, storeKeys } from '../keys/keys.ts'
import { hashPassword, passwordProblem } from '../sessions/passwords.ts'
import { isReservedName } from './names.ts'

export type SignUp = {
  username: string
  email: string
  /** Null: the person signs in by a provider. */
  password: string | null
  /** The person's reason to join, when registration is by approval. */
  reason?: string
  /** BCP 47 tag of the person's language, and the name of the person's time zone. */
  locale?: string
  timeZone?: string
  /** The code of the invitation by which the person comes. */
  inviteCode?: string
  /** `YYYY-MM-DD`. It is checked where there is a minimum age, and stored nowhere. */
  dateOfBirth?: string
  /** Whether the person accepts rules and terms. */
  agrees?: boolean
  /** The app by which the person signs up. */
  applicationId?: ApplicationId
}

/** A checked sign-up, with its password hash and keys. */
export type Registration = {
  username: string
  email: string
  passwordHash: string | null
  reason: string | null
  locale: string | null
  timeZone: string | null
  keys: KeyPair[]
}

/** Options that a person who signs up can't choose. */
export type RegistrationOptions = {
  role?: Role
  isConfirmed?: boolean
  isApproved?: boolean
  displayName?: string
  /** Whether the confirmation mail is left out. */
  isQuiet?: boolean
  inviteId?: InviteId | null
  /** The client's network address. */
  address?: string
  /** Whether the person turned out to be old enough. */
  isOldEnough?: boolean
  hasAcceptedTerms?: boolean
  applicationId?: ApplicationId | null
}

/**
 * Checks a sign-up, and generates its hash and keys. Each takes 0.1 s: call it before the transaction.
 *
 * @param trusted whether an admin asks on the command line; reserved and blocked names are allowed then
 * @param problems that the caller found, to be reported together with those found here
 * @throws Refusal `invalid` with every field that is wrong
 */
export async function prepareRegistration(
  app: App,
  input: SignUp,
  trusted = false,
  problems: FieldProblem[] = [],
): Promise<Registration> {
  const username = input.username.trim().toLowerCase()
  const email = input.email.trim()
  const wrong = (...about: Parameters<typeof problemWith>) => problems.push(problemWith(...about))

  if (username === '') wrong('username', 'ERR_BLANK', 'blank')
  else if (!/^[a-z0-9_]+$/.test(username)) wrong('username', 'ERR_INVALID', 'usernameCharacters')
  else if (username.length > limits.account.maxUsernameLength)
    wrong('username', 'ERR_TOO_LONG', 'tooManyCharacters', { max: limits.account.maxUsernameLength })
  else if (!trusted && isReservedName(username, app.config.handleHost, (await loadSettings(app.db)).blockedUsernames))
    wrong('username', 'ERR_RESERVED', 'reserved')
  else if (await isNameTaken(app.db, username)) wrong('username', 'ERR_TAKEN', 'taken')

  if (email === '') wrong('email', 'ERR_BLANK', 'blank')
  else if (!isMailAddress(email)) wrong('email', 'ERR_INVALID', 'notMailAddress')

  const { password } = input
  const problemWithPassword = password === null ? null : await passwordProblem(password)
  if (password === '') wrong('password', 'ERR_BLANK', 'blank')
  else if (password !== null && problemWithPassword)
    wrong(
      'password',
      [...password].length < 8 ? 'ERR_TOO_SHORT' : 'ERR_INVALID',
      problemWithPassword.key,
      problemWithPassword.values,
    )
  if (problems.length > 0) throw invalidSignUp(problems)

  const [passwordHash, keys] = await Promise.all([password === null ? null : hashPassword(password), generateKeys()])
  return {
    username,
    email,
    passwordHash,
    reason: cleanName(input.reason ?? '', 500) || null,
    locale: languageTag(input.locale ?? ''),
    timeZone: timeZoneOf(input.timeZone),
    keys,
  }
}

/**
 * Creates a local account with its login data and keys, and queues the mail that confirms its address.
 *
 * For a mail address in use, it creates nothing and returns null. It does not throw, as an error would tell strangers which
 * addresses have an account here: the caller answers as for a new address.
 *
 * @throws Refusal `invalid` when the name was taken meanwhile
 */
export async function register(
  tx: Tx,
  uris: Uris,
  registration: Registration,
  options: RegistrationOptions = {},
): Promise<AccountId | null> {
  const { username, email, passwordHash, reason, locale, timeZone, keys } = registration
  const [taken] = await tx
    .select({ id: users.accountId })
    .from(users)
    .where(sql`lower(${users.email}) = lower(${email})`)
  if (taken) return null

  const id = newId<AccountId>()
  try {
    await tx
      .insert(accounts)
      .values({
        id,
        username,
        domain: null,
        uri: uris.account(id),
        url: uris.profile(username),
        displayName: options.displayName ?? '',
        inboxUrl: uris.inbox(id),
        sharedInboxUrl: uris.sharedInbox,
        outboxUrl: uris.outbox(id),
        followersUrl: uris.followers(id),
        followingUrl: uris.following(id),
        featuredUrl: uris.featured(id),
      })
  } catch (error) {
    if (sqlState(error) === '23505') throw invalidSignUp([problemWith('username', 'ERR_TAKEN', 'taken')])
    throw error
  }
  await tx.insert(accountStats).values({ accountId: id })
  const added = await tx
    .insert(users)
    .values({
      accountId: id,
      email,
      passwordHash,
      role: options.role ?? 'user',
      confirmedAt: options.isConfirmed ? sql`now()` : null,
      approvedAt: options.isApproved === false ? null : sql`now()`,
      signUpReason: reason,
      locale,
      timeZone,
      signUpAddress: options.address || null,
      signUpApp: options.applicationId
        ? sql`(select name from applications where id = ${options.applicationId})`
        : null,
      inviteId: options.inviteId ?? null,
      ageConfirmedAt: options.isOldEnough ? sql`now()` : null,
      termsAcceptedAt: options.hasAcceptedTerms ? sql`now()` : null,
    })
    .onConflictDoNothing()
    .returning({ id: users.accountId })
  if (added.length === 0) {
    // Another sign-up with the same address was faster.
    await tx.delete(accounts).where(eq(accounts.id, id))
    return null
  }
  await storeKeys(tx, id, keys)
  // The owner is the public contact.
  if (options.role) await changed(tx, 'profiles')
  await emit(tx, { type: 'account.created', accountId: id })
  if (!options.isConfirmed && !options.isQuiet) await emit(tx, { type: 'account.registered', accountId: id })
  return id
}

/** Names of deleted accounts count as taken, too: a new account must not inherit their followers' trust. */
async function isNameTaken(db: Db, username: string): Promise<boolean> {
  const rows = await db
    .select({ id: accounts.id })
    .from(accounts)
    .where(handleMatches([{ username, domain: null }]))
  return rows.length > 0
}

/**
 * Whether a text is one plain address, without names, comments, lists or line breaks, which mean something else in mail
 * headers.
 */
export function isMailAddress(text: string): boolean {
  return (
    text.length <= 254 &&
    /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(text) &&
    !text.includes('..')
  )
}

/** The refusal of a sign-up, with the fields that are wrong. */
export const invalidSignUp = (problems: FieldProblem[]) =>
  new Refusal('invalid', `${problems.map(({ field, message }) => `${inWords(field)} ${message}`).join(', ')}`, problems)

/** `date_of_birth` → `Date of birth`. */
const inWords = (field: string): string => field.charAt(0).toUpperCase() + field.slice(1).replaceAll('_', ' ')

/** The canonical name of a time zone; null when Node.js does not know it. */
export function timeZoneOf(name = ''): string | null {
  try {
    return name === '' || name.length > 100
      ? null
      : new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone
  } catch {
    return null
  }
}
