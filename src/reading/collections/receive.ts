/** Collections of remote accounts, as their servers state them. */
import { and, asc, count, eq, inArray, isNull, sql } from 'drizzle-orm'
import { unnotify } from '../../notices/notify.ts'
import { emit } from '../../outbox/emit.ts'
import type { ClaimedItem } from '../../outbox/events.ts'
import type { Reader, Tx } from '../../platform/db/index.ts'
import { accounts } from '../../platform/db/schema/accounts.ts'
import { collectionItems, collections } from '../../platform/db/schema/lists.ts'
import { type AccountId, type CollectionId, idAt, newId, type RelationId } from '../../platform/ids.ts'
import { wasDeleted } from '../../statuses/receive/delete.ts'
import { type Hashtag, openTagIds } from '../../statuses/tags.ts'
import { cleanName } from '../../text/clean.ts'
import { htmlToText } from '../../text/html/to-text.ts'
import { languageTag } from '../../text/language-tag.ts'
import { collectionLimits, notifyOfChange } from './manage.ts'

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
 * Stores or updates a collection of a remote account. Local accounts in it must have agreed; jobs verify the consent of all others.
 *
 * @returns its id; null when it was deleted, belongs to another account, or the account has too many
 */
export async function receiveCollection(
  tx: Tx,
  ownerId: AccountId,
  data: RemoteCollection,
): Promise<CollectionId | null> {
  if (await wasDeleted(tx, data.uri)) return null
  const [before] = await tx.select().from(collections).where(eq(collections.uri, data.uri)).for('update')
  if (before && before.accountId !== ownerId) return null
  if (before && data.updatedAt && data.updatedAt < before.updatedAt) return before.id
  if (!before && (await countOf(tx, ownerId)) >= remoteLimits.collections) return null
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
      updatedAt: before ? pastOr(data.updatedAt) : pastOr(data.updatedAt ?? data.publishedAt),
    })
    .where(eq(collections.id, id))
    .returning()
  await receiveItems(tx, ownerId, id, data.items)
  if (before && after) await notifyOfChange(tx, before, after)
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
  const [row] = await tx.select({ count: count() }).from(collections).where(eq(collections.accountId, ownerId))
  return row?.count ?? 0
}

/** Brings the items in line with the server's list. An item that the server has not published yet stays. */
async function receiveItems(tx: Tx, ownerId: AccountId, id: CollectionId, claimed: ClaimedItem[]): Promise<void> {
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
  await claimItems(
    tx,
    id,
    claimed.map((item, i) => ({ item, position: i + 1 })),
  )
}

/** An item with its place, if its server states that. */
type Claim = { item: ClaimedItem; position?: number }

/**
 * Takes note that a remote collection has some items. An item that is known only gets its place; so does a local account that agreed
 * before. For any other account, a job verifies the consent.
 */
export async function claimItems(tx: Tx, id: CollectionId, claims: readonly Claim[]): Promise<void> {
  const stored = await tx
    .select({ item: collectionItems, accountUri: accounts.uri, domain: accounts.domain })
    .from(collectionItems)
    .innerJoin(accounts, eq(accounts.id, collectionItems.accountId))
    .where(eq(collectionItems.collectionId, id))
  const isLocal = await localAmong(
    tx,
    claims.flatMap(({ item }) => item.accountUri ?? []),
  )
  const last = Math.max(0, ...stored.map(({ item }) => item.position))
  for (const { item, position } of claims) {
    const known = stored.find(({ accountUri, item: { uri } }) =>
      item.accountUri === null ? uri === item.uri : accountUri === item.accountUri,
    )
    const isConsented =
      known?.item.state === 'accepted' &&
      (known.domain === null || item.accountUri === null || known.item.approvalUri === item.approvalUri)
    if (known && isConsented)
      await tx
        .update(collectionItems)
        .set({ uri: item.uri, position: position ?? (known.item.uri === null ? last + 1 : known.item.position) })
        .where(eq(collectionItems.id, known.item.id))
    else if (known?.domain !== null && !isLocal.has(item.accountUri))
      await emit(tx, { type: 'collection-item.claimed', collectionId: id, item, position: position ?? last + 1 })
  }
}

/** Local accounts among some: nobody but they put themselves into a remote collection, by the answer to a request. */
async function localAmong(tx: Tx, uris: string[]): Promise<Set<string | null>> {
  if (uris.length === 0) return new Set()
  const rows = await tx
    .select({ uri: accounts.uri })
    .from(accounts)
    .where(and(inArray(accounts.uri, uris), isNull(accounts.domain)))
  return new Set(rows.map(({ uri }) => uri))
}

/** A remote collection whose item is to be verified; null when it is gone, or its owner is suspended. */
export async function remoteCollection(
  db: Reader,
  id: CollectionId,
): Promise<{ uri: string; ownerId: AccountId } | null> {
  const { rows } = await db.execute<{ uri: string; ownerId: AccountId }>(sql`
    select c.uri, c.account_id::text as "ownerId" from collections c join accounts owner on owner.id = c.account_id
    where c.id = ${id} and c.uri is not null and owner.suspended_at is null`)
  return rows[0] ?? null
}

/** Stores an item of a remote collection whose account's consent was verified. Items beyond the limit are ignored. */
export async function receiveItem(
  tx: Tx,
  collectionId: CollectionId,
  accountId: AccountId,
  { uri, approvalUri, position }: { uri: string; approvalUri: string; position: number },
): Promise<void> {
  const [collection] = await tx.select().from(collections).where(eq(collections.id, collectionId)).for('update')
  const items = await tx.select().from(collectionItems).where(eq(collectionItems.collectionId, collectionId))
  const known = items.find((item) => item.accountId === accountId)
  const isFull = items.filter(({ state }) => state === 'accepted').length >= collectionLimits.items
  if (!collection || collection.uri === null || (isFull && known?.state !== 'accepted')) return
  const values = { uri, approvalUri, position, state: 'accepted' } as const
  await tx
    .insert(collectionItems)
    .values({ ...values, id: newId<RelationId>(), collectionId, accountId })
    .onConflictDoUpdate({ target: [collectionItems.collectionId, collectionItems.accountId], set: values })
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
    .where(and(eq(collections.uri, uri), eq(collections.accountId, ownerId)))
  return row?.id ?? null
}

/** A remote collection by its id, whoever owns it. */
export async function collectionByUrl(db: Reader, url: string): Promise<CollectionId | null> {
  const [row] = await db.select({ id: collections.id }).from(collections).where(eq(collections.uri, url))
  return row?.id ?? null
}

/** Deletes a collection of a remote account, as its server says. @returns whether it was here */
export async function forgetCollection(tx: Tx, ownerId: AccountId, uri: string): Promise<boolean> {
  const deleted = await tx
    .delete(collections)
    .where(and(eq(collections.uri, uri), eq(collections.accountId, ownerId)))
    .returning({ id: collections.id })
  return deleted.length > 0
}

/** Deletes the discoverable collections of a remote account that its server no longer lists. */
export async function keepCollections(tx: Tx, ownerId: AccountId, listed: readonly string[]): Promise<void> {
  const stored = await tx
    .select({ id: collections.id, uri: collections.uri })
    .from(collections)
    .where(and(eq(collections.accountId, ownerId), eq(collections.isDiscoverable, true)))
    .orderBy(asc(collections.id))
  const gone = stored.flatMap(({ id, uri }) => (uri !== null && !listed.includes(uri) ? id : []))
  if (gone.length > 0) await tx.delete(collections).where(inArray(collections.id, gone))
}
