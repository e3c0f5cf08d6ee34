import { type Role, roles } from '../../platform/db/schema/accounts.ts'

export type { Role }

/** Whether a role has the powers of another: each has those of the ones before it. */
export const isAtLeast = (role: Role, wanted: Role): boolean => roles.indexOf(role) >= roles.indexOf(wanted)
