/** Local collections as other servers get them: the ones that strangers may see, with the accounts that agreed. */
import { and, count, desc, eq, sql } from 'drizzle-orm'
import { type AccountView, loadAccountMap } from '../../accounts/views.ts'
import type { Reader } from '../../platform/db/index.ts'
import { accounts } from '../../platform/db/schema/accounts.ts'
import { collectionItems, collections } from '../../platform/db/schema/lists.ts'
import type { AccountId, CollectionId, RelationId } from '../../platform/ids.ts'
import { isActiveState } from '../../relationships/collection-states.ts'
import { type CollectionItemView, type CollectionView, loadCollectionViews } from './views.ts'

export type OutgoingItem = CollectionItemView & { account: AccountView }
export type OutgoingCollection = Omit<CollectionView, 'items'> & { owner: AccountView; items: OutgoingItem[] }

/** Local collections by id, in three queries. Leaves out those of suspended accounts. */
export async function loadOutgoingCollections(db: Reader, ids: CollectionId[]): Promise<OutgoingCollection[]> {
  const views = (await loadCollectionViews(db, null, ids)).filter(({ isLocal }) => isLocal)
  const people = await loadAccountMap(
    db,
    views.flatMap(({ accountId, items }) => [accountId, ...items.map((item) => item.accountId)]),
  )
  return views.flatMap((view) => {
    const owner = people.get(view.accountId)
    const items = view.items.flatMap((item) => {
      const account = people.get(item.accountId)
      return account ? [{ ...item, account }] : []
    })
    return owner?.isLocal ? [{ ...view, owner, items }] : []
  })
}

/** One of them; null when it is gone. */
export async function loadOutgoingCollection(db: Reader, id: CollectionId): Promise<OutgoingCollection | null> {
  const [found] = await loadOutgoingCollections(db, [id])
  return found ?? null
}

/** Ids of a page of the collections of an account that strangers may find, newest first, and their total. */
export async function listedCollections(
  db: Reader,
  accountId: AccountId,
  { limit, maxId }: { limit: number; maxId: string | undefined },
): Promise<{ ids: CollectionId[]; total: number }> {
  const isListed = and(eq(collections.accountId, accountId), eq(collections.isDiscoverable, true))
  const [total] = await db.select({ count: count() }).from(collections).where(isListed)
  const rows = await db
    .select({ id: collections.id })
    .from(collections)
    .where(and(isListed, maxId === undefined ? undefined : sql`${collections.id} < ${maxId}::bigint`))
    .orderBy(desc(collections.id))
    .limit(limit)
  return { ids: rows.map(({ id }) => id), total: total?.count ?? 0 }
}

/** The owner of a local collection, whatever their state; null for any other collection. */
export async function localOwner(db: Reader, id: CollectionId): Promise<AccountId | null> {
  const [row] = await db
    .select({ accountId: collections.accountId })
    .from(collections)
    .where(and(eq(collections.id, id), sql`${collections.uri} is null`))
  return row?.accountId ?? null
}

/** An item as its collection's owner asks for it, or shows it. */
export type ItemHead = { collectionId: CollectionId; memberId: AccountId; memberUri: string; state: string }

/** Null for an item that is gone, and for one of a remote collection. */
export async function localItem(db: Reader, id: RelationId): Promise<ItemHead | null> {
  const [row] = await db
    .select({
      collectionId: collectionItems.collectionId,
      memberId: collectionItems.accountId,
      memberUri: accounts.uri,
      state: collectionItems.state,
    })
    .from(collectionItems)
    .innerJoin(collections, eq(collections.id, collectionItems.collectionId))
    .innerJoin(accounts, eq(accounts.id, collectionItems.accountId))
    .where(and(eq(collectionItems.id, id), sql`${collections.uri} is null`))
  return row ?? null
}

/** The accounts in a collection, and those that were asked. */
export async function membersOf(db: Reader, id: CollectionId): Promise<AccountId[]> {
  const rows = await db
    .select({ accountId: collectionItems.accountId })
    .from(collectionItems)
    .where(and(eq(collectionItems.collectionId, id), isActiveState(collectionItems.state)))
  return rows.map(({ accountId }) => accountId)
}

/** The consent of a local account to be in a collection, for other servers. `state`: it stands if `accepted`. */
export type Consent = {
  featuredId: AccountId
  featuredUri: string
  ownerId: AccountId
  ownerUri: string
  requestUri: string | null
  collectionId: CollectionId
  /** Null for a local collection. */
  collectionUri: string | null
  state: 'accepted' | 'revoked'
}

/** Null when there is none, or one of the two accounts is suspended. */
export async function loadConsent(db: Reader, itemId: RelationId): Promise<Consent | null> {
  const { rows } = await db.execute<Consent>(sql`
    select ${accounts.id}::text as "featuredId", ${accounts.uri} as "featuredUri", owner.id::text as "ownerId", owner.uri as "ownerUri",
      item.request_uri as "requestUri", c.id::text as "collectionId", c.uri as "collectionUri", item.state
    from collection_items item join collections c on c.id = item.collection_id join accounts owner on owner.id = c.account_id
    join accounts on ${accounts.id} = item.account_id
    where item.id = ${itemId} and item.state in ('accepted', 'revoked') and ${accounts.domain} is null
      and ${accounts.suspendedAt} is null and owner.suspended_at is null`)
  return rows[0] ?? null
}
