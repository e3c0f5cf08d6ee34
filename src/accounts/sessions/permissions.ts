/**
 * What each role may do, in one table. The permissions have Mastodon's names and bits, by which apps show or hide what staff do; a role
 * has only those that lead to something here.
 *
 * @see https://docs.joinmastodon.org/entities/Role/#permission-flags
 */
import { type InviteSettings, mayInvite } from '../invites/permission.ts'
import type { Role } from './roles.ts'

/** The number of each permission's bit. */
const bits = {
  view_dashboard: 3,
  manage_reports: 4,
  manage_federation: 5,
  manage_settings: 6,
  manage_taxonomies: 8,
  manage_users: 10,
  manage_invites: 11,
  manage_rules: 12,
  manage_announcements: 13,
  invite_users: 16,
  manage_user_access: 18,
} as const

/** Whether somebody may invite depends on the instance's settings, too: see `mayInvite`. */
export type Permission = Exclude<keyof typeof bits, 'invite_users'>

const ofModerators: readonly Permission[] = ['view_dashboard', 'manage_reports', 'manage_taxonomies', 'manage_users']
const ofAdmins: readonly Permission[] = [
  ...ofModerators,
  'manage_federation',
  'manage_settings',
  'manage_rules',
  'manage_announcements',
  'manage_invites',
  'manage_user_access',
]

const permissions: Record<Role, readonly Permission[]> = {
  user: [],
  moderator: ofModerators,
  admin: ofAdmins,
  owner: ofAdmins,
}

/** Whether a role has a permission. */
export const can = (role: Role, permission: Permission): boolean => permissions[role].includes(permission)

/** The permissions of a role as a number of bits. */
export function permissionBits(role: Role, settings: InviteSettings): number {
  const held = mayInvite(settings, role) ? [...permissions[role], 'invite_users' as const] : permissions[role]
  return held.reduce((sum, permission) => sum | (1 << bits[permission]), 0)
}
