/**
 * Permissions of roles, with the bits that Mastodon's API gives them, so that apps know what to offer.
 *
 * @see https://docs.joinmastodon.org/entities/Role/#permission-flags
 */
export const permissionBits = {
  administrator: 0x1n,
  view_devops: 0x2n,
  view_audit_log: 0x4n,
  view_dashboard: 0x8n,
  manage_reports: 0x10n,
  manage_federation: 0x20n,
  manage_settings: 0x40n,
  manage_blocks: 0x80n,
  manage_taxonomies: 0x100n,
  manage_appeals: 0x200n,
  manage_users: 0x400n,
  manage_invites: 0x800n,
  manage_rules: 0x1000n,
  manage_announcements: 0x2000n,
  manage_custom_emojis: 0x4000n,
  manage_webhooks: 0x8000n,
  invite_users: 0x10000n,
  manage_roles: 0x20000n,
  manage_user_access: 0x40000n,
  delete_user_data: 0x80000n,
} as const

export type Permission = keyof typeof permissionBits
export const permissions = Object.keys(permissionBits) as Permission[]

/** The sum of the bits of some permissions. */
export const bitsOf = (names: readonly Permission[]): bigint =>
  names.reduce((bits, name) => bits | permissionBits[name], 0n)

/** Whether a sum of bits contains a permission. Administrators have all. */
export const hasPermission = (bits: bigint, name: Permission): boolean =>
  (bits & (permissionBits.administrator | permissionBits[name])) !== 0n

/** The bits of staff: all but the permission to invite. */
const staffBits = bitsOf(permissions.filter((name) => name !== 'invite_users'))

/** Whether somebody belongs to the staff: they may do anything for the instance. */
export const isStaff = (bits: bigint): boolean => (bits & staffBits) !== 0n
