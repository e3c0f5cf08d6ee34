import { and, asc, desc, eq, isNull, type SQL, sql } from 'drizzle-orm'
import { isOneOfIds } from '../../platform/db/arrays.ts'
import type { Reader } from '../../platform/db/index.ts'
import { type Page, settle, slice } from '../../platform/db/page.ts'
import { accounts } from '../../platform/db/schema/accounts.ts'
import { tags } from '../../platform/db/schema/interactions.ts'
import { collectionItems, collections } from '../../platform/db/schema/lists.ts'
import { notFound } from '../../platform/errors.ts'
import type { AccountId, CollectionId, RelationId } from '../../platform/ids.ts'
import { blockedEitherWay, blocksDomainOf } from '../../rules/avoidance.ts'

export type CollectionItemView = {
  id: RelationId
  accountId: AccountId
  state: 'pending' | 'accepted'
  createdAt: Date
  /** FeatureAuthorization of a remote account. */
  approvalUri: string | null
}
export type CollectionView = typeof collections.$inferSelect & {
  isLocal: boolean
  tag: { name: string; displayName: string } | null
  /** The items that the viewer may see, in order: the collection's owner sees all, others see accepted ones. */
  items: CollectionItemView[]
}

/** A page of a list of collections. */
export type Slice = { limit: number; offset: number }

/**
 * One collection.
 *
 * @throws Refusal `not_found` when there is none that the viewer may see
 */
export async function loadCollection(db: Reader, viewer: AccountId | null, id: CollectionId): Promise<CollectionView> {
  const [found] = await loadCollectionViews(db, viewer, [id])
  if (!found) throw notFound()
  return found
}

/**
 * Collections by id, in two queries. Leaves out owners who are suspended, owners who block the viewer or are blocked by
 * them, and owners of servers that the viewer blocks; the same holds for the accounts in the collections.
 */
export async function loadCollectionViews(
  db: Reader,
  viewer: AccountId | null,
  ids: CollectionId[],
): Promise<CollectionView[]> {
  if (ids.length === 0) return []
  const rows = await db
    .select({ collection: collections, tag: { name: tags.name, displayName: tags.displayName } })
    .from(collections)
    .innerJoin(accounts, eq(accounts.id, collections.accountId))
    .leftJoin(tags, eq(tags.id, collections.tagId))
    .where(
      and(
        isOneOfIds(collections.id, ids),
        eq(collections.isForgotten, false),
        sql`${accounts.suspendedAt} is null`,
        notBlocked(viewer, collections.accountId),
      ),
    )
  const items = await db
    .select({
      id: collectionItems.id,
      collectionId: collectionItems.collectionId,
      accountId: collectionItems.accountId,
      state: sql<'pending' | 'accepted'>`${collectionItems.state}`,
      createdAt: collectionItems.createdAt,
      approvalUri: collectionItems.approvalUri,
    })
    .from(collectionItems)
    .innerJoin(collections, eq(collections.id, collectionItems.collectionId))
    .innerJoin(accounts, eq(accounts.id, collectionItems.accountId))
    .where(
      and(
        isOneOfIds(collectionItems.collectionId, ids),
        sql`(${collectionItems.state} = 'accepted' or (${collectionItems.state} = 'pending' and ${collections.accountId} = ${viewer}))`,
        sql`${accounts.suspendedAt} is null`,
        notBlocked(viewer, collectionItems.accountId),
      ),
    )
    .orderBy(asc(collectionItems.position), asc(collectionItems.id))
  const views = new Map(
    rows.map(({ collection, tag }) => [
      collection.id,
      {
        ...collection,
        isLocal: collection.uri === null,
        tag: tag?.name ? tag : null,
        items: items.filter((item) => item.collectionId === collection.id),
      },
    ]),
  )
  return ids.flatMap((id) => views.get(id) ?? [])
}

const notBlocked = (
  viewer: AccountId | null,
  account: typeof collections.accountId | typeof collectionItems.accountId,
): SQL | undefined =>
  viewer === null ? undefined : sql`not ${blockedEitherWay(viewer, account)} and not ${blocksDomainOf(viewer, account)}`

/** An account's collections, newest first. The account itself sees all, others see the discoverable ones. */
export async function collectionsOf(
  db: Reader,
  viewer: AccountId | null,
  accountId: AccountId,
  { limit, offset }: Slice,
): Promise<CollectionId[]> {
  const rows = await db
    .select({ id: collections.id })
    .from(collections)
    .where(
      and(
        eq(collections.accountId, accountId),
        viewer === accountId ? undefined : eq(collections.isDiscoverable, true),
      ),
    )
    .orderBy(desc(collections.id))
    .limit(limit)
    .offset(offset)
  return rows.map(({ id }) => id)
}

/** A page of an account's places in collections, the latest first. */
export async function placesOf(
  db: Reader,
  accountId: AccountId,
  page: Page,
): Promise<{ id: RelationId; collectionId: CollectionId }[]> {
  const { where, orderBy, limit } = slice(collectionItems.id, page)
  const rows = await db
    .select({ id: collectionItems.id, collectionId: collectionItems.collectionId })
    .from(collectionItems)
    .innerJoin(collections, eq(collections.id, collectionItems.collectionId))
    .where(and(isIn(accountId), where))
    .orderBy(orderBy)
    .limit(limit)
  return settle(page, rows)
}

const isIn = (accountId: AccountId) =>
  and(
    eq(collectionItems.accountId, accountId),
    eq(collectionItems.state, 'accepted'),
    eq(collections.isForgotten, false),
  )

/**
 * Collections that an account is in, latest addition first. The account itself sees all, others see the discoverable
 * ones; none when one of the two blocks the other, or the account is suspended.
 */
export async function collectionsWith(
  db: Reader,
  viewer: AccountId,
  accountId: AccountId,
  { limit, offset }: Slice,
): Promise<CollectionId[]> {
  const rows = await db
    .select({ id: collectionItems.collectionId })
    .from(collectionItems)
    .innerJoin(collections, eq(collections.id, collectionItems.collectionId))
    .innerJoin(accounts, eq(accounts.id, collectionItems.accountId))
    .where(
      and(
        isIn(accountId),
        isNull(accounts.suspendedAt),
        notBlocked(viewer, collectionItems.accountId),
        viewer === accountId ? undefined : eq(collections.isDiscoverable, true),
      ),
    )
    .orderBy(desc(collectionItems.id))
    .limit(limit)
    .offset(offset)
  return rows.map(({ id }) => id)
}
