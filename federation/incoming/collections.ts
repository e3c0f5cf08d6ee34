/** Activities of remote accounts about their own collections of accounts (FEP-7aa9). Each function returns whether it was one. */
import { isFollowedHere } from '#src/accounts/followed-here.ts'
import type { Tx } from '#src/platform/db/index.ts'
import { claimItems } from '#src/reading/collections/claims.ts'
import { verifyDueClaims, verifyingFetches } from '#src/reading/collections/due-claims.ts'
import { forgetCollection, receivedCollection, removeReceivedItem } from '#src/reading/collections/receive.ts'
import { idOf, isSameOrigin } from '../documents/json.ts'
import { collectionIn, fetchCollection, fetchItem, storeCollection } from '../fetching/collections.ts'
import { isFeatureType, isWholeCollection, parseFeaturedItem } from '../parse/featured-collection.ts'
import { embedded, objectId, type Received, reception, takeFeature } from './received.ts'

/** An Add of a collection to the actor's profile, or of an item to one of its collections. */
export async function addsToCollections(received: Received): Promise<boolean> {
  const { actor, activity } = received
  const target = idOf(activity['target'])
  if (target === null || !isSameOrigin(target, actor.uri)) return false
  if (target === actor.featuredCollectionsUrl) {
    const uri = objectId(received)
    if (uri !== null && (await concernsUs(received, uri))) await receive(received, uri)
    return true
  }
  const collectionId = await receivedCollection(received.app.db, actor.id, target)
  if (!collectionId) return false
  const { app, budget } = received
  const named = parseFeaturedItem(embedded(received) ?? objectId(received), target)
  const item = named?.accountUri === null ? await fetchItem(app, named, target, budget) : named
  if (item)
    await takeFeature(received, async (tx) => {
      await claimItems(tx, { id: collectionId, ownerId: actor.id }, [{ item }])
      await verifyDueClaims(tx, actor.id, verifyingFetches.afterActivity)
    })
  return true
}

/** A Remove of a collection from the actor's profile, or of an item from one of its collections. */
export async function removesFromCollections(received: Received): Promise<boolean> {
  const { app, actor, activity } = received
  const target = idOf(activity['target'])
  const uri = objectId(received)
  if (target === null || uri === null || !isSameOrigin(target, actor.uri)) return false
  if (target === actor.featuredCollectionsUrl) {
    await takeFeature(received, (tx) => forgetCollection(tx, actor.id, uri))
    return true
  }
  const collectionId = await receivedCollection(app.db, actor.id, target)
  if (!collectionId) return false
  await takeFeature(received, (tx) => removeReceivedItem(tx, actor.id, collectionId, uri))
  return true
}

/** An Update of one of the actor's collections. Of one that is only named, it is fetched. */
export async function updatesCollection(received: Received, uri: string): Promise<boolean> {
  const inside = embedded(received)
  const isOne = inside !== null && isFeatureType(inside, 'FeaturedCollection')
  const isKnown = (await receivedCollection(received.app.db, received.actor.id, uri)) !== null
  if (!isOne && !isKnown) return false
  if (isKnown || (await concernsUs(received, uri))) await receive(received, uri)
  return true
}

/** A collection is stored if it is already, or if somebody here follows its owner. */
const concernsUs = async ({ app, actor }: Received, uri: string): Promise<boolean> =>
  (await isFollowedHere(app.db, actor.id)) || (await receivedCollection(app.db, actor.id, uri)) !== null

async function receive(received: Received, uri: string): Promise<void> {
  const { app, actor, budget, arrival } = received
  const inside = embedded(received)
  const isWhole = inside !== null && isWholeCollection(inside)
  const collection = isWhole ? collectionIn(app, inside, actor) : await fetchCollection(app, uri, actor, budget)
  if (!collection) return
  // What was fetched is the current state, whenever its activity was sent.
  const counts = async (tx: Tx) => {
    const how = await reception(tx, received)
    return how === 'first' || (how === 'repeated' && arrival.isDirect)
  }
  await storeCollection(app, actor, collection, isWhole ? counts : undefined)
}
