import { sql } from 'drizzle-orm'
import type { Tx } from '../platform/db/index.ts'
import type { AccountId } from '../platform/ids.ts'

/** Removes two accounts from each other's collections, when one has blocked the other. */
export async function leaveCollections(tx: Tx, one: AccountId, other: AccountId): Promise<void> {
  await tx.execute(sql`
    delete from collection_items i using collections c
    where c.id = i.collection_id and (c.account_id, i.account_id) in ((${one}::bigint, ${other}::bigint), (${other}::bigint, ${one}::bigint))`)
}
