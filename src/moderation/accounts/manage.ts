/** Further actions of staff on accounts, which are no strikes: ways in, roles, addresses and profiles. */
import { and, eq, isNull, sql } from 'drizzle-orm'
import { changeAccount } from '../../accounts/manage.ts'
import { audit } from '../../accounts/roles/audit.ts'
import { loadRoles } from '../../accounts/roles/roles.ts'
import { requireAbove, requirePermission, type Staff } from '../../accounts/roles/staff.ts'
import { logSecurity } from '../../accounts/security/log.ts'
import { closeSessions } from '../../accounts/sessions/sessions.ts'
import { endAccess } from '../../accounts/sign-up/credentials.ts'
import { isPlaceholder } from '../../accounts/sign-up/placeholder-address.ts'
import { forgetRemoteFiles } from '../../media/remote-eviction.ts'
import { emit } from '../../outbox/emit.ts'
import { changed } from '../../platform/db/changes.ts'
import type { Tx } from '../../platform/db/index.ts'
import { accounts, users } from '../../platform/db/schema/accounts.ts'
import { notFound } from '../../platform/errors.ts'
import type { AccountId, RoleId } from '../../platform/ids.ts'
import { limits } from '../../rules/limits.ts'
import { cleanName } from '../../text/clean.ts'
import { refuse } from '../../text/refusals.ts'
import type { Target } from './effects.ts'
import { lockTarget, targetOf } from './strike.ts'

/** The local account that staff act on, with its login data. */
async function lockLocal(tx: Tx, staff: Staff, accountId: AccountId) {
  await requireAbove(tx, staff, accountId)
  const target = await lockTarget(tx, accountId)
  const [user] = await tx.select().from(users).where(eq(users.accountId, accountId))
  if (!user) throw refuse('invalid', 'onlyLocalAccounts')
  return { target, user }
}

/**
 * Confirms the mail address of an account. A second time nothing happens.
 *
 * @returns whether it was unconfirmed
 * @throws Refusal `not_permitted`, `not_found`, `invalid` for remote accounts
 */
export async function confirmAddress(tx: Tx, staff: Staff, accountId: AccountId): Promise<boolean> {
  requirePermission(staff, 'manage_users')
  const { target, user } = await lockLocal(tx, staff, accountId)
  if (user.confirmedAt) return false
  await changeAccount(tx, accountId, { isConfirmed: true })
  await audit(tx, staff, 'account', 'confirm', targetOf(target))
  return true
}

/**
 * Makes an account a memorial of a person who died, to which nobody logs in, or a normal account again.
 *
 * @throws Refusal `not_permitted`, `not_found`, `invalid` for remote accounts
 */
export async function setMemorial(tx: Tx, staff: Staff, accountId: AccountId, isMemorial: boolean): Promise<void> {
  requirePermission(staff, 'delete_user_data')
  const { target } = await lockLocal(tx, staff, accountId)
  if (target.isMemorial === isMemorial) return
  await changeAccount(tx, accountId, { isMemorial })
  await audit(tx, staff, 'account', isMemorial ? 'memorialise' : 'unmemorialise', targetOf(target))
}

/**
 * Makes a password useless, ends all sessions and the access of all apps, and mails the person a link for a new one.
 *
 * @throws Refusal `not_permitted`, `not_found`, `invalid` for remote accounts, `unprocessable` without a mail address
 */
export async function resetPassword(tx: Tx, staff: Staff, accountId: AccountId): Promise<void> {
  requirePermission(staff, 'manage_user_access')
  const { target, user } = await lockLocal(tx, staff, accountId)
  if (isPlaceholder(user.email)) throw refuse('unprocessable', 'withoutAddress')
  await tx.update(users).set({ passwordHash: null }).where(eq(users.accountId, accountId))
  await closeSessions(tx, accountId)
  await endAccess(tx, accountId)
  await emit(tx, { type: 'password.forgotten', accountId })
  await audit(tx, staff, 'account', 'resetPassword', targetOf(target))
}

/**
 * Ends all sessions of an account, and the access of all apps.
 *
 * @throws Refusal `not_permitted`, `not_found`, `invalid` for remote accounts
 */
export async function endSessions(tx: Tx, staff: Staff, accountId: AccountId): Promise<void> {
  requirePermission(staff, 'manage_user_access', 'manage_users')
  const { target } = await lockLocal(tx, staff, accountId)
  await closeSessions(tx, accountId)
  await endAccess(tx, accountId)
  await logSecurity(tx, accountId, 'sessionEnded', {
    client: null,
    ...(staff.accountId ? { actorId: staff.accountId } : {}),
  })
  await audit(tx, staff, 'account', 'endSessions', targetOf(target))
}

/**
 * Gives an account a role, built in or made. The role of the staff is above both the old one and the new one.
 *
 * @throws Refusal `not_permitted`, `not_found`, also without such a role, `invalid` for remote accounts
 */
export async function changeRole(tx: Tx, staff: Staff, accountId: AccountId, roleId: RoleId): Promise<void> {
  requirePermission(staff, 'manage_roles')
  const { target, user } = await lockLocal(tx, staff, accountId)
  const role = (await loadRoles(tx)).get(roleId)
  if (!role) throw notFound()
  if (role.position >= staff.position) throw refuse('not_permitted', 'roleNotAbove')
  const [builtIn, made] = role.builtIn ? [role.builtIn, null] : (['user', roleId] as const)
  if (user.role === builtIn && user.roleId === made) return
  await changeAccount(tx, accountId, { role: builtIn })
  await tx.update(users).set({ roleId: made }).where(eq(users.accountId, accountId))
  await changed(tx, 'profiles')
  await emit(tx, { type: 'account.moderated', accountId })
  await audit(tx, staff, 'account', 'changeRole', targetOf(target), { from: user.roleId ?? user.role, to: roleId })
}

/**
 * Changes the mail address of an account. It counts as confirmed if the old one was. The old address is told.
 *
 * @throws Refusal `not_permitted`, `not_found`, `unprocessable` for a malformed address, `conflict` for one in use
 */
export async function changeAddress(tx: Tx, staff: Staff, accountId: AccountId, email: string): Promise<void> {
  requirePermission(staff, 'manage_user_access')
  const { target, user } = await lockLocal(tx, staff, accountId)
  const address = email.trim()
  if (address === user.email) return
  await changeAccount(tx, accountId, { email: address })
  if (user.confirmedAt)
    await logSecurity(tx, accountId, 'addressChanged', {
      client: null,
      ...(staff.accountId ? { actorId: staff.accountId } : {}),
      details: { oldAddress: user.email, address },
    })
  // The addresses stay out of the audit log, which is kept for good.
  await audit(tx, staff, 'account', 'changeAddress', targetOf(target))
}

export type ProfileRemoval = {
  /** A new name; empty: none, so that the handle is shown. */
  displayName?: string
  avatar?: true
  header?: true
  note?: true
  fields?: true
}

/**
 * Changes the display name of a local account, or removes parts of its profile. Handles can't change: other servers know accounts by
 * them. Of remote accounts only the images are removed here, until their server sends new ones.
 *
 * @throws Refusal `not_permitted`, `not_found`, `invalid` for the texts of remote accounts
 */
export async function changeProfile(tx: Tx, staff: Staff, accountId: AccountId, change: ProfileRemoval): Promise<void> {
  requirePermission(staff, 'manage_users')
  await requireAbove(tx, staff, accountId)
  const target = await lockTarget(tx, accountId)
  const hasTexts = change.displayName !== undefined || change.note || change.fields
  if (target.domain !== null && hasTexts) throw refuse('invalid', 'onlyLocalAccounts')
  await tx
    .update(accounts)
    .set({
      updatedAt: sql`now()`,
      ...(change.displayName === undefined
        ? {}
        : { displayName: cleanName(change.displayName, limits.account.maxDisplayNameLength) }),
      ...(change.note ? { note: '', noteSource: '' } : {}),
      ...(change.fields ? { fields: [] } : {}),
      ...(change.avatar ? { avatarFile: null, avatarRemoteUrl: null, avatarDescription: '' } : {}),
      ...(change.header ? { headerFile: null, headerRemoteUrl: null, headerDescription: '' } : {}),
    })
    .where(and(eq(accounts.id, accountId), isNull(accounts.deletedAt)))
  await dropFiles(tx, target, change)
  if (target.domain === null) await emit(tx, { type: 'account.updated', accountId })
  if (change.displayName !== undefined)
    await audit(tx, staff, 'account', 'changeName', targetOf(target), { from: target.displayName })
  const parts = (['avatar', 'header', 'note', 'fields'] as const).filter((part) => change[part])
  if (parts.length > 0) await audit(tx, staff, 'account', 'removeFile', targetOf(target), { parts })
}

async function dropFiles(tx: Tx, target: Target, { avatar, header }: ProfileRemoval): Promise<void> {
  const files = [avatar && target.avatarFile, header && target.headerFile].filter((file) => typeof file === 'string')
  if (files.length > 0) await emit(tx, { type: 'files.orphaned', files })
  const urls = [avatar && target.avatarRemoteUrl, header && target.headerRemoteUrl]
  await forgetRemoteFiles(
    tx,
    urls.filter((url) => typeof url === 'string'),
  )
}
