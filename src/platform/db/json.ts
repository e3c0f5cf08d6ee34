/** Rows as JSON values of a statement, so that one query returns a row and its related rows in few columns. */
import { getTableColumns, type SQL, sql, type Table } from 'drizzle-orm'
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core'

/**
 * A row of a table as a JSON object with the keys of its columns in TypeScript. Ids become strings, moments ISO strings.
 *
 * @param without keys that are left out; PostgreSQL makes objects of at most 50 keys
 */
export function jsonRow(table: PgTable, without: readonly string[] = []): SQL {
  const pairs = Object.entries(getTableColumns(table) as Record<string, PgColumn>)
    .filter(([key]) => !without.includes(key))
    .map(([key, column]) => sql`${sql.raw(`'${key}'`)}, ${isId(column) ? sql`${column}::text` : column}`)
  return sql`json_build_object(${sql.join(pairs, sql`, `)})`
}

const isId = (column: PgColumn): boolean => column.getSQLType() === 'bigint'

const momentsOf = new WeakMap<Table, string[]>()

/** Turns the moments of a `jsonRow` of a table back into Dates, in place. */
export function revive<T extends PgTable>(table: T, row: object): T['$inferSelect'] {
  const keys =
    momentsOf.get(table) ??
    Object.entries(getTableColumns(table) as Record<string, PgColumn>).flatMap(([key, column]) =>
      column.dataType === 'date' ? [key] : [],
    )
  momentsOf.set(table, keys)
  const values = row as Record<string, unknown>
  for (const key of keys) if (typeof values[key] === 'string') values[key] = new Date(values[key])
  return row as T['$inferSelect']
}
