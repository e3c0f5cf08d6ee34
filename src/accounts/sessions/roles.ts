import { type Role, roles } from '../../platform/db/schema/accounts.ts'

export { type Role, roles }

/** Whether a role includes the permissions of another: each role includes those before it in `roles`. */
export const isAtLeast = (role: Role, wanted: Role): boolean => roles.indexOf(role) >= roles.indexOf(wanted)
