/** Collections of remote accounts, as their servers state them. */
import { and, asc, count, eq, type SQL, sql } from 'drizzle-orm'
import type { ClaimedItem } from '../../outbox/events.ts'
import { isOneOf } from '../../platform/db/arrays.ts'
import type { Reader, Tx } from '../../platform/db/index.ts'
import { collectionItems, collections } from '../../platform/db/schema/lists.ts'
import { type AccountId, type CollectionId, idAt } from '../../platform/ids.ts'
import { dayMs, hourMs } from '../../platform/time.ts'
import { wasDeleted } from '../../statuses/receive/delete.ts'
import { type Hashtag, openTagIds } from '../../statuses/tags.ts'
import { cleanName } from '../../text/clean.ts'
import { htmlToText } from '../../text/html/to-text.ts'
import { languageTag } from '../../text/language-tag.ts'
import { claimItemsOf, forgetClaims, isSameItem, keepClaims, storedItems } from './claims.ts'
import { forgetCollections, removeItems } from './forget.ts'
import { lockOwner, lockShown } from './locks.ts'
import { notifyOfChange } from './manage.ts'

/** A remote collection. `description` is HTML; `items` are at most as many as a collection may have here. */
export type RemoteCollection = {
  uri: string
  url: string
  name: string
  description: string
  language: string | null
  tag: Hashtag | null
  isSensitive: boolean
  isDiscoverable: boolean
  publishedAt: Date | null
  updatedAt: Date | null
  items: ClaimedItem[]
}

/** Limits of remote collections: per account, and graphemes of their texts. */
export const remoteLimits = { collections: 50, nameLength: 100, descriptionLength: 500 }

/**
 * Stores or updates a collection of a remote account. Local accounts in it must have agreed; the consent of all others is verified
 * later, see `verifyDueClaims`.
 *
 * @returns its id; null when it was deleted or belongs to another account, or when the account is suspended or has too many
 */
export async function receiveCollection(
  tx: Tx,
  ownerId: AccountId,
  data: RemoteCollection,
): Promise<CollectionId | null> {
  if ((await wasDeleted(tx, data.uri)) || !(await lockOwner(tx, ownerId))) return null
  const [before] = await tx.select().from(collections).where(eq(collections.uri, data.uri)).for('update')
  if (before && before.accountId !== ownerId) return null
  const isNew = !before || before.isForgotten
  if (!isNew && data.updatedAt && data.updatedAt < before.updatedAt) return before.id
  if (isNew && (await countOf(tx, ownerId)) >= remoteLimits.collections) return null
  const id = before?.id ?? (await insert(tx, ownerId, data))
  const [after] = await tx
    .update(collections)
    .set({
      url: data.url,
      name: cleanName(data.name, remoteLimits.nameLength),
      description: cleanName(htmlToText(data.description), remoteLimits.descriptionLength),
      language: data.language === null ? null : languageTag(data.language),
      tagId: data.tag ? ((await openTagIds(tx, [data.tag]))[0] ?? null) : null,
      isSensitive: data.isSensitive,
      isDiscoverable: data.isDiscoverable,
      isForgotten: false,
      updatedAt: !isNew ? pastOr(data.updatedAt) : pastOr(data.updatedAt ?? data.publishedAt),
    })
    .where(eq(collections.id, id))
    .returning()
  await receiveItems(tx, { id, ownerId }, data.items)
  if (!isNew && after) await notifyOfChange(tx, before, after)
  return id
}

const pastOr = (date: Date | null): Date => new Date(Math.min(date?.getTime() ?? Date.now(), Date.now()))

async function insert(tx: Tx, ownerId: AccountId, data: RemoteCollection): Promise<CollectionId> {
  const createdAt = pastOr(data.publishedAt)
  const id = idAt<CollectionId>(createdAt)
  await tx.insert(collections).values({ id, accountId: ownerId, uri: data.uri, name: '', createdAt })
  return id
}

async function countOf(tx: Tx, ownerId: AccountId): Promise<number> {
  const [row] = await tx
    .select({ count: count() })
    .from(collections)
    .where(and(eq(collections.accountId, ownerId), eq(collections.isForgotten, false)))
  return row?.count ?? 0
}

/** A server publishes an item soon after the account agreed. */
const unpublishedMs = dayMs

/** Brings the items in line with the server's list. An item that the server has not published yet stays for a day. */
async function receiveItems(
  tx: Tx,
  collection: { id: CollectionId; ownerId: AccountId },
  claimed: ClaimedItem[],
): Promise<void> {
  // An item that is only named may be anybody's.
  const isComplete = claimed.every(({ accountUri }) => accountUri !== null)
  const isAwaited = ({ uri, createdAt }: { uri: string | null; createdAt: Date }) =>
    uri === null && !(isComplete && createdAt.getTime() < Date.now() - unpublishedMs)
  const stored = await storedItems(tx, collection.id)
  const gone = stored.filter((known) => !isAwaited(known.item) && !claimed.some((item) => isSameItem(item, known)))
  await removeItems(
    tx,
    collection,
    gone.map(({ item }) => item),
  )
  await keepClaims(
    tx,
    collection.id,
    claimed.map(({ uri }) => uri),
  )
  await claimItemsOf(
    tx,
    collection,
    stored.filter((known) => !gone.includes(known)),
    claimed.map((item, i) => ({ item, position: i + 1 })),
  )
}

/** Takes an item out of a collection of a remote account, as its server says. Ignores unknown ones. */
export async function removeReceivedItem(
  tx: Tx,
  ownerId: AccountId,
  collectionId: CollectionId,
  itemUri: string,
): Promise<void> {
  if (!(await lockShown(tx, collectionId))) return
  const found = await tx
    .select({ id: collectionItems.id })
    .from(collectionItems)
    .where(and(eq(collectionItems.collectionId, collectionId), eq(collectionItems.uri, itemUri)))
  await forgetClaims(tx, collectionId, [itemUri])
  await removeItems(tx, { id: collectionId, ownerId }, found)
}

/** A collection of a remote account by its id; null when it is not stored here. */
export async function receivedCollection(db: Reader, ownerId: AccountId, uri: string): Promise<CollectionId | null> {
  const [row] = await db
    .select({ id: collections.id })
    .from(collections)
    .where(and(eq(collections.uri, uri), eq(collections.accountId, ownerId), eq(collections.isForgotten, false)))
  return row?.id ?? null
}

/** The stored collections of a remote account, by their ids, with the dates of their states. */
export async function receivedCollections(db: Reader, ownerId: AccountId): Promise<Map<string, Date>> {
  const rows = await db
    .select({ uri: collections.uri, updatedAt: collections.updatedAt })
    .from(collections)
    .where(and(eq(collections.accountId, ownerId), eq(collections.isForgotten, false)))
  return new Map(rows.flatMap(({ uri, updatedAt }) => (uri === null ? [] : [[uri, updatedAt] as const])))
}

/** A remote collection by its id, whoever owns it. */
export async function collectionByUri(db: Reader, uri: string): Promise<CollectionId | null> {
  const [row] = await db
    .select({ id: collections.id })
    .from(collections)
    .where(and(eq(collections.uri, uri), eq(collections.isForgotten, false)))
  return row?.id ?? null
}

/** Forgets a collection of a remote account, as its server says. */
export async function forgetCollection(tx: Tx, ownerId: AccountId, uri: string): Promise<void> {
  await forgetCollections(tx, await lockedByUri(tx, ownerId, [uri]))
}

/** A list may have been made a while ago. */
const staleMs = hourMs

/** Forgets those of some collections of a remote account that were on its profile, and are no new ones, since its server no longer lists them. */
export async function forgetUnlisted(tx: Tx, ownerId: AccountId, uris: readonly string[]): Promise<void> {
  const wereShown = and(
    eq(collections.isDiscoverable, true),
    sql`${collections.createdAt} < now() - make_interval(secs => ${staleMs / 1_000})`,
  )
  await forgetCollections(tx, await lockedByUri(tx, ownerId, uris, wereShown))
}

async function lockedByUri(tx: Tx, ownerId: AccountId, uris: readonly string[], which?: SQL): Promise<CollectionId[]> {
  const rows = await tx
    .select({ id: collections.id })
    .from(collections)
    .where(and(eq(collections.accountId, ownerId), isOneOf(collections.uri, uris), which))
    .orderBy(asc(collections.id))
    .for('update')
  return rows.map(({ id }) => id)
}
