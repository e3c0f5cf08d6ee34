import { asList, idOf, isObject, isSameOrigin, type JsonObject, totalOf, typesOf } from '../documents/json.ts'

/** The items of a collection or page, and its next page. */
export type ParsedCollection = {
  /** Ids or objects. */
  items: unknown[]
  next: string | null
  /** Number of all items; null when not stated. */
  total: number | null
}

const types = new Set(['Collection', 'OrderedCollection', 'CollectionPage', 'OrderedCollectionPage'])

/** Whether an object says that it is a collection, or a page of one. */
export const isCollection = (json: JsonObject): boolean => typesOf(json).some((type) => types.has(type))

const maxItems = 50

/**
 * Parses a collection: its items, the items of its enclosed first page, or the URL of that page.
 * Servers leave out parts: some have only a link to the first page, some a first page that only links to the next.
 *
 * @param from URL of the document; further pages have to be on the same server
 */
export function parseCollection(value: unknown, from: string): ParsedCollection {
  if (!isObject(value)) return { items: [], next: sameOriginId(value, from), total: null }
  const total = totalOf(value)
  const items = asList(value['orderedItems'] ?? value['items']).slice(0, maxItems)
  const first = asList(value['first'])[0]
  if (items.length > 0 || first === undefined) return { items, next: sameOriginId(value['next'], from), total }
  const page = parseCollection(first, from)
  return { ...page, total: total ?? page.total }
}

function sameOriginId(value: unknown, from: string): string | null {
  const url = idOf(value)
  return url !== null && isSameOrigin(url, from) ? url : null
}
