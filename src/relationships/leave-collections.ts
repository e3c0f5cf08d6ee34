/** Ends the presence of accounts in each other's collections. */
import { type SQL, sql } from 'drizzle-orm'
import { emit } from '../outbox/emit.ts'
import { isOneOfIds } from '../platform/db/arrays.ts'
import type { Tx } from '../platform/db/index.ts'
import type { AccountId, CollectionId, RelationId } from '../platform/ids.ts'
import { isActiveState } from './collection-states.ts'

/** Removes two accounts from each other's collections, when one has blocked the other. */
export async function leaveCollections(tx: Tx, one: AccountId, other: AccountId): Promise<void> {
  await leave(
    tx,
    sql`(c.account_id, i.account_id) in ((${one}::bigint, ${other}::bigint), (${other}::bigint, ${one}::bigint))`,
  )
}

const atOnce = 100

/**
 * Removes an account and accounts of a server that it blocks from each other's collections, some at a time.
 *
 * @returns whether there may be more
 */
export async function leaveCollectionsOn(tx: Tx, accountId: AccountId, domain: string): Promise<boolean> {
  const isOnServer = (account: SQL) =>
    sql`exists (select from accounts a where a.id = ${account} and a.domain = ${domain})`
  const left = await leave(
    tx,
    sql`i.id = any(array(
      select mine.id from collection_items mine join collections theirs on theirs.id = mine.collection_id
      where mine.account_id = ${accountId} and ${isActiveState(sql`mine.state`)} and ${isOnServer(sql`theirs.account_id`)}
      union all
      select theirs.id from collections mine join collection_items theirs on theirs.collection_id = mine.id
      where mine.account_id = ${accountId} and ${isActiveState(sql`theirs.state`)} and ${isOnServer(sql`theirs.account_id`)}
      limit ${atOnce}))
      and exists (select from account_domain_blocks d where d.account_id = ${accountId} and d.domain = ${domain})`,
  )
  return left === atOnce
}

type Left = {
  itemId: RelationId
  collectionId: CollectionId
  memberId: AccountId
  accountId: AccountId
  state: string
  isMemberLocal: boolean
  isLocal: boolean
  wasListed: boolean
}

/**
 * Items of accounts that left by themselves stay, so that those aren't added again.
 *
 * @param which condition of items `i` and their collections `c`
 * @returns the number of items
 */
async function leave(tx: Tx, which: SQL): Promise<number> {
  // The collections are locked before their items, as whoever changes a collection does.
  const found = await tx.execute<{ id: RelationId }>(sql`
    select i.id::text as id from collection_items i join collections c on c.id = i.collection_id
    where ${isActiveState(sql`i.state`)} and ${which} order by c.id, i.id for update of c`)
  if (found.rows.length === 0) return 0
  const ids = found.rows.map(({ id }) => id)
  const { rows } = await tx.execute<Left>(sql`
    delete from collection_items i using collections c
    where c.id = i.collection_id and ${isActiveState(sql`i.state`)} and ${isOneOfIds(sql`i.id`, ids)}
    returning i.id::text as "itemId", c.id::text as "collectionId", i.account_id::text as "memberId", c.account_id::text as "accountId", i.state,
      (select a.domain is null from accounts a where a.id = i.account_id) as "isMemberLocal", c.uri is null as "isLocal", c.is_discoverable as "wasListed"`)
  // The date of a remote collection is its own server's.
  const changed = rows.flatMap(({ isLocal, collectionId }) => (isLocal ? collectionId : []))
  if (changed.length > 0)
    await tx.execute(sql`update collections c set updated_at = now() where ${isOneOfIds(sql`c.id`, changed)}`)
  for (const { isLocal, isMemberLocal, state, ...item } of rows) {
    if (isMemberLocal && state === 'accepted')
      await emit(tx, {
        type: 'feature.revoked',
        itemId: item.itemId,
        accountId: item.memberId,
        ownerId: item.accountId,
      })
    if (isLocal) await emit(tx, { type: 'collection-item.removed', ...item })
  }
  return ids.length
}
