/** Requests to put a local account into a remote collection, and answers to our own requests (FEP-7aa9). */
import { acceptFeature, rejectFeature, type RequestedItem, requestedItem } from '#src/reading/collections/consent.ts'
import { receivedCollection } from '#src/reading/collections/receive.ts'
import { type FeatureRequest, receiveFeatureRequest, refuseFeature } from '#src/reading/collections/requests.ts'
import { willing } from '#src/reading/collections/willing.ts'
import { wasDeleted } from '#src/statuses/receive/delete.ts'
import { idOf, isSameOrigin } from '../documents/json.ts'
import { isFeatureAuthorized } from '../fetching/authorizations.ts'
import { fetchCollection, storeCollection } from '../fetching/collections.ts'
import { isFinalError } from '../fetching/final-error.ts'
import { isFeatureType } from '../parse/featured-collection.ts'
import { embedded, type Listener, objectId, ownAccount, type Received, takeEffect } from './received.ts'

/** A remote account asks to put a local one into its collection. The collection is stored, so that the account can see and leave it. */
export const onFeatureRequest: Listener = async (received) => {
  const { app, id, actor, activity, budget } = received
  const featuredId = ownAccount(app, objectId(received))
  const collectionUri = idOf(activity['instrument'])
  if (id === null || !featuredId || collectionUri === null || !isSameOrigin(collectionUri, actor.uri)) return
  const request: FeatureRequest = { requestUri: id, accountId: actor.id, featuredId, collectionUri }
  if (!(await willing(app.db, actor.id, [featuredId])).has(featuredId))
    return takeEffect(received, (tx) => refuseFeature(tx, request))
  try {
    if (!(await receivedCollection(app.db, actor.id, collectionUri))) {
      const collection = await fetchCollection(app, collectionUri, actor, budget)
      if (collection) await storeCollection(app, actor, collection)
    }
  } catch (error) {
    if (!isFinalError(error)) throw error
    return takeEffect(received, (tx) => refuseFeature(tx, request))
  }
  await takeEffect(received, (tx) => receiveFeatureRequest(tx, request))
}

/**
 * An Accept of one of our requests: its result has to be an authorization on the account's own server.
 *
 * @returns whether it was one
 */
export async function acceptsFeature(received: Received): Promise<boolean> {
  const { app, actor, activity, budget } = received
  const request = answered(received)
  if (!request) return false
  const item = await requestedItem(app.db, actor.id, request)
  const approvalUri = idOf(activity['result'])
  if (!item || approvalUri === null) return true
  const claim = { account: actor.uri, collection: app.uris.collection(item.collectionId) }
  if (await isFeatureAuthorized(app, approvalUri, claim, budget))
    await takeEffect(received, async (tx) => {
      if (!(await wasDeleted(tx, approvalUri))) await acceptFeature(tx, actor.id, item.itemId, approvalUri)
    })
  return true
}

/** A Reject of one of our requests. @returns whether it was one */
export async function rejectsFeature(received: Received): Promise<boolean> {
  const request = answered(received)
  const item = request && (await requestedItem(received.app.db, received.actor.id, request))
  if (item) await takeEffect(received, (tx) => rejectFeature(tx, received.actor.id, item.itemId))
  return request !== null
}

/** The request that is answered: by its id, or by the copy of it. Null for an answer to something else. */
function answered(received: Received): RequestedItem | null {
  const { uris } = received.app
  const itemId = uris.collectionItem('feature-requests', objectId(received) ?? '')
  if (itemId !== null) return { itemId }
  const copy = embedded(received)
  if (!copy || !isFeatureType(copy, 'FeatureRequest')) return null
  const instrument = uris.parse(idOf(copy['instrument']) ?? '')
  return { collectionId: instrument?.type === 'collection' ? instrument.id : null }
}
