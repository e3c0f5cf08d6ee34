/** Listing and changing local accounts, for admins: on the command line and on the admin pages. */
import { and, desc, eq, isNull, ne, sql } from 'drizzle-orm'
import { emit } from '../outbox/emit.ts'
import { changed } from '../platform/db/changes.ts'
import { type Reader, sqlState, type Tx } from '../platform/db/index.ts'
import { accounts, accountStats, type Role, users } from '../platform/db/schema/accounts.ts'
import { mailTokens } from '../platform/db/schema/accounts.ts'
import { notFound, Refusal } from '../platform/errors.ts'
import type { AccountId, RoleId } from '../platform/ids.ts'
import { keepAnOwner } from './owners.ts'
import { closeSessions } from './sessions/sessions.ts'
import { arrived } from './sign-up/arrived.ts'
import { endAccess } from './sign-up/credentials.ts'
import { isMailAddress } from './sign-up/register.ts'

/** A local account as admins see it. */
export type ManagedAccount = {
  id: AccountId
  username: string
  displayName: string
  email: string
  role: Role
  /** A role that admins made, in place of `role`. */
  roleId: RoleId | null
  isConfirmed: boolean
  isApproved: boolean
  isDisabled: boolean
  isSuspended: boolean
  isMemorial: boolean
  createdAt: Date
  statusesCount: number
  followersCount: number
  followingCount: number
}

const managed = {
  id: accounts.id,
  username: accounts.username,
  displayName: accounts.displayName,
  email: users.email,
  role: users.role,
  roleId: users.roleId,
  isConfirmed: sql<boolean>`${users.confirmedAt} is not null`,
  isApproved: sql<boolean>`${users.approvedAt} is not null`,
  isDisabled: sql<boolean>`${users.disabledAt} is not null`,
  isSuspended: sql<boolean>`${accounts.suspendedAt} is not null`,
  isMemorial: accounts.isMemorial,
  createdAt: users.createdAt,
  statusesCount: sql<number>`coalesce(${accountStats.statusesCount}, 0)`,
  followersCount: sql<number>`coalesce(${accountStats.followersCount}, 0)`,
  followingCount: sql<number>`coalesce(${accountStats.followingCount}, 0)`,
}

const managedAccounts = (db: Reader) =>
  db
    .select(managed)
    .from(users)
    .innerJoin(accounts, eq(accounts.id, users.accountId))
    .leftJoin(accountStats, eq(accountStats.accountId, users.accountId))

/** The local accounts, newest first; with `roleId` those with a role that admins made, with `role` those with a built-in one. */
export async function listAccounts(
  db: Reader,
  { role, roleId, limit }: { role?: Role | undefined; roleId?: RoleId | undefined; limit: number },
): Promise<ManagedAccount[]> {
  return managedAccounts(db)
    .where(roleId ? eq(users.roleId, roleId) : role ? and(eq(users.role, role), isNull(users.roleId)) : undefined)
    .orderBy(desc(users.createdAt), desc(accounts.id))
    .limit(limit)
}

/**
 * A local account by its name.
 *
 * @throws Refusal `not_found`
 */
export async function managedAccount(db: Reader, username: string): Promise<ManagedAccount> {
  const [account] = await managedAccounts(db).where(
    and(sql`lower(${accounts.username}) = lower(${username})`, isNull(accounts.domain)),
  )
  if (!account) throw new Refusal('not_found', `There is no account ${username}`)
  return account
}

/** An undefined member leaves its column unchanged. */
export type AccountChange = {
  role?: Role
  email?: string
  isConfirmed?: true
  isDisabled?: boolean
  isMemorial?: boolean
}

/**
 * Changes an account's role, mail address and status. A new mail address counts as confirmed if the old one was: the admin
 * vouches for it, and nobody can see an unconfirmed account. Disabling an account or making it a memorial logs it out
 * everywhere.
 *
 * @throws Refusal `not_found`, `not_permitted` when no owner would be left, `unprocessable` for a malformed address,
 *   `conflict` for an address in use
 */
export async function changeAccount(tx: Tx, accountId: AccountId, change: AccountChange): Promise<void> {
  const [before] = await tx.select().from(users).where(eq(users.accountId, accountId)).for('update')
  if (!before) throw notFound()
  const losesOwner =
    before.role === 'owner' &&
    (change.isDisabled === true || change.isMemorial === true || (change.role !== undefined && change.role !== 'owner'))
  if (losesOwner) await keepAnOwner(tx, accountId)

  const isNewAddress = change.email !== undefined && change.email !== before.email
  if (change.email !== undefined && !isMailAddress(change.email))
    throw new Refusal('unprocessable', `${change.email} is not a mail address`)
  try {
    await tx
      .update(users)
      .set({
        ...(change.role === undefined ? {} : { role: change.role, roleId: null }),
        email: change.email ?? before.email,
        ...(change.isConfirmed ? { confirmedAt: sql`coalesce(${users.confirmedAt}, now())` } : {}),
        ...(change.isDisabled === undefined
          ? {}
          : { disabledAt: change.isDisabled ? sql`coalesce(${users.disabledAt}, now())` : null }),
      })
      .where(eq(users.accountId, accountId))
  } catch (error) {
    if (sqlState(error) === '23505') throw new Refusal('conflict', 'Another account has this mail address')
    throw error
  }
  if (change.role !== undefined && (change.role !== before.role || before.roleId !== null))
    await changed(tx, 'profiles')
  if (change.isConfirmed && !before.confirmedAt) await arrived(tx, [accountId])
  if (isNewAddress) await tx.delete(mailTokens).where(eq(mailTokens.accountId, accountId))
  if (isNewAddress && !change.isConfirmed && !before.confirmedAt)
    await emit(tx, { type: 'account.registered', accountId })
  if (change.isMemorial !== undefined) {
    const updated = await tx
      .update(accounts)
      .set({ isMemorial: change.isMemorial, updatedAt: sql`now()` })
      .where(and(eq(accounts.id, accountId), ne(accounts.isMemorial, change.isMemorial)))
      .returning({ id: accounts.id })
    if (updated.length > 0) await emit(tx, { type: 'account.updated', accountId })
  }
  if (change.isDisabled || change.isMemorial) {
    await closeSessions(tx, accountId)
    await endAccess(tx, accountId)
  }
}
