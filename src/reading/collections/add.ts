/** Collections as people fill them: the policies of remote accounts are read first, where they are not known. May reach the network. */
import type { App } from '../../platform/app.ts'
import type { AccountId, CollectionId, RelationId } from '../../platform/ids.ts'
import { lockPairs } from '../../relationships/pairs.ts'
import { refuse } from '../../text/refusals.ts'
import { addToCollection, checkAddition } from './items.ts'
import { checkedNew, type CollectionInput, collectionLimits, createCollection } from './manage.ts'
import { refreshPolicies } from './willing.ts'

/**
 * Makes a collection with some accounts in it, all or none.
 *
 * @throws Refusal as `createCollection` and `addToCollection`
 */
export async function createFilled(
  app: App,
  ownerId: AccountId,
  input: CollectionInput,
  memberIds: readonly AccountId[],
): Promise<CollectionId> {
  const members = [...new Set(memberIds)]
  if (members.length > 0) {
    await app.db.transaction((tx) => checkedNew(tx, ownerId, input))
    if (members.length > collectionLimits.items)
      throw refuse('invalid', 'collectionFull', { max: collectionLimits.items })
    await refreshPolicies(app, members)
  }
  return app.db.transaction(async (tx) => {
    await lockPairs(
      tx,
      members.map((member) => [ownerId, member] as const),
    )
    const id = await createCollection(tx, ownerId, input)
    for (const member of members) await addToCollection(tx, ownerId, id, member)
    return id
  })
}

/**
 * Puts an account into a collection.
 *
 * @returns the id of the item
 * @throws Refusal as `addToCollection`
 */
export async function addMember(
  app: App,
  ownerId: AccountId,
  collectionId: CollectionId,
  accountId: AccountId,
): Promise<RelationId> {
  const { existing } = await app.db.transaction((tx) => checkAddition(tx, ownerId, collectionId, accountId))
  if (!existing || existing.state === 'pending') await refreshPolicies(app, [accountId])
  return app.db.transaction((tx) => addToCollection(tx, ownerId, collectionId, accountId))
}
