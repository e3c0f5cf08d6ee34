import { and, eq } from 'drizzle-orm'
import { notify, unnotify } from '../../notices/notify.ts'
import { emit } from '../../outbox/emit.ts'
import type { Reader, Tx } from '../../platform/db/index.ts'
import { favourites, reactions } from '../../platform/db/schema/interactions.ts'
import { type AccountId, newId, type RelationId, type StatusId } from '../../platform/ids.ts'
import { mustAskAuthor, withdrawRequest } from '../access/ask-author.ts'
import { isHeld, permissionFor } from '../access/interaction-policy.ts'
import { bumpStatus } from '../counters.ts'
import { actionTarget, type StatusHead, undoTarget } from '../find.ts'

/** A remote Like: its id, and the author's proven consent, if any. */
export type RemoteLike = { uri?: string | null; approvalUri?: string | null }

/**
 * Marks a status as a favourite of a local or remote account. Repeating it changes nothing.
 *
 * When the author wants to be asked, the favourite is pending, and not counted, until the answer comes.
 *
 * @returns the favourited status: for a boost, the boosted one
 * @throws Refusal `not_found` when the account may not see the status, `not_permitted` when its author does not allow it
 */
export async function favourite(
  tx: Tx,
  accountId: AccountId,
  statusId: StatusId,
  like: RemoteLike = {},
): Promise<StatusId> {
  const status = await actionTarget(tx, accountId, statusId)
  await addFavourite(tx, accountId, status, { ...like, isImplied: false })
  return status.id
}

/**
 * Adds a favourite if there is none, and locks it in any case. A favourite that was only implied by reactions becomes an explicit
 * one, unless this call is for a reaction, too. Other servers are told of explicit ones: of the others they learn by the reactions.
 */
export async function addFavourite(
  tx: Tx,
  accountId: AccountId,
  status: StatusHead,
  { uri = null, approvalUri = null, isImplied }: RemoteLike & { isImplied: boolean },
): Promise<void> {
  const permission = await permissionFor(tx, accountId, status, 'like', approvalUri)
  const isPending = isHeld(permission)
  const favouriteId = newId<RelationId>()
  const [row] = await tx
    .insert(favourites)
    .values({ id: favouriteId, accountId, statusId: status.id, uri, isPending, approvalUri, isImplied })
    .onConflictDoUpdate({
      target: [favourites.accountId, favourites.statusId],
      // Changes nothing, but locks the row, and returns it.
      set: { isImplied: favourites.isImplied },
    })
    .returning({ id: favourites.id, isImplied: favourites.isImplied })
  if (row?.id !== favouriteId) {
    if (!row?.isImplied || isImplied) return
    await tx.update(favourites).set({ uri, approvalUri, isImplied }).where(eq(favourites.id, row.id))
    return emit(tx, { type: 'favourite.created', accountId, statusId: status.id, favouriteId: row.id })
  }
  if (permission === 'ask') return emit(tx, { type: 'interaction.requested', kind: 'like', interactionId: favouriteId })
  if (permission === 'wait')
    return mustAskAuthor(tx, {
      kind: 'like',
      accountId: status.accountId,
      fromAccountId: accountId,
      statusId: status.id,
      subject: { favouriteId },
      interactionUri: uri,
    })

  await bumpStatus(tx, status.id, 'favouritesCount', 1)
  await notify(tx, { type: 'favourite', for: status.accountId, from: accountId, statusId: status.id })
  if (!isImplied) await emit(tx, { type: 'favourite.created', accountId, statusId: status.id, favouriteId })
}

/** Whether a status is an account's favourite. */
export async function hasFavourited(db: Reader, accountId: AccountId, statusId: StatusId): Promise<boolean> {
  const rows = await db
    .select({ id: favourites.id })
    .from(favourites)
    .where(and(eq(favourites.accountId, accountId), eq(favourites.statusId, statusId)))
  return rows.length > 0
}

/** Whether a favourite still exists, not only implied by reactions. */
export async function isFavourite(db: Reader, favouriteId: RelationId): Promise<boolean> {
  const rows = await db
    .select({ id: favourites.id })
    .from(favourites)
    .where(and(eq(favourites.id, favouriteId), eq(favourites.isImplied, false)))
  return rows.length > 0
}

/** Undoes a favourite. Without one, nothing happens. If the account has reactions, the favourite stays, implied by them. */
export async function unfavourite(tx: Tx, accountId: AccountId, statusId: StatusId): Promise<StatusId> {
  const status = await undoTarget(tx, statusId)
  const own = await lockFavourite(tx, accountId, status.id)
  if (!own) return status.id
  if (!(await hasReacted(tx, accountId, status.id))) await removeFavourite(tx, accountId, status, own)
  else if (!own.isImplied) {
    await tx.update(favourites).set({ isImplied: true, uri: null }).where(eq(favourites.id, own.id))
    await emit(tx, {
      type: 'favourite.removed',
      accountId,
      statusId: status.id,
      favouriteId: own.id,
      reactionsStay: true,
    })
  }
  return status.id
}

/**
 * Undoes a favourite that was only implied by reactions, if no reaction is left.
 *
 * @returns whether a favourite is left
 */
export async function unfavouriteUnreacted(tx: Tx, accountId: AccountId, status: StatusHead): Promise<boolean> {
  const own = await lockFavourite(tx, accountId, status.id)
  if (!own?.isImplied || (await hasReacted(tx, accountId, status.id))) return own !== undefined
  await removeFavourite(tx, accountId, status, own)
  return false
}

async function removeFavourite(
  tx: Tx,
  accountId: AccountId,
  status: StatusHead,
  { id: favouriteId, isPending, isImplied }: LockedFavourite,
): Promise<void> {
  if (isPending) await withdrawRequest(tx, 'like', { favouriteId })
  await tx.delete(favourites).where(eq(favourites.id, favouriteId))
  if (!isPending) await bumpStatus(tx, status.id, 'favouritesCount', -1)
  await unnotify(tx, { type: 'favourite', for: status.accountId, from: accountId, statusId: status.id })
  if (!isImplied) await emit(tx, { type: 'favourite.removed', accountId, statusId: status.id, favouriteId })
}

type LockedFavourite = { id: RelationId; isImplied: boolean; isPending: boolean }

/** Serializes an account's Likes and reactions to a status: each locks the favourite first. */
async function lockFavourite(tx: Tx, accountId: AccountId, statusId: StatusId): Promise<LockedFavourite | undefined> {
  const [own] = await tx
    .select({ id: favourites.id, isImplied: favourites.isImplied, isPending: favourites.isPending })
    .from(favourites)
    .where(and(eq(favourites.accountId, accountId), eq(favourites.statusId, statusId)))
    .for('update')
  return own
}

async function hasReacted(tx: Tx, accountId: AccountId, statusId: StatusId): Promise<boolean> {
  const rows = await tx
    .select({ id: reactions.id })
    .from(reactions)
    .where(and(eq(reactions.accountId, accountId), eq(reactions.statusId, statusId)))
    .limit(1)
  return rows.length > 0
}
