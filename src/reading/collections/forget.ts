/** Forgets collections of remote accounts, but not who left them. */
import { and, inArray, sql } from 'drizzle-orm'
import { unnotify } from '../../notices/notify.ts'
import { isOneOfIds } from '../../platform/db/arrays.ts'
import type { Tx } from '../../platform/db/index.ts'
import { collectionItems, collections } from '../../platform/db/schema/lists.ts'
import type { AccountId, CollectionId, RelationId } from '../../platform/ids.ts'

/**
 * Forgets remote collections. One that a local account left stays as forgotten, without its texts and other items: if its server shows it
 * again, the account is not put into it again. Nobody else is in it then without a new request.
 *
 * @returns the consents of local accounts that end by this
 */
export async function forgetCollections(
  tx: Tx,
  ids: readonly CollectionId[],
): Promise<{ itemId: RelationId; accountId: AccountId }[]> {
  if (ids.length === 0) return []
  const { rows: ended } = await tx.execute<{ itemId: RelationId; accountId: AccountId; isLocal: boolean }>(sql`
    delete from collection_items i using accounts a
    where a.id = i.account_id and i.state <> 'revoked' and ${isOneOfIds(sql`i.collection_id`, ids)}
    returning i.id::text as "itemId", i.account_id::text as "accountId", a.domain is null as "isLocal"`)
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
      sql`${isOneOfIds(collections.id, ids)} and exists (select from collection_items i where i.collection_id = ${collections.id})`,
    )
    .returning({ id: collections.id })
  const keptIds = kept.map(({ id }) => id)
  const gone = ids.filter((id) => !keptIds.includes(id))
  if (gone.length > 0) await tx.delete(collections).where(inArray(collections.id, gone))
  if (keptIds.length > 0) {
    await tx.execute(sql`delete from collection_claims c where ${isOneOfIds(sql`c.collection_id`, keptIds)}`)
    await tx.execute(sql`delete from notifications n where ${isOneOfIds(sql`n.collection_id`, keptIds)}`)
  }
  return ended.flatMap(({ itemId, accountId, isLocal }) => (isLocal ? [{ itemId, accountId }] : []))
}

/** Takes items out of a remote collection. Those of accounts that left by themselves stay, so that those aren't added again. */
export async function removeItems(
  tx: Tx,
  { id, ownerId }: { id: CollectionId; ownerId: AccountId },
  items: readonly { id: RelationId }[],
): Promise<void> {
  if (items.length === 0) return
  const ids = items.map((item) => item.id)
  const removed = await tx
    .delete(collectionItems)
    .where(and(inArray(collectionItems.id, ids), sql`${collectionItems.state} = 'accepted'`))
    .returning({ accountId: collectionItems.accountId })
  for (const { accountId } of removed)
    await unnotify(tx, { type: 'added_to_collection', for: accountId, from: ownerId, collectionId: id })
}
