import { and, eq } from 'drizzle-orm'
import type { Reader, Tx } from '../db/index.ts'
import { favourites } from '../db/schema/interactions.ts'
import { type AccountId, newId, type RelationId, type StatusId } from '../ids.ts'
import { notify, unnotify } from '../notifications/notify.ts'
import { emit } from '../outbox.ts'
import { bumpStatus } from './counters.ts'
import { actedOn, undoneOn } from './find.ts'
import { hasToAsk } from './interaction-policy.ts'

/**
 * Marks a status as a favourite of an account, local or remote. Doing it again changes nothing.
 *
 * Where the author of another server wants to be asked, it waits, uncounted, for the answer.
 *
 * @param like what another server sent: the id of its Like, and the author's consent, where one was proven
 * @returns the status that is now a favourite: the boosted one, when a boost was given
 * @throws Refusal `not_found` when the account may not see the status, `not_permitted` when its author does not allow it
 */
export async function favourite(tx: Tx, accountId: AccountId, statusId: StatusId, like: { uri?: string | null; approvalUri?: string | null } = {}): Promise<StatusId> {
  const { uri = null, approvalUri = null } = like
  const status = await actedOn(tx, accountId, statusId)
  const isPending = await hasToAsk(tx, accountId, status, 'like', approvalUri)

  const favouriteId = newId<RelationId>()
  const added = await tx.insert(favourites).values({ id: favouriteId, accountId, statusId: status.id, uri, isPending, approvalUri }).onConflictDoNothing().returning()
  if (added.length === 0) return status.id
  if (isPending) {
    await emit(tx, { type: 'interaction.requested', kind: 'like', interactionId: favouriteId })
    return status.id
  }

  await bumpStatus(tx, status.id, 'favouritesCount', 1)
  await notify(tx, { type: 'favourite', for: status.accountId, from: accountId, statusId: status.id })
  await emit(tx, { type: 'favourite.created', accountId, statusId: status.id, favouriteId })
  return status.id
}

/** Whether a favourite was not taken back meanwhile. */
export async function isFavourite(db: Reader, favouriteId: RelationId): Promise<boolean> {
  const found = await db.select({ id: favourites.id }).from(favourites).where(eq(favourites.id, favouriteId))
  return found.length > 0
}

/** Takes a favourite back. Without one, nothing happens. */
export async function unfavourite(tx: Tx, accountId: AccountId, statusId: StatusId): Promise<StatusId> {
  const status = await undoneOn(tx, statusId)

  const [removed] = await tx
    .delete(favourites)
    .where(and(eq(favourites.accountId, accountId), eq(favourites.statusId, status.id)))
    .returning({ id: favourites.id, isPending: favourites.isPending })
  if (!removed) return status.id

  if (!removed.isPending) await bumpStatus(tx, status.id, 'favouritesCount', -1)
  await unnotify(tx, { type: 'favourite', for: status.accountId, from: accountId, statusId: status.id })
  await emit(tx, { type: 'favourite.removed', accountId, statusId: status.id, favouriteId: removed.id })
  return status.id
}
