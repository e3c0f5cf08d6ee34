import { type InviteSettings, mayInvite } from '#src/accounts/invites/permission.ts'
import { bitsOf, permissionBits, permissions } from '#src/accounts/roles/permissions.ts'
import type { StaffRole } from '#src/accounts/roles/roles.ts'
import type { AccountView } from '#src/accounts/views.ts'

/** @see https://docs.joinmastodon.org/entities/Account/#roles */
export const toAccountRoles = (badge: AccountView['badge']) =>
  badge === null ? [] : [{ id: badge.id, name: badge.name, color: badge.colour }]

/**
 * A person's role on this server, with the permissions that it has together with everybody's. Whether somebody may invite is up to the
 * instance's settings.
 *
 * @see https://docs.joinmastodon.org/entities/Role/
 */
export const toRole = (role: StaffRole, settings: InviteSettings) => ({
  id: role.id,
  name: role.name,
  color: role.colour,
  permissions: String(toPermissions(role.permissions, settings)),
  highlighted: role.isHighlighted,
  collection_limit: role.limits.maxCollections,
})

/** Owners have each permission one by one, too, as apps don't all know that an administrator has all. */
function toPermissions(bits: bigint, settings: InviteSettings): bigint {
  const held = (bits & permissionBits.administrator) === 0n ? bits : bits | bitsOf(permissions)
  const others = held & ~permissionBits.invite_users
  return mayInvite(settings, bits) ? others | permissionBits.invite_users : others
}
