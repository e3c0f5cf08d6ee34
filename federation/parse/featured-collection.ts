/** Collections of accounts of other servers (FEP-7aa9), as plain data. */
import type { ClaimedItem } from '#src/outbox/events.ts'
import { collectionLimits } from '#src/reading/collections/manage.ts'
import type { RemoteCollection } from '#src/reading/collections/receive.ts'
import {
  asList,
  dateOf,
  idOf,
  isObject,
  isSameOrigin,
  isTrue,
  type JsonObject,
  pageOf,
  textOf,
  translationsOf,
  typesOf,
} from '../documents/json.ts'
import { hashtagOf } from './tags.ts'

/** A collection, with the accounts that it is attributed to; URIs. */
export type ParsedFeaturedCollection = RemoteCollection & { owners: string[] }

/** UTF-16 units. */
const maxName = 1_000
const maxSummary = 10_000

/** Whether an object has a type of FEP-7aa9, by its name or its IRI. */
export const isFeatureType = (
  json: JsonObject,
  type: 'FeaturedCollection' | 'FeaturedItem' | 'FeatureRequest' | 'FeatureAuthorization',
): boolean => typesOf(json).some((each) => each === type || each === `https://w3id.org/fep/7aa9#${type}`)

/** Whether an object is a collection with its items, rather than its id and type alone. */
export const isWholeCollection = (json: JsonObject): boolean =>
  isFeatureType(json, 'FeaturedCollection') && (json['orderedItems'] !== undefined || json['items'] !== undefined)

/** Parses a collection; null for any other object. Items beyond the limit are left out. */
export function parseFeaturedCollection(json: JsonObject): ParsedFeaturedCollection | null {
  const uri = idOf(json['id'])
  if (uri === null || !isFeatureType(json, 'FeaturedCollection')) return null
  const [translation] = translationsOf(json['summaryMap'])
  return {
    uri,
    owners: asList(json['attributedTo'])
      .slice(0, maxOwners)
      .flatMap((owner) => idOf(owner) ?? []),
    url: pageOf(json, uri),
    name: (textOf(json, 'name') ?? '').slice(0, maxName),
    description: (translation?.[1] ?? textOf(json, 'summary') ?? '').slice(0, maxSummary),
    language: translation?.[0] ?? null,
    tag: hashtagOf(json['topic']),
    isSensitive: isTrue(json['sensitive']),
    isDiscoverable: isTrue(json['discoverable']),
    publishedAt: dateOf(json['published']),
    updatedAt: dateOf(json['updated']),
    items: asList(json['orderedItems'] ?? json['items'])
      .slice(0, collectionLimits.items)
      .flatMap((item) => parseFeaturedItem(item, uri) ?? []),
  }
}

const maxOwners = 10

/**
 * Parses an item, or the id of one. Null for any other value, and for an item that is not on the server of its collection.
 *
 * @param collection id of its collection
 */
export function parseFeaturedItem(item: unknown, collection: string): ClaimedItem | null {
  const uri = idOf(item)
  if (uri === null || !isSameOrigin(uri, collection)) return null
  if (!isObject(item)) return { uri, accountUri: null, approvalUri: null }
  if (!isFeatureType(item, 'FeaturedItem')) return null
  const accountUri = idOf(item['featuredObject'])
  return accountUri === null ? null : { uri, accountUri, approvalUri: idOf(item['featureAuthorization']) }
}
