import { asList, idOf, isObject, isSameOrigin, totalOf } from '../documents/json.ts'

/** What a collection, or a page of one, shows at once, and where it goes on. */
export type ParsedCollection = {
  /** Ids, or what has them. */
  items: unknown[]
  next: string | null
  /** How many there are in all; null where it doesn't say. */
  total: number | null
}

const maxItems = 50

/**
 * A collection as it stands in a document: its items, those of its first page where that comes along, or where to find these.
 * Servers leave out what they like: some have only a link to the first page, some a first page that only links to the next.
 *
 * @param from where the document lies; a collection goes on there, or nowhere
 */
export function parseCollection(value: unknown, from: string): ParsedCollection {
  if (!isObject(value)) return { items: [], next: within(value, from), total: null }
  const total = totalOf(value)
  const items = asList(value['orderedItems'] ?? value['items']).slice(0, maxItems)
  const first = asList(value['first'])[0]
  if (items.length > 0 || first === undefined) return { items, next: within(value['next'], from), total }
  const page = parseCollection(first, from)
  return { ...page, total: total ?? page.total }
}

function within(value: unknown, from: string): string | null {
  const url = idOf(value)
  return url !== null && isSameOrigin(url, from) ? url : null
}
