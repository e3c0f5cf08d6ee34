/** Posts whose files a moderator marked as sensitive: neither their authors nor their servers take that back. */
import { sql } from 'drizzle-orm'
import type { Tx } from '../platform/db/index.ts'
import type { statuses } from '../platform/db/schema/statuses.ts'

/** Whether a mark of a moderator keeps a status sensitive. */
export async function staysSensitive(
  tx: Tx,
  { id, accountId, isSensitive }: Pick<typeof statuses.$inferSelect, 'id' | 'accountId' | 'isSensitive'>,
): Promise<boolean> {
  if (!isSensitive) return false
  const { rows } = await tx.execute<{ isMarked: boolean }>(sql`
    select exists (select from strikes where account_id = ${accountId} and action = 'mark_statuses_as_sensitive' and lifted_at is null
      and status_ids @> array[${id}::bigint]) as "isMarked"`)
  return rows[0]?.isMarked ?? false
}
