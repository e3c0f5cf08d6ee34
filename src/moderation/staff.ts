/** Members of staff: what they may do, and to whom. Each use case of moderation begins here. */
import { eq } from 'drizzle-orm'
import { hasPermission, type Permission, permissionBits } from '../accounts/roles/permissions.ts'
import { loadRoles, roleOf } from '../accounts/roles/roles.ts'
import { accountStatusOf } from '../accounts/sessions/account-status.ts'
import { viewerColumns } from '../accounts/sessions/sessions.ts'
import type { Reader } from '../platform/db/index.ts'
import { accounts, users } from '../platform/db/schema/accounts.ts'
import type { AccountId } from '../platform/ids.ts'
import { refuse } from '../text/refusals.ts'

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
    .select({ ...viewerColumns, roleId: users.roleId })
    .from(users)
    .innerJoin(accounts, eq(accounts.id, users.accountId))
    .where(eq(users.accountId, accountId))
  if (!viewer || accountStatusOf(viewer) !== 'active') throw refuse('not_permitted', 'notStaff')
  const { permissions, position } = roleOf(await loadRoles(db), viewer)
  return { accountId, name: viewer.username, permissions, position }
}

/**
 * Requires one of some permissions.
 *
 * @throws Refusal `not_permitted`
 */
export function requirePermission(staff: Staff, ...anyOf: Permission[]): void {
  if (!anyOf.some((name) => hasPermission(staff.permissions, name))) throw refuse('not_permitted', 'notStaff')
}

/**
 * Requires that the role of the staff is above that of an account. Nobody acts on their own account, or on that of an equal.
 *
 * @throws Refusal `not_permitted`
 */
export async function requireAbove(db: Reader, staff: Staff, accountId: AccountId): Promise<void> {
  const [user] = await db
    .select({ role: users.role, roleId: users.roleId })
    .from(users)
    .where(eq(users.accountId, accountId))
  const isBelow = !user || roleOf(await loadRoles(db), user).position < staff.position
  if (staff.accountId === accountId || !isBelow) throw refuse('not_permitted', 'roleNotAbove')
}
