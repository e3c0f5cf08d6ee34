/** Members of staff: what they may do, and to whom. Each use case of moderation begins here. */
import { eq } from 'drizzle-orm'
import type { Reader } from '../../platform/db/index.ts'
import { accounts, users } from '../../platform/db/schema/accounts.ts'
import type { AccountId } from '../../platform/ids.ts'
import { refuse } from '../../text/refusals.ts'
import { accountStatusOf } from '../sessions/account-status.ts'
import { viewerColumns } from '../sessions/sessions.ts'
import { hasPermission, type Permission, permissionBits } from './permissions.ts'
import { type Holder, loadRoles, type Powers, powersOf, roleOf, type Roles } from './roles.ts'

/** Somebody who acts for the instance. */
export type Staff = {
  /** Null: the command line, or a job. */
  accountId: AccountId | null
  /** For the audit log. */
  name: string
  permissions: bigint
  position: number
}

/** An admin on the command line may do everything. */
export const commandLine: Staff = {
  accountId: null,
  name: 'command line',
  permissions: permissionBits.administrator,
  position: Number.POSITIVE_INFINITY,
}

/** A sanction that lifts itself, and other actions whose time has come. */
export const schedule: Staff = { ...commandLine, name: 'schedule' }

/**
 * The account that acts, with the permissions of its role.
 *
 * @throws Refusal `not_permitted` for an account that is not active
 */
export async function staffMember(db: Reader, accountId: AccountId): Promise<Staff> {
  const [viewer] = await db
    .select(viewerColumns)
    .from(users)
    .innerJoin(accounts, eq(accounts.id, users.accountId))
    .where(eq(users.accountId, accountId))
  if (!viewer || accountStatusOf(viewer) !== 'active') throw refuse('not_permitted', 'notStaff')
  return { accountId, name: viewer.username, ...powersOf(await loadRoles(db), viewer) }
}

/** The account that acts; null is the command line. @throws as `staffMember` */
export const staffOrCommandLine = async (db: Reader, accountId: AccountId | null): Promise<Staff> =>
  accountId === null ? commandLine : staffMember(db, accountId)

/**
 * Requires one of some permissions.
 *
 * @throws Refusal `not_permitted`
 */
export function requirePermission(staff: Staff, ...anyOf: Permission[]): void {
  if (!anyOf.some((name) => hasPermission(staff.permissions, name))) throw refuse('not_permitted', 'notStaff')
}

/** Whether staff stands above somebody with a role. Owners stand above all, also above each other. */
export async function isAbove(db: Reader, staff: Powers, other: Holder): Promise<boolean> {
  return isOwner(staff) || powersOf(await loadRoles(db), other).position < staff.position
}

/** Whether somebody may do everything: an owner, or the command line. */
const isOwner = ({ permissions }: Powers): boolean => (permissions & permissionBits.administrator) !== 0n

/**
 * Whether staff may act on an account, as far as roles go: on those of lower positions, and never on their own.
 *
 * @param user null for an account of another server
 */
export const mayActOn = (roles: Roles, staff: Staff, accountId: AccountId, user: Holder | null): boolean =>
  staff.accountId !== accountId && (user === null || roleOf(roles, user).position < staff.position)

/**
 * Requires that staff may act on an account: see `mayActOn`.
 *
 * @throws Refusal `not_permitted`
 */
export async function requireAbove(db: Reader, staff: Staff, accountId: AccountId): Promise<void> {
  const [user] = await db
    .select({ role: users.role, roleId: users.roleId })
    .from(users)
    .where(eq(users.accountId, accountId))
  if (!mayActOn(await loadRoles(db), staff, accountId, user ?? null)) throw refuse('not_permitted', 'roleNotAbove')
}
