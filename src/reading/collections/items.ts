/** The accounts in the collections of local accounts, and the consent of local accounts to be in any. */
import { and, asc, eq, sql } from 'drizzle-orm'
import { notify, unnotify } from '../../notices/notify.ts'
import { emit } from '../../outbox/emit.ts'
import { arrayOf } from '../../platform/db/arrays.ts'
import type { Tx } from '../../platform/db/index.ts'
import { accounts } from '../../platform/db/schema/accounts.ts'
import { collectionItems, collections } from '../../platform/db/schema/lists.ts'
import { notFound } from '../../platform/errors.ts'
import { type AccountId, type CollectionId, newId, type RelationId } from '../../platform/ids.ts'
import { isActive, isActiveState } from '../../relationships/collection-states.ts'
import { lockDomainBlocks } from '../../relationships/domain-block.ts'
import { lockPair } from '../../relationships/pairs.ts'
import { refuse } from '../../text/refusals.ts'
import { lockActive } from './locks.ts'
import { collectionLimits, ownCollection } from './manage.ts'
import { willing } from './willing.ts'

/**
 * Puts an account at the end of a collection. A discoverable local account has consented beforehand, and is notified. The item
 * of a remote account stays `pending` until its server answers a request. Adding it again sends the request again, in case it or the
 * answer was lost, and changes nothing else.
 *
 * @returns the id of the item
 * @throws Refusal `not_found` when the owner has no such collection or there is no such account, `not_permitted` when
 *   the account does not want to be in collections or left this one, `invalid` when the collection is full
 */
export async function addToCollection(
  tx: Tx,
  ownerId: AccountId,
  collectionId: CollectionId,
  accountId: AccountId,
): Promise<RelationId> {
  // A block may be made at this moment.
  await lockPair(tx, ownerId, accountId)
  await lockDomainBlocks(tx, ownerId, accountId)
  const { existing, isLocal, position } = await checkAddition(tx, ownerId, collectionId, accountId)
  if (existing && existing.state !== 'pending') return existing.id
  if (!(await willing(tx, ownerId, [accountId])).has(accountId)) throw refuse('not_permitted', 'notToBeCollected')
  if (existing) {
    await emit(tx, { type: 'feature.requested', itemId: existing.id })
    return existing.id
  }

  const id = newId<RelationId>()
  await tx
    .insert(collectionItems)
    .values({ id, collectionId, accountId, position, state: isLocal ? 'accepted' : 'pending' })
  await touch(tx, collectionId)
  await notify(tx, { type: 'added_to_collection', for: accountId, from: ownerId, collectionId })
  await emit(tx, { type: isLocal ? 'collection-item.added' : 'feature.requested', itemId: id })
  return id
}

/**
 * Checks all about an addition except whether the account consents, and locks both accounts and the collection.
 *
 * @returns `existing`: its item, if it is in the collection or was asked
 * @throws Refusal as `addToCollection`
 */
export async function checkAddition(
  tx: Tx,
  ownerId: AccountId,
  collectionId: CollectionId,
  accountId: AccountId,
): Promise<{ existing: { id: RelationId; state: string } | null; isLocal: boolean; position: number }> {
  const active = await lockActive(tx, [ownerId, accountId])
  await ownCollection(tx, ownerId, collectionId)
  const account = active.get(accountId)
  if (!account || !active.has(ownerId)) throw notFound()

  const rows = await tx
    .select({ item: collectionItems, suspendedAt: accounts.suspendedAt })
    .from(collectionItems)
    .innerJoin(accounts, eq(accounts.id, collectionItems.accountId))
    .where(eq(collectionItems.collectionId, collectionId))
  const items = rows.map(({ item }) => item)
  const existing = items.find((item) => item.accountId === accountId)
  if (existing && !isActive(existing.state)) throw refuse('not_permitted', 'leftCollection')
  // The owner does not see suspended accounts, and so could make no room.
  const taken = rows.filter(({ item, suspendedAt }) => isActive(item.state) && !suspendedAt).length
  if (!existing && taken >= collectionLimits.items)
    throw refuse('invalid', 'collectionFull', { max: collectionLimits.items })
  return {
    existing: existing ?? null,
    isLocal: account.isLocal,
    position: Math.max(0, ...items.map((item) => item.position)) + 1,
  }
}

/**
 * Takes an item out of a collection of its owner's.
 *
 * @throws Refusal `not_found` when there is no such item
 */
export async function removeFromCollection(
  tx: Tx,
  ownerId: AccountId,
  collectionId: CollectionId,
  itemId: RelationId,
): Promise<void> {
  const { isDiscoverable: wasListed } = await ownCollection(tx, ownerId, collectionId)
  // A revoked item stays, so that the account isn't added again.
  const [removed] = await tx
    .delete(collectionItems)
    .where(
      and(
        eq(collectionItems.id, itemId),
        eq(collectionItems.collectionId, collectionId),
        isActiveState(collectionItems.state),
      ),
    )
    .returning({ memberId: collectionItems.accountId })
  if (!removed) throw notFound()
  const { memberId } = removed
  await touch(tx, collectionId)
  await unnotify(tx, { type: 'added_to_collection', for: memberId, from: ownerId, collectionId })
  await emit(tx, { type: 'collection-item.removed', itemId, collectionId, accountId: ownerId, memberId, wasListed })
}

/**
 * Moves an item by one place. An item at the end stays there.
 *
 * @throws Refusal `not_found` when there is no such item
 */
export async function moveInCollection(
  tx: Tx,
  ownerId: AccountId,
  collectionId: CollectionId,
  itemId: RelationId,
  direction: 'up' | 'down',
): Promise<void> {
  const { isDiscoverable: wasListed } = await ownCollection(tx, ownerId, collectionId)
  const items = await tx
    .select({ id: collectionItems.id, position: collectionItems.position })
    .from(collectionItems)
    .where(and(eq(collectionItems.collectionId, collectionId), isActiveState(collectionItems.state)))
    .orderBy(asc(collectionItems.position), asc(collectionItems.id))
  const from = items.findIndex(({ id }) => id === itemId)
  const moved = items[from]
  const other = items[from + (direction === 'up' ? -1 : 1)]
  if (!moved) throw notFound()
  if (!other) return
  const order = items.map((item) => (item === moved ? other : item === other ? moved : item))
  await tx.execute(sql`
    update collection_items i set position = place.position
    from unnest(${arrayOf(order.map(({ id }) => id))}::bigint[]) with ordinality as place(id, position)
    where i.id = place.id and i.position <> place.position`)
  await touch(tx, collectionId)
  await emit(tx, { type: 'collection.updated', collectionId, wasListed })
}

/**
 * Takes a local account out of somebody else's collection at the account's own wish. It can't be added again.
 *
 * @throws Refusal `not_found` when the account has no such item
 */
export async function revokeFromCollection(
  tx: Tx,
  accountId: AccountId,
  collectionId: CollectionId,
  itemId: RelationId,
): Promise<void> {
  const [collection] = await tx
    .select({ ownerId: collections.accountId, uri: collections.uri, wasListed: collections.isDiscoverable })
    .from(collections)
    .where(eq(collections.id, collectionId))
    .for('update')
  const [revoked] = await tx
    .update(collectionItems)
    .set({ state: 'revoked' })
    .where(
      and(
        eq(collectionItems.id, itemId),
        eq(collectionItems.collectionId, collectionId),
        eq(collectionItems.accountId, accountId),
        eq(collectionItems.state, 'accepted'),
      ),
    )
    .returning({ id: collectionItems.id })
  if (!revoked || !collection) throw notFound()
  const { ownerId, wasListed } = collection
  await unnotify(tx, { type: 'added_to_collection', for: accountId, from: ownerId, collectionId })
  await emit(tx, { type: 'feature.revoked', itemId, accountId, ownerId })
  // The date of a remote collection is its own server's.
  if (collection.uri !== null) return
  await touch(tx, collectionId)
  await emit(tx, {
    type: 'collection-item.removed',
    itemId,
    collectionId,
    accountId: ownerId,
    memberId: accountId,
    wasListed,
  })
}

export async function touch(tx: Tx, id: CollectionId): Promise<void> {
  await tx
    .update(collections)
    .set({ updatedAt: sql`now()` })
    .where(eq(collections.id, id))
}
