/** Activities about collections of accounts: the collections and their items, requests, and answers to them. */
import { accountHead } from '#src/accounts/find.ts'
import type { EventOf } from '#src/outbox/events.ts'
import { inboxesOf, inboxOf, type Recipients } from '#src/outgoing/recipients.ts'
import type { App } from '#src/platform/app.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { loadConsent, loadOutgoingCollection, localItem, membersOf } from '#src/reading/collections/outgoing.ts'
import {
  toCollectionActivity,
  toDeleteFeature,
  toFeatureAnswer,
  toFeaturedCollection,
  toFeaturedItem,
  toFeatureRequest,
} from '../../documents/collections.ts'
import type { Builders, Built } from './activity.ts'

export const collectionActivities = {
  'collection.created': (app, { collectionId }, key) => changed(app, { collectionId, wasListed: false }, key),
  'collection.updated': (app, event, key) => changed(app, event, key),

  'collection.deleted': async (app, { collectionId, accountId, wasListed, memberIds }, key) => {
    const activity = toCollectionActivity(
      'Remove',
      app.uris.activity('removes', key),
      {
        actor: app.uris.account(accountId),
        object: app.uris.collection(collectionId),
        target: app.uris.featuredCollections(accountId),
      },
      app.uris.followers(accountId),
    )
    return { accountId, activity, recipients: await audience(app, accountId, wasListed, memberIds) }
  },

  'collection-item.added': async (app, { itemId }, key) => {
    const head = await localItem(app.db, itemId)
    const collection = head && (await loadOutgoingCollection(app.db, head.collectionId))
    const item = collection?.items.find(({ id }) => id === itemId)
    if (!collection || !item) return null
    const { id, accountId, isDiscoverable } = collection
    const activity = toCollectionActivity(
      'Add',
      app.uris.activity('adds', key),
      { actor: collection.owner.uri, object: toFeaturedItem(item, app.uris), target: app.uris.collection(id) },
      app.uris.followers(accountId),
    )
    return { accountId, activity, recipients: await audience(app, accountId, isDiscoverable, [item.accountId]) }
  },

  'collection-item.removed': async (app, { itemId, collectionId, accountId, memberId, wasListed }, key) => {
    const activity = toCollectionActivity(
      'Remove',
      app.uris.activity('removes', key),
      {
        actor: app.uris.account(accountId),
        object: app.uris.activity('collection-items', itemId),
        target: app.uris.collection(collectionId),
      },
      app.uris.followers(accountId),
    )
    return { accountId, activity, recipients: await audience(app, accountId, wasListed, [memberId]) }
  },

  'feature.requested': async (app, { itemId }, key) => {
    const item = await localItem(app.db, itemId)
    const collection = item && (await loadOutgoingCollection(app.db, item.collectionId))
    const inbox = item && (await inboxOf(app.db, item.memberId))
    if (!collection || !inbox || item.state !== 'pending') return null
    const activity = toFeatureRequest({
      // An item may be requested again.
      id: `${app.uris.activity('feature-requests', itemId)}#${key}`,
      actor: collection.owner.uri,
      featured: item.memberUri,
      collection: app.uris.collection(collection.id),
    })
    return { accountId: collection.accountId, activity, recipients: { inboxes: [inbox] } }
  },

  'feature.granted': async (app, { itemId }, key) => {
    const consent = await loadConsent(app.db, itemId)
    const inbox = consent && (await inboxOf(app.db, consent.ownerId))
    if (consent?.state !== 'accepted' || !consent.requestUri || !consent.collectionUri || !inbox) return null
    const activity = toFeatureAnswer(
      'Accept',
      app.uris.activity('accepts', key),
      { id: consent.requestUri, actor: consent.ownerUri, featured: consent.featuredUri },
      app.uris.activity('feature-authorizations', itemId),
    )
    return { accountId: consent.featuredId, activity, recipients: { inboxes: [inbox] } }
  },

  'feature.refused': async (app, { requestUri, accountId, featuredId }, key) => {
    const [featured, asking] = [await accountHead(app.db, featuredId), await accountHead(app.db, accountId)]
    const inbox = await inboxOf(app.db, accountId)
    if (featured?.domain !== null || featured.deletedAt || !asking || !inbox) return null
    const request = { id: requestUri, actor: asking.uri, featured: featured.uri }
    const activity = toFeatureAnswer('Reject', app.uris.activity('rejects', key), request)
    return { accountId: featuredId, activity, recipients: { inboxes: [inbox] } }
  },

  'feature.revoked': async (app, { itemId, accountId, ownerId }, key) => {
    const activity = toDeleteFeature(
      app.uris.activity('deletes', key),
      app.uris.activity('feature-authorizations', itemId),
      app.uris.account(accountId),
    )
    // Servers that show the collection check the consent again only after they received this Delete.
    return { accountId, activity, recipients: { followersOf: accountId, inboxes: await inboxesOf(app.db, [ownerId]) } }
  },
} satisfies Partial<Builders>

/** A collection that strangers could not find until now is new to them. */
async function changed(
  app: App,
  { collectionId, wasListed }: Pick<EventOf<'collection.updated'>, 'collectionId' | 'wasListed'>,
  key: string,
): Promise<Built> {
  const collection = await loadOutgoingCollection(app.db, collectionId)
  if (!collection) return null
  const { accountId, owner, isDiscoverable } = collection
  const isNew = isDiscoverable && !wasListed
  const activity = toCollectionActivity(
    isNew ? 'Add' : 'Update',
    app.uris.activity(isNew ? 'adds' : 'updates', key),
    {
      actor: owner.uri,
      object: toFeaturedCollection(collection, app.uris),
      ...(isNew ? { target: app.uris.featuredCollections(accountId) } : {}),
    },
    app.uris.followers(accountId),
  )
  const members = await membersOf(app.db, collectionId)
  return { accountId, activity, recipients: await audience(app, accountId, isDiscoverable || wasListed, members) }
}

/** The owner's followers, if the collection is or was on the profile; and the servers of the accounts in it. */
const audience = async (
  app: App,
  accountId: AccountId,
  isListed: boolean,
  members: readonly AccountId[],
): Promise<Recipients> => ({
  ...(isListed ? { followersOf: accountId } : {}),
  inboxes: await inboxesOf(app.db, members),
})
