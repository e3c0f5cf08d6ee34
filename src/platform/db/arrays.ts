/** Lists as one value of a statement. Its text is then the same for each length, so it can be prepared. */
import { type AnyColumn, type SQL, sql } from 'drizzle-orm'

/** Ids or numbers as the text of a PostgreSQL array. */
export const arrayOf = (ids: readonly (string | number)[]): string => `{${ids.join(',')}}`

/** A condition: the column's text is in a list. */
export const isOneOf = (column: AnyColumn | SQL, texts: readonly string[]): SQL =>
  sql`${column} = any(array(select jsonb_array_elements_text(${JSON.stringify([...new Set(texts)])}::jsonb)))`

/** A condition: the column's id is in a list. */
export const isOneOfIds = (column: AnyColumn | SQL, ids: readonly string[]): SQL =>
  sql`${column} = any(${arrayOf([...new Set(ids)])}::bigint[])`
