/**
 * Collections of accounts, and the consents of the accounts in them. An account on another server is asked by a FeatureRequest; its
 * authorization is a document on its own server, which any server may fetch.
 *
 * @see https://w3id.org/fep/7aa9
 */
import type { Uris } from '#src/platform/uris.ts'
import type { OutgoingCollection, OutgoingItem } from '#src/reading/collections/outgoing.ts'
import { escapeText } from '#src/text/html/escape.ts'
import { actorTypeOf } from './actor.ts'
import { addressFor } from './addressing.ts'
import { featureContext } from './context.ts'
import { toHashtag } from './hashtag.ts'
import { type JsonObject, publicAddress } from './json.ts'

/** A collection with the accounts that agreed, without context. */
export function toFeaturedCollection(collection: OutgoingCollection, uris: Uris): JsonObject {
  const { id, description, language, tag, items } = collection
  const summary = escapeText(description)
  return {
    id: uris.collection(id),
    type: 'FeaturedCollection',
    attributedTo: collection.owner.uri,
    name: collection.name,
    summary,
    ...(language === null ? {} : { summaryMap: { [language]: summary } }),
    url: uris.collectionPage(id),
    sensitive: collection.isSensitive,
    discoverable: collection.isDiscoverable,
    published: collection.createdAt.toISOString(),
    updated: collection.updatedAt.toISOString(),
    ...(tag ? { topic: toHashtag(tag.displayName, uris) } : {}),
    totalItems: items.length,
    orderedItems: items.map((item) => toFeaturedItem(item, uris)),
  }
}

/** An account in a collection, without context. */
export const toFeaturedItem = ({ id, account, approvalUri, createdAt }: OutgoingItem, uris: Uris): JsonObject => ({
  id: uris.activity('collection-items', id),
  type: 'FeaturedItem',
  featuredObject: account.uri,
  featuredObjectType: account.isLocal ? actorTypeOf(account) : account.actorType,
  featureAuthorization: account.isLocal ? uris.activity('feature-authorizations', id) : approvalUri,
  published: createdAt.toISOString(),
})

export const withFeatureTerms = (json: JsonObject): JsonObject => ({ '@context': featureContext, ...json })

/** Adds or removes a collection or an item, or tells of a changed collection. */
export function toCollectionActivity(
  type: 'Add' | 'Remove' | 'Update',
  id: string,
  { actor, object, target }: { actor: string; object: string | JsonObject; target?: string },
  followers: string,
): JsonObject {
  return withFeatureTerms({
    id,
    type,
    actor,
    ...addressFor('public', followers, []),
    object,
    ...(target === undefined ? {} : { target }),
  })
}

/** A request to put an account into a collection; URIs. `actor`: the owner of the collection. */
export type FeatureRequest = { id: string; actor: string; featured: string; collection: string }

export const toFeatureRequest = ({ id, actor, featured, collection }: FeatureRequest): JsonObject =>
  withFeatureTerms({ id, type: 'FeatureRequest', actor, object: featured, instrument: collection, to: [featured] })

/**
 * The answer of an account to a request. It names the request by its id alone: Mastodon reads nothing else.
 *
 * @param result id of the authorization, with an Accept
 */
export function toFeatureAnswer(
  type: 'Accept' | 'Reject',
  id: string,
  request: Omit<FeatureRequest, 'collection'>,
  result?: string,
): JsonObject {
  return withFeatureTerms({
    id,
    type,
    actor: request.featured,
    to: [request.actor],
    object: request.id,
    ...(result === undefined ? {} : { result }),
  })
}

/** The consent of an account to be in a collection; URIs. */
export type FeatureAuthorization = { id: string; featured: string; collection: string }

export const toFeatureAuthorization = ({ id, featured, collection }: FeatureAuthorization): JsonObject =>
  withFeatureTerms({
    id,
    type: 'FeatureAuthorization',
    attributedTo: featured,
    interactingObject: collection,
    interactionTarget: featured,
  })

/** The Delete of a consent, by its id. */
export const toDeleteFeature = (id: string, authorization: string, featured: string): JsonObject =>
  withFeatureTerms({ id, type: 'Delete', actor: featured, to: [publicAddress], object: authorization })
