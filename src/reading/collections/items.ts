/** The accounts in a collection, and their consent. */
import { and, eq, inArray, sql } from 'drizzle-orm'
import { isPresent } from '../../accounts/find.ts'
import { notify, unnotify } from '../../notices/notify.ts'
import type { Tx } from '../../platform/db/index.ts'
import { accounts } from '../../platform/db/schema/accounts.ts'
import { collectionItems, collections } from '../../platform/db/schema/lists.ts'
import { notFound } from '../../platform/errors.ts'
import { type AccountId, type CollectionId, newId, type RelationId } from '../../platform/ids.ts'
import { isBlockedEitherWay } from '../../relationships/pairs.ts'
import { refuse } from '../../text/refusals.ts'
import { collectionLimits, ownCollection } from './manage.ts'

/**
 * Puts an account into a collection. A discoverable local account has consented beforehand, and is notified. The item
 * of a remote account stays `pending`, as its server has to be asked first. Adding it again changes nothing.
 *
 * @returns the id of the item
 * @throws Refusal `not_found` when the owner has no such collection or there is no such account, `not_permitted` when
 *   the account does not want to be in collections, `invalid` when the collection is full
 */
export async function addToCollection(
  tx: Tx,
  ownerId: AccountId,
  collectionId: CollectionId,
  accountId: AccountId,
): Promise<RelationId> {
  await ownCollection(tx, ownerId, collectionId)
  const [account] = await tx
    .select({
      domain: accounts.domain,
      isDiscoverable: accounts.isDiscoverable,
      suspendedAt: accounts.suspendedAt,
      deletedAt: accounts.deletedAt,
    })
    .from(accounts)
    .where(and(eq(accounts.id, accountId), isPresent))
  if (!account || account.suspendedAt || account.deletedAt) throw notFound()

  const items = await tx.select().from(collectionItems).where(eq(collectionItems.collectionId, collectionId))
  const existing = items.find((item) => item.accountId === accountId)
  if (existing && isShown(existing.state)) return existing.id
  const isWilling = account.domain !== null || account.isDiscoverable || accountId === ownerId
  if (existing || !isWilling || (await isBlockedEitherWay(tx, ownerId, accountId)))
    throw refuse('not_permitted', 'notAllowed')
  if (items.filter((item) => isShown(item.state)).length >= collectionLimits.items) {
    throw refuse('invalid', 'collectionFull', { max: collectionLimits.items })
  }

  const id = newId<RelationId>()
  await tx
    .insert(collectionItems)
    .values({ id, collectionId, accountId, state: account.domain === null ? 'accepted' : 'pending' })
  await touch(tx, collectionId)
  await notify(tx, { type: 'added_to_collection', for: accountId, from: ownerId, collectionId })
  return id
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
  await ownCollection(tx, ownerId, collectionId)
  // A revoked item stays, so that the account isn't added again.
  const [removed] = await tx
    .delete(collectionItems)
    .where(
      and(
        eq(collectionItems.id, itemId),
        eq(collectionItems.collectionId, collectionId),
        inArray(collectionItems.state, ['pending', 'accepted']),
      ),
    )
    .returning({ accountId: collectionItems.accountId })
  if (!removed) throw notFound()
  await touch(tx, collectionId)
  await unnotify(tx, { type: 'added_to_collection', for: removed.accountId, from: ownerId, collectionId })
}

/**
 * Takes an account out of somebody else's collection at the account's own wish. It can't be added again.
 *
 * @throws Refusal `not_found` when the account has no such item
 */
export async function revokeFromCollection(
  tx: Tx,
  accountId: AccountId,
  collectionId: CollectionId,
  itemId: RelationId,
): Promise<void> {
  const [revoked] = await tx
    .update(collectionItems)
    .set({ state: 'revoked' })
    .where(
      and(
        eq(collectionItems.id, itemId),
        eq(collectionItems.collectionId, collectionId),
        eq(collectionItems.accountId, accountId),
      ),
    )
    .returning({ id: collectionItems.id })
  if (!revoked) throw notFound()
  const [collection] = await tx
    .select({ accountId: collections.accountId })
    .from(collections)
    .where(eq(collections.id, collectionId))
  await touch(tx, collectionId)
  if (collection)
    await unnotify(tx, { type: 'added_to_collection', for: accountId, from: collection.accountId, collectionId })
}

const isShown = (state: string): boolean => state === 'pending' || state === 'accepted'

async function touch(tx: Tx, id: CollectionId): Promise<void> {
  await tx
    .update(collections)
    .set({ updatedAt: sql`now()` })
    .where(eq(collections.id, id))
}
