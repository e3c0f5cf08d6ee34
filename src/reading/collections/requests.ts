/** Requests of remote accounts to put local accounts into their collections (FEP-7aa9). */
import { and, eq } from 'drizzle-orm'
import { notify } from '../../notices/notify.ts'
import { emit } from '../../outbox/emit.ts'
import type { Tx } from '../../platform/db/index.ts'
import { collectionItems, collections } from '../../platform/db/schema/lists.ts'
import { type AccountId, newId, type RelationId } from '../../platform/ids.ts'
import { isActive } from '../../relationships/collection-states.ts'
import { lockDomainBlocks } from '../../relationships/domain-block.ts'
import { lockPair } from '../../relationships/pairs.ts'
import { lockActive } from './locks.ts'
import { collectionLimits } from './manage.ts'
import { willing } from './willing.ts'

/** A remote account's request to put a local account into a collection. */
export type FeatureRequest = { requestUri: string; accountId: AccountId; featuredId: AccountId; collectionUri: string }

/** Queues a Reject of a request. */
export async function refuseFeature(tx: Tx, request: FeatureRequest): Promise<void> {
  const { requestUri, accountId, featuredId } = request
  await emit(tx, { type: 'feature.refused', requestUri, accountId, featuredId })
}

/**
 * Answers a request for a collection that is stored: puts the account into it, and grants the request, or refuses it. An account that
 * left the collection, or does not want to be in collections, is not put into it. An account that is in it already stays, and the
 * request is granted again.
 */
export async function receiveFeatureRequest(tx: Tx, request: FeatureRequest): Promise<void> {
  const { requestUri, accountId, featuredId, collectionUri } = request
  // A block may be made at this moment.
  await lockPair(tx, accountId, featuredId)
  await lockDomainBlocks(tx, accountId, featuredId)
  const active = await lockActive(tx, [accountId, featuredId])
  const [collection] = await tx
    .select({ id: collections.id })
    .from(collections)
    .where(
      and(eq(collections.uri, collectionUri), eq(collections.accountId, accountId), eq(collections.isForgotten, false)),
    )
    .for('update')
  if (!collection || active.size < 2) return refuseFeature(tx, request)
  const items = await tx.select().from(collectionItems).where(eq(collectionItems.collectionId, collection.id))
  const existing = items.find((item) => item.accountId === featuredId)
  if (existing?.state === 'accepted') {
    await tx.update(collectionItems).set({ requestUri }).where(eq(collectionItems.id, existing.id))
    return emit(tx, { type: 'feature.granted', itemId: existing.id })
  }
  const isFull = items.filter(({ state }) => isActive(state)).length >= collectionLimits.items
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
