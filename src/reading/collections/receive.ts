/** Collections of remote accounts, as their servers state them. */
import { and, asc, count, eq, inArray } from 'drizzle-orm'
import { unnotify } from '../../notices/notify.ts'
import type { ClaimedItem } from '../../outbox/events.ts'
import type { Reader, Tx } from '../../platform/db/index.ts'
import { collectionItems, collections } from '../../platform/db/schema/lists.ts'
import { type AccountId, type CollectionId, idAt, type RelationId } from '../../platform/ids.ts'
import { wasDeleted } from '../../statuses/receive/delete.ts'
import { type Hashtag, openTagIds } from '../../statuses/tags.ts'
import { cleanName } from '../../text/clean.ts'
import { htmlToText } from '../../text/html/to-text.ts'
import { languageTag } from '../../text/language-tag.ts'
import { claimItems, forgetClaims, keepClaims } from './claims.ts'
import { forgetCollections } from './forget.ts'
import { lockOwner } from './locks.ts'
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

/** Brings the items in line with the server's list. An item that the server has not published yet stays. */
async function receiveItems(
  tx: Tx,
  collection: { id: CollectionId; ownerId: AccountId },
  claimed: ClaimedItem[],
): Promise<void> {
  const { id, ownerId } = collection
  const stored = await tx
    .select({ id: collectionItems.id, uri: collectionItems.uri })
    .from(collectionItems)
    .where(and(eq(collectionItems.collectionId, id), eq(collectionItems.state, 'accepted')))
  const uris = new Set(claimed.map(({ uri }) => uri))
  await removeItems(
    tx,
    ownerId,
    id,
    stored.flatMap((item) => (item.uri !== null && !uris.has(item.uri) ? item.id : [])),
  )
  await keepClaims(tx, id, [...uris])
  await claimItems(
    tx,
    collection,
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
  const found = await tx
    .select({ id: collectionItems.id })
    .from(collectionItems)
    .where(and(eq(collectionItems.collectionId, collectionId), eq(collectionItems.uri, itemUri)))
  await forgetClaims(tx, collectionId, [itemUri])
  await removeItems(
    tx,
    ownerId,
    collectionId,
    found.map(({ id }) => id),
  )
}

/** Items of accounts that left by themselves stay, so that those aren't added again. */
async function removeItems(tx: Tx, ownerId: AccountId, collectionId: CollectionId, ids: RelationId[]): Promise<void> {
  if (ids.length === 0) return
  const removed = await tx
    .delete(collectionItems)
    .where(and(inArray(collectionItems.id, ids), eq(collectionItems.state, 'accepted')))
    .returning({ accountId: collectionItems.accountId })
  for (const { accountId } of removed)
    await unnotify(tx, { type: 'added_to_collection', for: accountId, from: ownerId, collectionId })
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
  const stored = await tx
    .select({ id: collections.id })
    .from(collections)
    .where(and(eq(collections.uri, uri), eq(collections.accountId, ownerId)))
    .for('update')
  await forgetCollections(
    tx,
    stored.map(({ id }) => id),
  )
}

/** Forgets the discoverable collections of a remote account that its server no longer lists. */
export async function keepCollections(tx: Tx, ownerId: AccountId, listed: readonly string[]): Promise<void> {
  const stored = await tx
    .select({ id: collections.id, uri: collections.uri })
    .from(collections)
    .where(and(eq(collections.accountId, ownerId), eq(collections.isDiscoverable, true)))
    .orderBy(asc(collections.id))
    .for('update')
  const isListed = new Set(listed)
  await forgetCollections(
    tx,
    stored.flatMap(({ id, uri }) => (uri !== null && !isListed.has(uri) ? id : [])),
  )
}
