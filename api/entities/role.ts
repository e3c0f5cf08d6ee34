import type { InviteSettings } from '#src/accounts/invites/permission.ts'
import { permissionBits } from '#src/accounts/sessions/permissions.ts'
import type { Viewer } from '#src/accounts/sessions/sessions.ts'
import { collectionLimits } from '#src/reading/collections/manage.ts'

type Role = Viewer['role']

const ids: Record<Role, string> = { owner: '3', admin: '2', moderator: '1', user: '-99' }
const names: Record<Role, string> = { owner: 'Owner', admin: 'Admin', moderator: 'Moderator', user: '' }

/** @see https://docs.joinmastodon.org/entities/Account/#roles */
export const toAccountRoles = (role: Role | null) =>
  role === null || role === 'user' ? [] : [{ id: ids[role], name: names[role], color: '' }]

/**
 * A person's role on this server. Its permissions are what the website lets the role do: this server lacks Mastodon's API of
 * administration.
 *
 * @see https://docs.joinmastodon.org/entities/Role/
 */
export const toRole = (role: Role, settings: InviteSettings) => ({
  id: ids[role],
  name: names[role],
  color: '',
  permissions: String(permissionBits(role, settings)),
  highlighted: role !== 'user',
  collection_limit: collectionLimits.ofAccount,
})
