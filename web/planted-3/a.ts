import { accounts } from '#src/platform/db/schema/accounts.ts'
export const a = accounts
