import type { InstanceSettings } from '../../rules/settings.ts'
import { isAtLeast, type Role } from '../sessions/roles.ts'

export type InviteSettings = Pick<InstanceSettings, 'registrations' | 'inviters'>

/** Whether people with a role may invite others, and links that they made let somebody in. */
export const mayInvite = (settings: InviteSettings, role: Role): boolean =>
  settings.registrations !== 'closed' &&
  (settings.inviters === 'users' || (settings.inviters === 'staff' && isStaff(role)))

/** Whether an invitation by this role replaces the approval by a moderator. */
export const isStaff = (role: Role): boolean => isAtLeast(role, 'moderator')
