import { type SQL, sql } from 'drizzle-orm'
import type { Tx } from './index.ts'

type Options = {
  /** Columns of the deleted rows; none by default. */
  returning?: SQL
  /** Leaves locked rows for the next call rather than wait for them. */
  skipsLocked?: boolean
}

/** Deletes up to `limit` rows of a table, so that the statement stays short however many rows match. */
export async function deleteSome<Row extends object>(
  tx: Pick<Tx, 'execute'>,
  table: string,
  where: SQL,
  limit: number,
  { returning = sql`1 as deleted`, skipsLocked = false }: Options = {},
): Promise<Row[]> {
  const name = sql.identifier(table)
  const { rows } = await tx.execute(sql`
    delete from ${name} where ctid = any(array(select ctid from ${name} where ${where} limit ${limit} for update ${sql.raw(skipsLocked ? 'skip locked' : '')})) returning ${returning}`)
  return rows as Row[]
}
