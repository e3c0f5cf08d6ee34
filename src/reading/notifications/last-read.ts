import { type SQL, sql } from 'drizzle-orm'
import type { AccountId } from '../../platform/ids.ts'

/** The id of the last notification that a person has read; 0 for none. */
export const lastRead = (viewer: AccountId): SQL =>
  sql`coalesce((select last_read_id from markers where account_id = ${viewer} and timeline = 'notifications'), 0)`
