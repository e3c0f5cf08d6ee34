/** Lists as one value of a statement, so that its text is the same for each length, and can be prepared. */
import { type AnyColumn, type SQL, sql } from 'drizzle-orm'

/** Ids or numbers as the text of an array of PostgreSQL. */
export const arrayOf = (ids: readonly (string | number)[]): string => `{${ids.join(',')}}`

/** Whether a text is one of some. */
export const isOneOf = (column: AnyColumn | SQL, texts: readonly string[]): SQL =>
  sql`${column} = any(array(select jsonb_array_elements_text(${JSON.stringify([...new Set(texts)])}::jsonb)))`

/** Whether an id is one of some. */
export const isOneOfIds = (column: AnyColumn | SQL, ids: readonly string[]): SQL =>
  sql`${column} = any(${arrayOf([...new Set(ids)])}::bigint[])`
