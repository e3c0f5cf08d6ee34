/** Sessions: browsers that are logged in. */
import { and, eq, gt, ne, type SQL, sql } from 'drizzle-orm'
import type { App } from '../../platform/app.ts'
import type { Reader, Tx } from '../../platform/db/index.ts'
import { accounts, type Role, sessions, users } from '../../platform/db/schema/accounts.ts'
import type { AccountId, IdentityId, RoleId } from '../../platform/ids.ts'
import { isSecuredRole } from '../../rules/settings.ts'
import { refuse } from '../../text/refusals.ts'
import { hasLoginName, loginNameIn } from '../find.ts'
import { mayLogInHere } from '../providers/configured.ts'
import { type Powers, withPowers } from '../roles/roles.ts'
import type { Client } from '../security/client.ts'
import { isKnownIn } from './devices.ts'
import { countKnownAttempt, countStrangersAttempt, recordWrongPassword, verifyCounted } from './password-attempts.ts'
import { hashSecret, newSecret } from './tokens.ts'

/** An account that may log in, as it is stored. */
export type StoredViewer = {
  accountId: AccountId
  username: string
  role: Role
  roleId: RoleId | null
  isConfirmed: boolean
  isApproved: boolean
  isDisabled: boolean
  /** The role must have a second factor, and the account has none. */
  lacksFactor: boolean
  hasMoved: boolean
  /** The language that the person chose (a BCP 47 tag), and the name of their time zone. */
  locale: string | null
  timeZone: string | null
}

/** The account of a request, logged in by a session or an app's token, with what its role lets it do. */
export type Viewer = StoredViewer & Powers

/** The viewer of a website session, and the preferences that every page follows. */
export type SessionViewer = Viewer &
  Pick<
    typeof users.$inferSelect,
    'appearance' | 'textSize' | 'mediaDisplay' | 'expandsWarnings' | 'autoplaysLoops' | 'usesSingleKeys'
  > & {
    /** When the person last proved to be the owner of the account; null: longer ago than is recorded. */
    provedAt: Date | null
  }

/** A session ends after this many days, used or not. */
export const sessionDays = 60

/** Whether the role of an account must have a second factor. */
const isSecured = sql`(${isSecuredRole(users.role)} or coalesce((select made.needs_second_factor from roles made where made.id = ${users.roleId}), false))`

/** The columns of a `StoredViewer`, from `users` joined with `accounts`. */
export const viewerColumns = {
  accountId: users.accountId,
  username: accounts.username,
  role: users.role,
  roleId: users.roleId,
  isConfirmed: sql<boolean>`${users.confirmedAt} is not null`,
  isApproved: sql<boolean>`${users.approvedAt} is not null`,
  /** Nobody can log in: the account is disabled, suspended or a memorial. */
  isDisabled: sql<boolean>`(${users.disabledAt} is not null or ${accounts.suspendedAt} is not null or ${accounts.isMemorial})`,
  lacksFactor: sql<boolean>`(${users.secondFactorSince} is null and ${isSecured})`,
  hasMoved: sql<boolean>`${accounts.movedToId} is not null`,
  locale: users.locale,
  timeZone: users.timeZone,
}

/** `viewerColumns` as one JSON value. Numbers of JSON are too short for ids. */
export const viewerJson = sql`json_build_object(${sql.join(
  Object.entries(viewerColumns).map(
    ([key, column]) =>
      sql`${sql.raw(`'${key}'`)}, ${column === users.accountId || column === users.roleId ? sql`${column}::text` : column}`,
  ),
  sql`, `,
)})`

/**
 * The account with a username or mail address and a password.
 *
 * Where people log in by a provider only, passwords of others than owners count as wrong, so that nothing tells who knows one.
 *
 * @param client whose wrong attempts are limited
 * @param isJoining whether the password proves whose account a first sign-in by a provider joins, rather than logging in
 * @throws Refusal `unprocessable` when name or password is wrong, with the same message and after the same time;
 *   TooMany after too many wrong attempts
 */
export async function checkPassword(
  app: App,
  login: string,
  password: string,
  client: Client,
  isJoining = false,
): Promise<Viewer> {
  const name = loginNameIn(login)
  const [row] = await app.db
    .select({
      ...viewerColumns,
      passwordHash: users.passwordHash,
      hasSecondFactor: sql<boolean>`${users.secondFactorSince} is not null`,
      isKnown: isKnownIn(client.device),
    })
    .from(users)
    .innerJoin(accounts, eq(accounts.id, users.accountId))
    .where(hasLoginName(name))
  const { passwordHash = null, hasSecondFactor = false, isKnown = false, ...viewer } = row ?? {}
  const attempt =
    row && isKnown && client.device !== null
      ? await countKnownAttempt(app, row.accountId, client.device)
      : await countStrangersAttempt(app, name, client)
  const isOfUse = isJoining || (row !== undefined && mayLogInHere(app, row.role))
  const matches = await verifyCounted(attempt, isOfUse ? passwordHash : null, password, !hasSecondFactor)
  if (matches && row) return withPowers(app.db, viewer as StoredViewer)
  await recordWrongPassword(app, row?.accountId ?? null, name, client, 'login')
  throw refuse('unprocessable', 'loginWrong')
}

/**
 * Opens a session and returns the token for the cookie. Only its hash is stored.
 *
 * @param byProvider the provider's account by which the person came; its ID token is sealed
 */
export async function openSession(
  tx: Tx,
  accountId: AccountId,
  client: Pick<Client, 'address' | 'userAgent'>,
  byProvider?: { identityId: IdentityId; idToken: string },
): Promise<string> {
  const token = newSecret()
  await tx
    .insert(sessions)
    .values({
      tokenHash: hashSecret(token),
      accountId,
      expiresAt: sql`now() + ${sessionDays} * interval '1 day'`,
      userAgent: client.userAgent.slice(0, 300),
      address: client.address || null,
      lastUsedAt: sql`now()`,
      provedAt: sql`now()`,
      ...byProvider,
    })
  return token
}

/** The account of a session token; null when the session has ended or the account is disabled. */
export async function sessionViewer(db: Reader, token: string): Promise<SessionViewer | null> {
  const [viewer] = await db
    .select({
      ...viewerColumns,
      appearance: users.appearance,
      textSize: users.textSize,
      mediaDisplay: users.mediaDisplay,
      expandsWarnings: users.expandsWarnings,
      autoplaysLoops: users.autoplaysLoops,
      usesSingleKeys: users.usesSingleKeys,
      provedAt: sessions.provedAt,
    })
    .from(sessions)
    .innerJoin(users, eq(users.accountId, sessions.accountId))
    .innerJoin(accounts, eq(accounts.id, users.accountId))
    .where(and(eq(sessions.tokenHash, hashSecret(token)), gt(sessions.expiresAt, sql`now()`)))
  return viewer && !viewer.isDisabled ? withPowers(db, viewer) : null
}

/**
 * Gives a session a new token, so that whoever copied the earlier one is logged out.
 *
 * @param changes to the session
 * @returns the new token; null if the session has ended, or is another account's
 */
export async function renewSession(
  tx: Tx,
  accountId: AccountId,
  token: string,
  changes: { provedAt?: SQL } = {},
): Promise<string | null> {
  const renewed = newSecret()
  const rows = await tx
    .update(sessions)
    .set({ ...changes, tokenHash: hashSecret(renewed) })
    .where(
      and(
        eq(sessions.tokenHash, hashSecret(token)),
        eq(sessions.accountId, accountId),
        gt(sessions.expiresAt, sql`now()`),
      ),
    )
    .returning({ accountId: sessions.accountId })
  return rows.length === 0 ? null : renewed
}

/** Ends all sessions of an account except the one with the token `exceptToken`. */
export async function closeSessions(tx: Tx, accountId: AccountId, exceptToken?: string): Promise<void> {
  // Waits for sign-ins that store a session at this moment, so that it ends, too.
  await tx.select({ id: accounts.id }).from(accounts).where(eq(accounts.id, accountId)).for('update')
  await tx
    .delete(sessions)
    .where(
      and(eq(sessions.accountId, accountId), exceptToken ? ne(sessions.tokenHash, hashSecret(exceptToken)) : undefined),
    )
}
