import { statuses } from '../platform/db/schema/statuses.ts'
export const a = statuses
