/** Collections of accounts on other servers. A collection counts only as its owner's own server states it. */
import type { AccountView } from '#src/accounts/views.ts'
import type { ClaimedItem } from '#src/outbox/events.ts'
import type { Tx } from '#src/platform/db/index.ts'
import { HttpError } from '#src/platform/http/client.ts'
import type { CollectionId } from '#src/platform/ids.ts'
import { verifyDueClaims, verifyingFetches } from '#src/reading/collections/due-claims.ts'
import {
  forgetUnlisted,
  type RemoteCollection,
  receiveCollection,
  receivedCollections,
  remoteLimits,
} from '#src/reading/collections/receive.ts'
import type { Core } from '../core.ts'
import { dateOf, idOf, isObject, isSameOrigin, type JsonObject } from '../documents/json.ts'
import { isCollection, parseCollection } from '../parse/collection.ts'
import { isWholeCollection, parseFeaturedCollection, parseFeaturedItem } from '../parse/featured-collection.ts'
import { type Budget, fetchDocument, forgetDocument, isSpent } from './fetch-document.ts'
import { isFinalError } from './final-error.ts'

/** The collection that a document from the owner's server states. Null for any other object, and for a collection that is not the owner's. */
export function collectionIn(core: Core, json: JsonObject, owner: AccountView): RemoteCollection | null {
  const collection = parseFeaturedCollection(json)
  if (!collection || !isSameOrigin(collection.uri, owner.uri) || !collection.owners.includes(owner.uri)) return null
  return owner.isLocal || owner.suspendedAt || core.uris.isOwn(collection.uri) ? null : collection
}

/**
 * Fetches a collection of an owner, past the cache.
 *
 * @returns null as `collectionIn`
 * @throws HttpError when its server can't be asked
 */
export async function fetchCollection(
  core: Core,
  uri: string,
  owner: AccountView,
  budget: Budget,
): Promise<RemoteCollection | null> {
  if (!isSameOrigin(uri, owner.uri)) return null
  forgetDocument(core, uri)
  const { json } = await fetchDocument(core, uri, budget)
  return idOf(json['id']) === uri ? collectionIn(core, json, owner) : null
}

/**
 * Stores a collection, and queues the verification of its items.
 *
 * @param receiving runs before it in the same transaction; unless it returns true, nothing is stored
 */
export async function storeCollection(
  core: Core,
  owner: AccountView,
  collection: RemoteCollection,
  receiving: (tx: Tx) => Promise<boolean> = async () => true,
): Promise<CollectionId | null> {
  return core.db.transaction(async (tx) => {
    if (!(await receiving(tx))) return null
    const id = await receiveCollection(tx, owner.id, collection)
    await verifyDueClaims(tx, owner.id, verifyingFetches.afterActivity)
    return id
  })
}

/**
 * Fetches an item of a collection, where only its id is known.
 *
 * @returns null for any other object
 * @throws HttpError when its server can't be asked
 */
export async function fetchItem(
  core: Core,
  item: ClaimedItem,
  collectionUri: string,
  budget: Budget,
): Promise<ClaimedItem | null> {
  forgetDocument(core, item.uri)
  const { json } = await fetchDocument(core, item.uri, budget)
  return idOf(json['id']) === item.uri ? parseFeaturedItem(json, collectionUri) : null
}

const maxPages = 10

/**
 * Reads the collections that an account shows on its profile. Those that it no longer shows are forgotten. Where the list only names
 * them, unknown ones are fetched first, and the rest as far as the budget allows. One job verifies the items of all.
 *
 * @throws HttpError when the list can't be read
 */
export async function readCollections(core: Core, owner: AccountView, url: string, budget: Budget): Promise<void> {
  // Before the list is read: a collection that comes meanwhile may not be on it.
  const known = await receivedCollections(core.db, owner.id)
  const listed = await listedBy(core, url, budget)
  const items = listed.items.flatMap((item) => {
    const uri = idOf(item)
    return uri !== null && isSameOrigin(uri, owner.uri) ? [{ uri, item }] : []
  })
  const uris = new Set(items.map(({ uri }) => uri))
  const named: string[] = []
  for (const { uri, item } of items)
    if (isObject(item) && isWholeCollection(item)) await storeListed(core, owner, collectionIn(core, item, owner))
    else if (!isCurrent(item, known.get(uri))) named.push(uri)
  await fetchAll(
    core,
    [...named.filter((uri) => !known.has(uri)), ...named.filter((uri) => known.has(uri))],
    owner,
    budget,
  )
  await core.db.transaction(async (tx) => {
    if (listed.isWhole)
      await forgetUnlisted(
        tx,
        owner.id,
        [...known.keys()].filter((uri) => !uris.has(uri)),
      )
    await verifyDueClaims(tx, owner.id, verifyingFetches.afterReading)
  })
}

/** Whether a list states the date of a collection's state, and this very state is stored. */
const isCurrent = (item: unknown, updatedAt: Date | undefined): boolean =>
  isObject(item) && updatedAt !== undefined && dateOf(item['updated'])?.getTime() === updatedAt.getTime()

async function storeListed(core: Core, owner: AccountView, collection: RemoteCollection | null): Promise<void> {
  try {
    if (collection) await core.db.transaction((tx) => receiveCollection(tx, owner.id, collection))
  } catch (error) {
    // A collection that can't be stored doesn't keep the others from being read.
    if (!isFinalError(error)) throw error
  }
}

async function fetchAll(core: Core, uris: string[], owner: AccountView, budget: Budget): Promise<void> {
  for (const uri of uris) {
    if (isSpent(budget)) return
    try {
      await storeListed(core, owner, await fetchCollection(core, uri, owner, budget))
    } catch (error) {
      // A collection that is gone doesn't keep the others from being read; a server that is away does.
      if (isFinalError(error)) continue
      if (error instanceof HttpError) return
      throw error
    }
  }
}

/** The collections on all pages of a list, as objects or ids. */
async function listedBy(core: Core, url: string, budget: Budget): Promise<{ items: unknown[]; isWhole: boolean }> {
  const items: unknown[] = []
  let next: string | null = url
  for (let pages = 0; next !== null && pages < maxPages && items.length < remoteLimits.collections; pages++) {
    forgetDocument(core, next)
    const { json } = await fetchDocument(core, next, budget)
    if (!isCollection(json)) throw new HttpError('Not a collection', { isPermanent: true })
    const page = parseCollection(json, next)
    items.push(...page.items)
    next = page.next
  }
  return { items: items.slice(0, remoteLimits.collections), isWhole: next === null }
}
