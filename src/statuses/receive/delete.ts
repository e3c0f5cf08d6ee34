/** Deletes of remote statuses. A Delete may arrive before its status, or at the same time. */
import { eq, sql } from 'drizzle-orm'
import { accountByUri } from '../../accounts/find.ts'
import type { Tx } from '../../platform/db/index.ts'
import { tombstones } from '../../platform/db/schema/federation.ts'
import { deleteStatus } from '../delete.ts'
import { statusByUri } from '../find.ts'

/**
 * Deletes a remote status on its author's Delete. For an unknown status it stores a tombstone, since a Delete may overtake its
 * Create. A status of another account stays.
 *
 * @param authorUri id of the deleting account, which may be unknown here; it is on the status's server
 */
export async function receiveDelete(tx: Tx, authorUri: string, uri: string): Promise<void> {
  await lockUri(tx, uri)
  const status = await statusByUri(tx, uri)
  if (!status) await tx.insert(tombstones).values({ uri }).onConflictDoNothing()
  else if (!status.deletedAt && status.accountId === (await accountByUri(tx, authorUri)))
    await deleteStatus(tx, status.accountId, status.id)
}

/** Whether the Delete of a remote object arrived before the object. */
export async function wasDeleted(tx: Tx, uri: string): Promise<boolean> {
  await lockUri(tx, uri)
  const [tombstone] = await tx.select().from(tombstones).where(eq(tombstones.uri, uri))
  return tombstone !== undefined
}

/** Locks a URI. A status and its Delete may arrive at the same time: one is completed before the other begins. */
export async function lockUri(tx: Tx, uri: string): Promise<void> {
  await lockUris(tx, [uri])
}

/**
 * Locks all URIs of a status, as replies may name its page, too. The order is fixed: two statuses would deadlock
 * otherwise.
 */
export async function lockUris(tx: Tx, uris: string[]): Promise<void> {
  await tx.execute(sql`
    select pg_advisory_xact_lock(key) from (
      select distinct hashtextextended(uri, 0) as key from jsonb_array_elements_text(${JSON.stringify(uris)}::jsonb) as uri order by key) keys`)
}
