/** Answers of remote accounts to requests to put them into local collections, and the end of their consents (FEP-7aa9). */
import { and, eq, isNull, type SQL, sql } from 'drizzle-orm'
import { emit } from '../../outbox/emit.ts'
import type { Reader, Tx } from '../../platform/db/index.ts'
import { collectionItems, collections } from '../../platform/db/schema/lists.ts'
import type { AccountId, CollectionId, RelationId } from '../../platform/ids.ts'
import { touch } from './items.ts'

/** How a remote account names the request that it answers: by its item, or by the collection, which may be none of ours (null). */
export type RequestedItem = { itemId: RelationId } | { collectionId: CollectionId | null }

/** The request that a remote account answers; null when it was not asked. */
export async function requestedItem(
  db: Reader,
  accountId: AccountId,
  which: RequestedItem,
): Promise<{ itemId: RelationId; collectionId: CollectionId } | null> {
  if ('collectionId' in which && which.collectionId === null) return null
  const [row] = await db
    .select({ itemId: collectionItems.id, collectionId: collections.id })
    .from(collectionItems)
    .innerJoin(collections, eq(collections.id, collectionItems.collectionId))
    .where(
      and(
        'itemId' in which
          ? eq(collectionItems.id, which.itemId)
          : sql`${collectionItems.collectionId} = ${which.collectionId}::bigint`,
        eq(collectionItems.accountId, accountId),
        isNull(collections.uri),
      ),
    )
  return row ?? null
}

/** A remote account accepts a request, with an authorization that was verified. */
export async function acceptFeature(
  tx: Tx,
  accountId: AccountId,
  itemId: RelationId,
  approvalUri: string,
): Promise<void> {
  const [item] = await lockItems(tx, accountId, eq(collectionItems.id, itemId))
  if (item?.state !== 'pending') return
  await tx.update(collectionItems).set({ state: 'accepted', approvalUri }).where(eq(collectionItems.id, itemId))
  await touch(tx, item.collection.id)
  await emit(tx, { type: 'collection-item.added', itemId })
}

/** A remote account rejects a request, or no longer wants to be in a local collection: it isn't asked again. */
export async function rejectFeature(tx: Tx, accountId: AccountId, itemId: RelationId): Promise<void> {
  const [item] = await lockItems(tx, accountId, eq(collectionItems.id, itemId))
  if (item?.state === 'pending')
    await tx.update(collectionItems).set({ state: 'rejected' }).where(eq(collectionItems.id, itemId))
  else if (item?.state === 'accepted') await endConsent(tx, accountId, item)
}

/**
 * A remote account revokes an authorization. The items with it leave their collections, local and remote.
 *
 * @returns whether there were any
 */
export async function receiveFeatureRevocation(tx: Tx, accountId: AccountId, approvalUri: string): Promise<boolean> {
  const items = await lockItems(
    tx,
    accountId,
    sql`${collectionItems.approvalUri} = ${approvalUri} and ${collectionItems.state} = 'accepted'`,
  )
  for (const item of items) await endConsent(tx, accountId, item)
  return items.length > 0
}

type Item = { id: RelationId; state: string; collection: typeof collections.$inferSelect }

/** Items with one authorization: it is for one collection, but its server may have stated another one each time that it was verified. */
const maxShowing = 100

/** Some items of an account, as they are once their collections are locked. Those that are gone by then are left out. */
async function lockItems(tx: Tx, accountId: AccountId, which: SQL): Promise<Item[]> {
  const collectionsWithThem = await tx
    .select({ collection: collections })
    .from(collections)
    .where(
      sql`${collections.id} = any(array(
        select ${collectionItems.collectionId} from ${collectionItems} where ${and(which, eq(collectionItems.accountId, accountId))} order by ${collectionItems.id} limit ${maxShowing}))`,
    )
    .orderBy(collections.id)
    .for('update')
  const byId = new Map(collectionsWithThem.map(({ collection }) => [collection.id, collection]))
  const items = await tx
    .select()
    .from(collectionItems)
    .where(and(which, eq(collectionItems.accountId, accountId)))
    .orderBy(collectionItems.id)
  return items.flatMap(({ id, state, collectionId }) => {
    const collection = byId.get(collectionId)
    return collection ? [{ id, state, collection }] : []
  })
}

/**
 * Takes an item of a remote account out of its collection. One of a local collection stays as revoked, so that the account isn't added
 * again; for one of a remote collection that is up to its server.
 */
async function endConsent(tx: Tx, memberId: AccountId, { id: itemId, collection }: Item): Promise<void> {
  const { id: collectionId, accountId, uri, isDiscoverable: wasListed } = collection
  if (uri !== null) return void (await tx.delete(collectionItems).where(eq(collectionItems.id, itemId)))
  await tx.update(collectionItems).set({ state: 'revoked' }).where(eq(collectionItems.id, itemId))
  await touch(tx, collectionId)
  await emit(tx, { type: 'collection-item.removed', itemId, collectionId, accountId, memberId, wasListed })
}
