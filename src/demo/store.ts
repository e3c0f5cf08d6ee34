import { sql } from 'drizzle-orm'
import type { Tx } from '../platform/db/index.ts'

/** Rows a statement: enough that round trips don't count, few enough that a statement stays within some megabytes. */
const batchSize = 5_000

/**
 * Inserts many rows in few statements. All rows have the same keys, which are names of columns; the others get their defaults.
 * Values are as JSON has them: moments are ISO strings.
 */
export async function insertRows(tx: Tx, table: string, rows: Record<string, unknown>[]): Promise<void> {
  const [first] = rows
  if (!first) return
  const name = sql.identifier(table)
  const columns = sql.join(
    Object.keys(first).map((column) => sql.identifier(column)),
    sql`, `,
  )
  for (let i = 0; i < rows.length; i += batchSize) {
    const batch = JSON.stringify(rows.slice(i, i + batchSize))
    await tx.execute(
      sql`insert into ${name} (${columns}) select ${columns} from json_populate_recordset(null::${name}, ${batch}::json)`,
    )
  }
}
