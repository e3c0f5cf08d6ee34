/** Collections of accounts on other servers. A collection counts only as its owner's own server states it. */
import type { AccountView } from '#src/accounts/views.ts'
import type { Tx } from '#src/platform/db/index.ts'
import type { CollectionId } from '#src/platform/ids.ts'
import { keepCollections, receiveCollection, remoteLimits } from '#src/reading/collections/receive.ts'
import type { Core } from '../core.ts'
import { idOf, isObject, isSameOrigin, type JsonObject } from '../documents/json.ts'
import { parseCollection } from '../parse/collection.ts'
import { isWholeCollection, parseFeaturedCollection } from '../parse/featured-collection.ts'
import { type Budget, fetchDocument, forgetDocument } from './fetch-document.ts'
import { isFinalError } from './final-error.ts'

/**
 * Stores a collection that came from its own server.
 *
 * @param receiving runs before it in the same transaction; unless it returns true, nothing is stored
 * @returns its id; null for any other object, and for a collection that is not the owner's
 */
export async function storeCollection(
  core: Core,
  json: JsonObject,
  owner: AccountView,
  receiving?: (tx: Tx) => Promise<boolean>,
): Promise<CollectionId | null> {
  const collection = parseFeaturedCollection(json)
  if (!collection || !isSameOrigin(collection.uri, owner.uri) || !collection.owners.includes(owner.uri)) return null
  if (owner.isLocal || owner.suspendedAt || core.uris.isOwn(collection.uri)) return null
  return core.db.transaction(async (tx) =>
    receiving && !(await receiving(tx)) ? null : receiveCollection(tx, owner.id, collection),
  )
}

/**
 * Fetches and stores a collection of an owner, past the cache.
 *
 * @throws HttpError when its server can't be asked
 */
export async function fetchCollection(
  core: Core,
  uri: string,
  owner: AccountView,
  budget: Budget,
): Promise<CollectionId | null> {
  if (!isSameOrigin(uri, owner.uri)) return null
  forgetDocument(core, uri)
  const { json } = await fetchDocument(core, uri, budget)
  return idOf(json['id']) === uri ? storeCollection(core, json, owner) : null
}

const maxPages = 10

/** Reads the collections that an account shows on its profile. Those that it no longer shows are deleted. */
export async function readCollections(core: Core, owner: AccountView, url: string, budget: Budget): Promise<void> {
  const listed = await listedBy(core, url, budget)
  for (const item of listed.items) {
    const uri = idOf(item)
    if (uri === null || !isSameOrigin(uri, owner.uri)) continue
    try {
      if (isObject(item) && isWholeCollection(item)) await storeCollection(core, item, owner)
      else await fetchCollection(core, uri, owner, budget)
    } catch (error) {
      // A collection that is gone doesn't keep the others from being read.
      if (!isFinalError(error)) throw error
    }
  }
  if (!listed.isWhole) return
  const uris = listed.items.flatMap((item) => idOf(item) ?? [])
  await core.db.transaction((tx) => keepCollections(tx, owner.id, uris))
}

/** The collections on all pages of a list, as objects or ids. */
async function listedBy(core: Core, url: string, budget: Budget): Promise<{ items: unknown[]; isWhole: boolean }> {
  const items: unknown[] = []
  let next: string | null = url
  for (let pages = 0; next !== null && pages < maxPages && items.length < remoteLimits.collections; pages++) {
    forgetDocument(core, next)
    const page = parseCollection((await fetchDocument(core, next, budget)).json, next)
    items.push(...page.items)
    next = page.next
  }
  return { items: items.slice(0, remoteLimits.collections), isWhole: next === null }
}
