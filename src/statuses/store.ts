import { sql } from 'drizzle-orm'
import type { Tx } from '../platform/db/index.ts'
import { statuses } from '../platform/db/schema/statuses.ts'

/**
 * Stores a local status or any boost, with its counters, in one statement.
 *
 * @returns false when there is a status with the same id or URI, or the same boost
 */
export async function storeStatus(tx: Tx, status: typeof statuses.$inferInsert): Promise<boolean> {
  const added = tx.insert(statuses).values(status).onConflictDoNothing().returning({ id: statuses.id })
  const { rowCount } = await tx.execute(
    sql`with added as (${added.getSQL()}) insert into status_stats (status_id) select id from added`,
  )
  return rowCount === 1
}
