/**
 * Replaces addresses of local objects in other servers' documents by their ids. People paste the addresses of pages, and some servers
 * add a fragment or a query; the code behind this sees ids alone.
 */
import { idsBehind } from '#src/statuses/addresses.ts'
import type { Core } from '../core.ts'
import { isObject, type JsonObject } from '../documents/json.ts'

/** Properties that hold addresses of objects, as ids or within objects. Texts by people are not among them. */
const references = new Set([
  'id',
  'actor',
  'object',
  'target',
  'origin',
  'instrument',
  'result',
  'attributedTo',
  'inReplyTo',
  'context',
  'to',
  'cc',
  'audience',
  'tag',
  'href',
  'quote',
  'quoteUrl',
  'quoteUri',
  '_misskey_quote',
  'alsoKnownAs',
  'movedTo',
  'items',
  'orderedItems',
  'first',
  'interactionTarget',
  'interactingObject',
])
/** Local addresses in one document that are looked up. */
const maxAddresses = 200

/** The same document, with local objects by their ids. Makes a query only if one is named in another way. */
export async function withOwnIds(core: Core, json: JsonObject): Promise<JsonObject> {
  const addresses = new Set<string>()
  mapReferences(json, (address) => {
    if (addresses.size < maxAddresses && core.uris.isOwn(address) && !core.uris.isId(address)) addresses.add(address)
    return address
  })
  if (addresses.size === 0) return json
  const ids = await idsBehind(core.db, core.uris, addresses)
  return mapReferences(json, (address) => ids.get(address) ?? address)
}

/** Recursion is safe: `parseObject` limits the depth of JSON. */
function mapReferences(json: JsonObject, change: (address: string) => string): JsonObject {
  return Object.fromEntries(
    Object.entries(json).map(([name, value]) => [name, references.has(name) ? mapValue(value, change) : value]),
  )
}

function mapValue(value: unknown, change: (address: string) => string): unknown {
  if (typeof value === 'string') return change(value)
  if (Array.isArray(value)) return value.map((each) => mapValue(each, change))
  return isObject(value) ? mapReferences(value, change) : value
}
