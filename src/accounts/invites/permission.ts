import type { InstanceSettings } from '../../rules/settings.ts'
import { hasPermission, isStaff } from '../roles/permissions.ts'

export type InviteSettings = Pick<InstanceSettings, 'registrations' | 'inviters'>

/** Whether people with some permissions may invite others, and links that they made let somebody in. */
export const mayInvite = (settings: InviteSettings, permissions: bigint): boolean =>
  settings.registrations !== 'closed' &&
  (settings.inviters === 'users' ||
    (settings.inviters === 'staff' && (isStaff(permissions) || hasPermission(permissions, 'invite_users'))))

/** Whether an invitation by somebody with these permissions replaces the approval by a moderator. */
export const mayApprove = (permissions: bigint): boolean => hasPermission(permissions, 'manage_users')
