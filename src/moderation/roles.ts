/** Making, changing and deleting roles. Nobody gives a permission that they lack, or touches a role as high as their own. */
import { count, eq, isNotNull, ne, or, sql } from 'drizzle-orm'
import { audit } from '../accounts/roles/audit.ts'
import { bitsOf, hasPermission, type Permission, permissionBits, permissions } from '../accounts/roles/permissions.ts'
import { loadRoles, needsFactor, type StaffRole } from '../accounts/roles/roles.ts'
import { requirePermission, type Staff } from '../accounts/roles/staff.ts'
import { changed } from '../platform/db/changes.ts'
import type { Reader, Tx } from '../platform/db/index.ts'
import { staffRoles, users } from '../platform/db/schema/accounts.ts'
import { type FieldProblem, notFound, Refusal } from '../platform/errors.ts'
import { newId, type RoleId } from '../platform/ids.ts'
import { loadSettings } from '../rules/settings.ts'
import { cleanName } from '../text/clean.ts'
import { problemWith, refuse } from '../text/refusals.ts'
import { storeSettings } from './save-settings.ts'

export const maxRoles = 50
export const maxRoleName = 100
/** The position of a role below owners, and above everybody. */
export const highestPosition = 999
export const highestLimit = 1_000

/** What a role can be given: all but what makes an owner. */
export const givenPermissions = permissions.filter((name) => name !== 'administrator')

export type RoleInput = {
  name: string
  permissions: readonly Permission[]
  position: number
  /** `#rrggbb`, or empty. */
  colour: string
  isHighlighted: boolean
  needsSecondFactor: boolean
  /** Null: as everybody; of everybody: as Pipit has it. */
  maxCollections: number | null
  maxInvites: number | null
}

/** A role with the number of its people. `needsSecondFactor` holds for built-in roles, too. */
export type ManagedRole = StaffRole & {
  /** Null for everybody's role. */
  holders: number | null
  /** Whether the member of staff may change it. Of the owners' role, only whether it needs a second factor. */
  isChangeable: boolean
}

/**
 * All roles, the highest first.
 *
 * @throws Refusal `not_permitted`
 */
export async function listRoles(db: Reader, staff: Staff): Promise<ManagedRole[]> {
  requirePermission(staff, 'manage_roles')
  const [roles, { secondFactorRoles }] = [await loadRoles(db), await loadSettings(db)]
  const holders = await db
    .select({ role: users.role, roleId: users.roleId, count: count() })
    .from(users)
    .where(or(ne(users.role, 'user'), isNotNull(users.roleId)))
    .groupBy(users.role, users.roleId)
  const heldBy = ({ id, builtIn }: StaffRole): number | null => {
    if (builtIn === 'user') return null
    const held = holders.filter(({ role, roleId }) => (builtIn === null ? roleId === id : role === builtIn && !roleId))
    return held.reduce((sum, each) => sum + each.count, 0)
  }
  return [...roles.values()]
    .map((role) => ({
      ...role,
      needsSecondFactor: needsFactor(role, role.builtIn === null ? [] : secondFactorRoles),
      holders: heldBy(role),
      isChangeable: isOwner(role) ? hasPermission(staff.permissions, 'administrator') : role.position < staff.position,
    }))
    .toSorted((a, b) => b.position - a.position || a.name.localeCompare(b.name))
}

/**
 * One of these.
 *
 * @throws Refusal `not_permitted`, `not_found`
 */
export async function managedRole(db: Reader, staff: Staff, id: RoleId): Promise<ManagedRole> {
  const found = (await listRoles(db, staff)).find((role) => role.id === id)
  if (!found) throw notFound()
  return found
}

/**
 * Makes a role.
 *
 * @throws Refusal `not_permitted` for a position as high as one's own, and for permissions that one lacks; `invalid` for wrong fields, and
 *   when there are too many roles
 */
export async function createRole(tx: Tx, staff: Staff, input: RoleInput): Promise<RoleId> {
  requirePermission(staff, 'manage_roles')
  await lockRoles(tx)
  const roles = await loadRoles(tx)
  if (roles.size >= maxRoles) throw refuse('invalid', 'tooManyRoles', { max: maxRoles })
  const values = checked(staff, input, { before: 0n, others: [...roles.values()] })
  const id = newId<RoleId>()
  await tx.insert(staffRoles).values({ id, ...values })
  await changed(tx, 'roles')
  await audit(tx, staff, 'role', 'create', { id, name: values.name }, detailsOf(values, null))
  return id
}

/**
 * Changes a role, made or built in. Everybody's role has no name, permissions or badge; the owners' role is not changed, except by owners
 * as to whether it needs a second factor. Permissions that one lacks stay as they are.
 *
 * @throws Refusal as `createRole`, `not_found`
 */
export async function editRole(tx: Tx, staff: Staff, id: RoleId, input: RoleInput): Promise<void> {
  requirePermission(staff, 'manage_roles')
  await lockRoles(tx)
  const role = await managedRole(tx, staff, id)
  if (!role.isChangeable) throw refuse('not_permitted', 'rolePosition')
  const others = [...(await loadRoles(tx)).values()].filter((other) => other.id !== id)
  const values = valuesFor(staff, role, input, others)
  const details = detailsOf(values, role)
  if (Object.keys(details).length === 0) return
  // Which built-in roles need a second factor is a setting, also of the owners' role.
  if (role.builtIn !== null && values.needsSecondFactor !== role.needsSecondFactor)
    await secure(tx, role.builtIn, values.needsSecondFactor)
  if (!isOwner(role)) {
    const row = { ...values, needsSecondFactor: role.builtIn === null && values.needsSecondFactor }
    await tx
      .insert(staffRoles)
      .values({ id, ...row })
      .onConflictDoUpdate({ target: staffRoles.id, set: { ...row, updatedAt: sql`now()` } })
    await changed(tx, 'roles')
    await changed(tx, 'profiles')
  }
  await audit(tx, staff, 'role', 'change', { id, name: nameOf(role) }, details)
}

/**
 * Deletes a role that admins made. Its people have the role of everybody then.
 *
 * @throws Refusal `not_permitted`, also for built-in roles, `not_found`
 */
export async function deleteRole(tx: Tx, staff: Staff, id: RoleId): Promise<void> {
  requirePermission(staff, 'manage_roles')
  await lockRoles(tx)
  const role = await managedRole(tx, staff, id)
  if (role.builtIn !== null) throw refuse('not_permitted', 'roleBuiltIn')
  if (!role.isChangeable) throw refuse('not_permitted', 'rolePosition')
  await tx.delete(staffRoles).where(eq(staffRoles.id, id))
  await changed(tx, 'roles')
  await changed(tx, 'profiles')
  await audit(tx, staff, 'role', 'delete', { id, name: nameOf(role) }, { holders: role.holders })
}

const isOwner = ({ builtIn }: StaffRole): boolean => builtIn === 'owner'

/** The name for the audit log: everybody's role has none. */
const nameOf = ({ name, builtIn, id }: StaffRole): string => name || (builtIn ?? id)

/** Roles are changed one after another, so that their number stays bounded. */
const lockRoles = (tx: Tx) => tx.execute(sql`select pg_advisory_xact_lock(hashtextextended('roles', 0))`)

async function secure(tx: Tx, builtIn: NonNullable<StaffRole['builtIn']>, isSecured: boolean): Promise<void> {
  const { secondFactorRoles } = await loadSettings(tx)
  const others = secondFactorRoles.filter((name) => name !== builtIn)
  await storeSettings(tx, { secondFactorRoles: isSecured ? [...others, builtIn] : others })
}

type Values = Omit<RoleInput, 'permissions'> & { permissions: bigint }

function valuesFor(staff: Staff, role: ManagedRole, input: RoleInput, others: StaffRole[]): Values {
  const { needsSecondFactor } = input
  if (isOwner(role)) return { ...valuesOf(role), needsSecondFactor }
  if (role.builtIn !== 'user') return checked(staff, input, { before: role.permissions, others })
  const { maxCollections, maxInvites } = checked(
    staff,
    { ...input, name: '-', permissions: [], position: 1 },
    { before: 0n, others: [] },
  )
  return { ...valuesOf(role), needsSecondFactor, maxCollections, maxInvites }
}

const valuesOf = (role: ManagedRole): Values => ({
  name: role.name,
  permissions: role.permissions,
  position: role.position,
  colour: role.colour,
  isHighlighted: role.isHighlighted,
  needsSecondFactor: role.needsSecondFactor,
  maxCollections: role.maxCollections,
  maxInvites: role.maxInvites,
})

/**
 * @param before the permissions that the role has
 * @param others the other roles, none of which may have its name: who gives a role must see which one it is
 */
function checked(
  staff: Staff,
  input: RoleInput,
  { before, others }: { before: bigint; others: readonly StaffRole[] },
): Values {
  const name = cleanName(input.name, maxRoleName)
  const colour = input.colour.trim().toLowerCase()
  const limits = [
    ['max_collections', input.maxCollections],
    ['max_invites', input.maxInvites],
  ] as const
  const isTaken = name !== '' && others.some((other) => folded(other.name) === folded(name))
  const problems: FieldProblem[] = [
    ...(name === '' ? [problemWith('name', 'ERR_BLANK', 'blank')] : []),
    ...(isTaken ? [problemWith('name', 'ERR_TAKEN', 'roleNameTaken')] : []),
    ...(isWithin(input.position, 1, highestPosition)
      ? []
      : [problemWith('position', 'ERR_INCLUSION', 'between', { min: 1, max: highestPosition })]),
    ...(/^(#[0-9a-f]{6})?$/.test(colour) ? [] : [problemWith('colour', 'ERR_INVALID', 'notColour')]),
    ...limits.flatMap(([field, limit]) =>
      limit === null || isWithin(limit, 0, highestLimit)
        ? []
        : problemWith(field, 'ERR_INCLUSION', 'between', { min: 0, max: highestLimit }),
    ),
  ]
  if (problems.length > 0) throw new Refusal('invalid', 'Role is invalid', problems)
  if (input.position >= staff.position) throw refuse('not_permitted', 'rolePosition')
  const wanted = bitsOf(input.permissions)
  const lacking = givenPermissions.filter((one) => !hasPermission(staff.permissions, one))
  const isBeyond = (wanted & permissionBits.administrator) !== 0n || (wanted & ~before & bitsOf(lacking)) !== 0n
  if (isBeyond) throw refuse('not_permitted', 'permissionLacking')
  const { position, isHighlighted, needsSecondFactor, maxCollections, maxInvites } = input
  return {
    name,
    colour,
    position,
    isHighlighted,
    needsSecondFactor,
    maxCollections,
    maxInvites,
    permissions: wanted | (before & bitsOf(lacking)),
  }
}

/** Names that differ in case, or in how Unicode writes them, look the same. */
const folded = (name: string): string => name.normalize('NFKC').toLowerCase()

const isWithin = (number: number, min: number, max: number): boolean =>
  Number.isSafeInteger(number) && number >= min && number <= max

/** For the audit log: what a new role has, or what differs from before. */
function detailsOf(values: Values, before: ManagedRole | null): Record<string, unknown> {
  const { permissions: bits, ...rest } = values
  const old = before && valuesOf(before)
  const named = (some: bigint) => permissions.filter((one) => (some & permissionBits[one]) !== 0n)
  const [given, taken] = [named(bits & ~(old?.permissions ?? 0n)), named((old?.permissions ?? 0n) & ~bits)]
  const others = Object.entries(rest).filter(
    ([name, value]) => value !== (old ? old[name as keyof typeof rest] : null) && (old !== null || value !== ''),
  )
  return {
    ...Object.fromEntries(others),
    ...(given.length > 0 ? { given } : {}),
    ...(taken.length > 0 ? { taken } : {}),
  }
}
