import { type SQL, sql } from 'drizzle-orm'
import type { Days } from './span.ts'

/**
 * A condition: an account was active on one of some days. A scalar subquery looks once for each account, however many days it was
 * active; a join might read all days of all accounts.
 */
export const wasActive = (accountId: SQL, { first, last }: Days): SQL =>
  sql`(select true from active_days a where a.account_id = ${accountId} and a.day between ${first}::date and ${last}::date limit 1)`
