/**
 * Roles: what people may do beyond their own account. Four are built in: owner, admin, moderator and everybody. Admins may change
 * the last three, and make more.
 */
import type { StaffRoles } from '../../notices/notify.ts'
import { cachedUntilChanged } from '../../platform/db/cache.ts'
import type { Reader } from '../../platform/db/index.ts'
import { type Role as BuiltIn, staffRoles } from '../../platform/db/schema/accounts.ts'
import type { RoleId } from '../../platform/ids.ts'
import type { InstanceSettings } from '../../rules/settings.ts'
import { bitsOf, hasPermission, type Permission } from './permissions.ts'

export type StaffRole = {
  id: RoleId
  /** Null for roles that admins made. */
  builtIn: BuiltIn | null
  /** Empty for everybody. */
  name: string
  permissions: bigint
  /** A role acts on the accounts of lower positions only. */
  position: number
  /** `#rrggbb`, or empty. */
  colour: string
  isHighlighted: boolean
  /** Of made roles. Which built-in ones need a second factor is a setting: see `needsFactor`. */
  needsSecondFactor: boolean
  /** Null: as everybody. */
  maxCollections: number | null
  maxInvites: number | null
  /** What these come to. */
  limits: Record<keyof typeof defaultRoleLimits, number>
}

/** What an account may have at the same time, unless admins gave everybody, or its role, other numbers. */
export const defaultRoleLimits = { maxCollections: 10, maxInvites: 20 } as const

const builtIn = (
  id: string,
  key: BuiltIn,
  name: string,
  position: number,
  permissions: readonly Permission[],
): StaffRole => ({
  id: id as RoleId,
  builtIn: key,
  name,
  permissions: bitsOf(permissions),
  position,
  colour: '',
  isHighlighted: key !== 'user',
  needsSecondFactor: false,
  maxCollections: null,
  maxInvites: null,
  limits: defaultRoleLimits,
})

const moderatorPermissions: Permission[] = [
  'view_dashboard',
  'view_audit_log',
  'manage_reports',
  'manage_appeals',
  'manage_users',
  'manage_taxonomies',
]

/** As they are until an admin changes them. Mastodon gives `-99` to the role of everybody. */
const builtIns: Record<BuiltIn, StaffRole> = {
  user: builtIn('-99', 'user', '', -1, []),
  moderator: builtIn('1', 'moderator', 'Moderator', 10, moderatorPermissions),
  admin: builtIn('2', 'admin', 'Admin', 100, [
    ...moderatorPermissions,
    'view_devops',
    'manage_invites',
    'manage_federation',
    'manage_settings',
    'manage_blocks',
    'manage_rules',
    'manage_announcements',
    'manage_custom_emojis',
    'manage_webhooks',
    'manage_roles',
    'manage_user_access',
    'delete_user_data',
    'invite_users',
  ]),
  owner: builtIn('3', 'owner', 'Owner', 1_000, ['administrator']),
}

/** The number of roles is bounded where they are made. */
export type Roles = ReadonlyMap<RoleId, StaffRole>

/** All roles by id, cached until they change. */
export const loadRoles = cachedUntilChanged('roles', async (db): Promise<Roles> => {
  const rows = await db.select().from(staffRoles)
  const stored = new Map(rows.map((row) => [row.id, row]))
  const { user } = builtIns
  const everybodys = stored.get(user.id) ?? user
  const withLimits = <T extends Omit<StaffRole, 'limits'>>(role: T): T & Pick<StaffRole, 'limits'> => ({
    ...role,
    limits: {
      maxCollections: role.maxCollections ?? everybodys.maxCollections ?? defaultRoleLimits.maxCollections,
      maxInvites: role.maxInvites ?? everybodys.maxInvites ?? defaultRoleLimits.maxInvites,
    },
  })
  const roles = new Map<RoleId, StaffRole>()
  for (const role of Object.values(builtIns)) {
    const changed = stored.get(role.id)
    // The owner's role can't be changed: somebody must be able to do everything.
    const isOwn = changed && role.builtIn !== 'owner'
    roles.set(role.id, withLimits(isOwn ? { ...role, ...changed, builtIn: role.builtIn } : role))
  }
  for (const row of rows) if (!roles.has(row.id)) roles.set(row.id, withLimits({ ...row, builtIn: null }))
  return roles
})

/** The columns of `users` that say which role an account has. */
export type Holder = { role: BuiltIn; roleId: RoleId | null }

/** The role of a local account. */
export function roleOf(roles: Roles, { role, roleId }: Holder): StaffRole {
  return (roleId === null ? undefined : roles.get(roleId)) ?? roles.get(builtIns[role].id) ?? builtIns[role]
}

/** What a role lets an account do: the role's permissions with those of everybody, and whom it stands above. */
export type Powers = { permissions: bigint; position: number }

export function powersOf(roles: Roles, account: Holder): Powers {
  const { permissions, position } = roleOf(roles, account)
  return { permissions: permissions | roleOf(roles, everybody).permissions, position }
}
const everybody: Holder = { role: 'user', roleId: null }

/** Whether people of a role must have a second factor, as `isSecured` of the sessions says it in SQL. */
export function needsFactor(role: StaffRole, secured: InstanceSettings['secondFactorRoles']): boolean {
  return secured.includes(role.builtIn ?? 'user') || (role.builtIn === null && role.needsSecondFactor)
}

/** A role as profiles show it. */
export type Badge = Pick<StaffRole, 'id' | 'name' | 'colour'>

/** The badge of an account, if its role is one that profiles show. */
export function badgeOf(roles: Roles, account: Holder): Badge | null {
  const { id, name, colour, isHighlighted } = roleOf(roles, account)
  return isHighlighted ? { id, name, colour } : null
}

/** An account with what its role lets it do. With the connection of an app, the roles are cached. */
export async function withPowers<T extends Holder>(db: Reader, account: T): Promise<T & Powers> {
  return { ...account, ...powersOf(await loadRoles(db), account) }
}

/** The roles of staff that have a permission. Everybody is no staff. */
export async function rolesWith(db: Reader, permission: Permission): Promise<StaffRoles> {
  const found = [...(await loadRoles(db)).values()].filter((role) => hasPermission(role.permissions, permission))
  return {
    builtIn: found.flatMap(({ builtIn: key }) => (key === null || key === 'user' ? [] : key)),
    made: found.flatMap(({ id, builtIn: key }) => (key === null ? id : [])),
  }
}
