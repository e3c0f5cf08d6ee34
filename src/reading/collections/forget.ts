/** Forgets collections of remote accounts, but not who left them. */
import { inArray, sql } from 'drizzle-orm'
import { isOneOfIds } from '../../platform/db/arrays.ts'
import type { Tx } from '../../platform/db/index.ts'
import { collections } from '../../platform/db/schema/lists.ts'
import type { CollectionId } from '../../platform/ids.ts'

/**
 * Deletes remote collections. One that a local account left stays as forgotten, without its texts and other items: if its server
 * shows it again, the account is not put into it again.
 */
export async function forgetCollections(tx: Tx, ids: readonly CollectionId[]): Promise<void> {
  if (ids.length === 0) return
  const kept = await tx
    .update(collections)
    .set({
      isForgotten: true,
      isDiscoverable: false,
      name: '',
      description: '',
      url: null,
      language: null,
      tagId: null,
    })
    .where(
      sql`${isOneOfIds(collections.id, ids)} and exists (
        select from collection_items i where i.collection_id = ${collections.id} and i.state = 'revoked')`,
    )
    .returning({ id: collections.id })
  const keptIds = kept.map(({ id }) => id)
  const gone = ids.filter((id) => !keptIds.includes(id))
  if (gone.length > 0) await tx.delete(collections).where(inArray(collections.id, gone))
  if (keptIds.length === 0) return
  await tx.execute(
    sql`delete from collection_items i where ${isOneOfIds(sql`i.collection_id`, keptIds)} and i.state <> 'revoked'`,
  )
  await tx.execute(sql`delete from collection_claims c where ${isOneOfIds(sql`c.collection_id`, keptIds)}`)
  await tx.execute(sql`delete from notifications n where ${isOneOfIds(sql`n.collection_id`, keptIds)}`)
}
