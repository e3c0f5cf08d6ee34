import { type Role, roles } from '../../platform/db/schema/accounts.ts'

export { type Role, roles }
