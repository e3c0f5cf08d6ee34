/** Requests to put accounts into collections, and their answers, between servers (FEP-7aa9). */
import { and, eq, isNull, sql } from 'drizzle-orm'
import { notify } from '../../notices/notify.ts'
import { emit } from '../../outbox/emit.ts'
import type { Reader, Tx } from '../../platform/db/index.ts'
import { accounts } from '../../platform/db/schema/accounts.ts'
import { collectionItems, collections } from '../../platform/db/schema/lists.ts'
import { type AccountId, type CollectionId, newId, type RelationId } from '../../platform/ids.ts'
import { isShown, touch } from './items.ts'
import { collectionLimits } from './manage.ts'
import { willing } from './willing.ts'

/** A remote account's request to put a local account into a collection. */
export type FeatureRequest = { requestUri: string; accountId: AccountId; featuredId: AccountId; collectionUri: string }

/** Queues a Reject of a request. */
export async function refuseFeature(tx: Tx, request: FeatureRequest): Promise<void> {
  await emit(tx, { type: 'feature.refused', ...request })
}

/**
 * Answers a request for a collection that is stored: puts the account into it, and grants the request, or refuses it. An account that
 * left the collection, or does not want to be in collections, is not put into it. An account that is in it already stays, and the
 * request is granted again.
 */
export async function receiveFeatureRequest(tx: Tx, request: FeatureRequest): Promise<void> {
  const { requestUri, accountId, featuredId, collectionUri } = request
  const [collection] = await tx
    .select({ id: collections.id })
    .from(collections)
    .where(and(eq(collections.uri, collectionUri), eq(collections.accountId, accountId)))
    .for('update')
  if (!collection) return refuseFeature(tx, request)
  const items = await tx.select().from(collectionItems).where(eq(collectionItems.collectionId, collection.id))
  const existing = items.find((item) => item.accountId === featuredId)
  if (existing?.state === 'accepted') {
    await tx.update(collectionItems).set({ requestUri }).where(eq(collectionItems.id, existing.id))
    return emit(tx, { type: 'feature.granted', itemId: existing.id })
  }
  const isFull = items.filter(({ state }) => isShown(state)).length >= collectionLimits.items
  if (existing || isFull || !(await willing(tx, accountId, [featuredId])).has(featuredId))
    return refuseFeature(tx, request)
  const id = newId<RelationId>()
  const position = Math.max(0, ...items.map((item) => item.position)) + 1
  await tx
    .insert(collectionItems)
    .values({ id, collectionId: collection.id, accountId: featuredId, position, requestUri, state: 'accepted' })
  await notify(tx, { type: 'added_to_collection', for: featuredId, from: accountId, collectionId: collection.id })
  await emit(tx, { type: 'feature.granted', itemId: id })
}

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
  const [accepted] = await tx
    .update(collectionItems)
    .set({ state: 'accepted', approvalUri })
    .where(
      and(
        eq(collectionItems.id, itemId),
        eq(collectionItems.accountId, accountId),
        eq(collectionItems.state, 'pending'),
      ),
    )
    .returning({ collectionId: collectionItems.collectionId })
  if (!accepted) return
  await touch(tx, accepted.collectionId)
  await emit(tx, { type: 'collection-item.added', itemId })
}

/** A remote account rejects a request, or no longer wants to be in a local collection: it isn't asked again. */
export async function rejectFeature(tx: Tx, accountId: AccountId, itemId: RelationId): Promise<void> {
  const [item] = await tx
    .select({ state: collectionItems.state })
    .from(collectionItems)
    .where(and(eq(collectionItems.id, itemId), eq(collectionItems.accountId, accountId)))
    .for('update')
  if (item?.state === 'pending')
    await tx.update(collectionItems).set({ state: 'rejected' }).where(eq(collectionItems.id, itemId))
  else if (item?.state === 'accepted') await endConsent(tx, itemId)
}

/** Items that may name one authorization: it is for one, but several may claim it. */
const maxShowing = 100

/**
 * A remote account revokes an authorization. The items with it leave their collections, local and remote.
 *
 * @returns whether there were any
 */
export async function receiveFeatureRevocation(tx: Tx, accountId: AccountId, approvalUri: string): Promise<boolean> {
  const items = await tx
    .select({ id: collectionItems.id })
    .from(collectionItems)
    .where(
      and(
        eq(collectionItems.approvalUri, approvalUri),
        eq(collectionItems.accountId, accountId),
        eq(collectionItems.state, 'accepted'),
      ),
    )
    .orderBy(collectionItems.id)
    .limit(maxShowing)
    .for('update')
  for (const { id } of items) await endConsent(tx, id)
  return items.length > 0
}

/**
 * Takes the item of a remote account out of its collection. One of a local collection stays as revoked, so that the account isn't added
 * again; for one of a remote collection that is up to its server.
 */
async function endConsent(tx: Tx, itemId: RelationId): Promise<void> {
  const [found] = await tx
    .select({ collection: collections, memberId: collectionItems.accountId })
    .from(collectionItems)
    .innerJoin(collections, eq(collections.id, collectionItems.collectionId))
    .where(eq(collectionItems.id, itemId))
  if (!found) return
  const { id: collectionId, accountId, uri, isDiscoverable: wasListed } = found.collection
  if (uri !== null) return void (await tx.delete(collectionItems).where(eq(collectionItems.id, itemId)))
  await tx.update(collectionItems).set({ state: 'revoked' }).where(eq(collectionItems.id, itemId))
  await touch(tx, collectionId)
  const { memberId } = found
  await emit(tx, { type: 'collection-item.removed', itemId, collectionId, accountId, memberId, wasListed })
}

/** The consent of a local account to be in a collection, for other servers. `state`: it stands if `accepted`. */
export type Consent = {
  featuredId: AccountId
  featuredUri: string
  ownerId: AccountId
  ownerUri: string
  requestUri: string | null
  collectionId: CollectionId
  /** Null for a local collection. */
  collectionUri: string | null
  state: 'accepted' | 'revoked'
}

/** Null when there is none, or one of the two accounts is suspended. */
export async function loadConsent(db: Reader, itemId: RelationId): Promise<Consent | null> {
  const { rows } = await db.execute<Consent>(sql`
    select ${accounts.id}::text as "featuredId", ${accounts.uri} as "featuredUri", owner.id::text as "ownerId", owner.uri as "ownerUri",
      item.request_uri as "requestUri", c.id::text as "collectionId", c.uri as "collectionUri", item.state
    from collection_items item join collections c on c.id = item.collection_id join accounts owner on owner.id = c.account_id
    join accounts on ${accounts.id} = item.account_id
    where item.id = ${itemId} and item.state in ('accepted', 'revoked') and ${accounts.domain} is null
      and ${accounts.suspendedAt} is null and owner.suspended_at is null`)
  return rows[0] ?? null
}
