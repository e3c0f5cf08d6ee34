/** Local collections of accounts for other servers, their items, and the consents of local accounts (FEP-7aa9). */
import { type CollectionId, isId, type RelationId } from '#src/platform/ids.ts'
import {
  listedCollections,
  loadConsent,
  loadOutgoingCollection,
  loadOutgoingCollections,
  localItem,
  localOwner,
} from '#src/reading/collections/outgoing.ts'
import {
  toFeatureAuthorization,
  toFeaturedCollection,
  toFeaturedItem,
  withFeatureTerms,
} from '../documents/collections.ts'
import type { Asked, Found } from './asked.ts'
import { open, pageHead, pageQuery } from './collections.ts'
import { missing, nothing, prefersPage } from './negotiation.ts'

const pageSize = 10

/** The collections that an account shows on its profile: without `page`, their total; with `page`, whole collections, newest first. */
export async function featuredCollections(asked: Asked, id: string): Promise<Found> {
  const { db, uris } = asked.app
  const account = await open(asked, id)
  if (account instanceof Response) return account
  const query = pageQuery(asked)
  if (query instanceof Response) return query
  const uri = uris.featuredCollections(account.id)
  const { ids, total } = await listedCollections(db, account.id, { limit: pageSize, maxId: query?.maxId })
  if (!query) {
    const head = { id: uri, type: 'OrderedCollection', totalItems: total, first: `${uri}?page=true` }
    return { json: withFeatureTerms(head), isPrivate: isPrivate(asked) }
  }
  const collections = await loadOutgoingCollections(db, ids)
  const next = ids.length === pageSize ? (ids.at(-1) ?? null) : null
  const head = pageHead(uri, total, query.maxId, next)
  const orderedItems = collections.map((collection) => toFeaturedCollection(collection, uris))
  return { json: withFeatureTerms({ ...head, orderedItems }), isPrivate: isPrivate(asked) }
}

/** A collection, for everybody who has its id. */
export async function featuredCollection(asked: Asked, id: string): Promise<Found> {
  const { db, uris } = asked.app
  const ownerId = isId(id) ? await localOwner(db, id as CollectionId) : null
  if (!ownerId) return missing()
  if (prefersPage(asked.request)) return Response.redirect(uris.collectionPage(id as CollectionId), 302)
  const owner = await open(asked, ownerId)
  if (owner instanceof Response) return owner
  const collection = await loadOutgoingCollection(db, id as CollectionId)
  return collection
    ? { json: withFeatureTerms(toFeaturedCollection(collection, uris)), isPrivate: isPrivate(asked) }
    : missing()
}

/** An account in a collection. */
export async function featuredItem(asked: Asked, id: string): Promise<Found> {
  const { db, uris } = asked.app
  const head = isId(id) ? await localItem(db, id as RelationId) : null
  const ownerId = head && (await localOwner(db, head.collectionId))
  if (!head || !ownerId) return missing()
  if (prefersPage(asked.request)) return Response.redirect(uris.collectionPage(head.collectionId), 302)
  const owner = await open(asked, ownerId)
  if (owner instanceof Response) return owner
  const item = (await loadOutgoingCollection(db, head.collectionId))?.items.find((each) => each.id === id)
  return item ? { json: withFeatureTerms(toFeaturedItem(item, uris)), isPrivate: isPrivate(asked) } : missing()
}

/** A local account's consent to be in a local or remote collection, for everybody: it holds only ids. 410 once it is revoked. */
export async function featureAuthorization(asked: Asked, id: string): Promise<Found> {
  const { app } = asked
  const consent = isId(id) ? await loadConsent(app.db, id as RelationId) : null
  if (!consent) return missing()
  const featured = await open(asked, consent.featuredId)
  if (featured instanceof Response) return featured
  if (consent.state === 'revoked') return nothing(410, 'Gone')
  const json = toFeatureAuthorization({
    id: app.uris.activity('feature-authorizations', id),
    featured: consent.featuredUri,
    collection: consent.collectionUri ?? app.uris.collection(consent.collectionId),
  })
  return { json, isPrivate: isPrivate(asked) }
}

const isPrivate = ({ account }: Asked): boolean => account?.needsSignature === true
