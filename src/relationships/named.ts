import { type SQL, sql } from 'drizzle-orm'
import { accounts } from '../platform/db/schema/accounts.ts'

/**
 * SQL condition: the name or the handle of an account of `accounts` contains a text, in whatever case; true for an empty text. No
 * index serves it: it stands beside a condition that leaves the rows of one person.
 */
export const isNamed = (text: string): SQL | undefined =>
  text === ''
    ? undefined
    : sql`strpos(lower(${accounts.username} || '@' || coalesce(${accounts.domain}, '') || ' ' || ${accounts.displayName}), ${text.toLowerCase().replace(/^@/, '')}) > 0`
