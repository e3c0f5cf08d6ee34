/**
 * Locks of those who change collections. Accounts are locked before collections, and collections before items: a deadlock otherwise. The
 * exception are notices of a change to those in a collection, which are stored last and refer to their accounts; PostgreSQL ends such a
 * deadlock with somebody who is being deleted, and the transaction is repeated.
 */
import { and, eq, isNull, sql } from 'drizzle-orm'
import { isPresent } from '../../accounts/find.ts'
import { isOneOfIds } from '../../platform/db/arrays.ts'
import type { Tx } from '../../platform/db/index.ts'
import { accounts } from '../../platform/db/schema/accounts.ts'
import { collections } from '../../platform/db/schema/lists.ts'
import type { AccountId, CollectionId } from '../../platform/ids.ts'

/** Those of some accounts that are neither suspended nor deleted. They stay so until the transaction ends. */
export async function lockActive(tx: Tx, ids: readonly AccountId[]): Promise<Map<AccountId, { isLocal: boolean }>> {
  const rows = await tx
    .select({ id: accounts.id, domain: accounts.domain })
    .from(accounts)
    .where(and(isOneOfIds(accounts.id, ids), isPresent, isNull(accounts.suspendedAt), isNull(accounts.deletedAt)))
    .orderBy(accounts.id)
    .for('share')
  return new Map(rows.map(({ id, domain }) => [id, { isLocal: domain === null }]))
}

/** Lets one transaction at a time make collections of an account, so that their limit holds. @returns whether the account is active */
export async function lockOwner(tx: Tx, ownerId: AccountId): Promise<boolean> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`collections ${ownerId}`}, 0))`)
  return (await lockActive(tx, [ownerId])).size > 0
}

/** Locks a collection. @returns whether it is still there, and not forgotten */
export async function lockShown(tx: Tx, id: CollectionId): Promise<boolean> {
  const [row] = await tx
    .select({ isForgotten: collections.isForgotten })
    .from(collections)
    .where(eq(collections.id, id))
    .for('update')
  return row?.isForgotten === false
}
