import { and, eq, sql } from 'drizzle-orm'
import { notify, unnotify } from '../../notices/notify.ts'
import { emit } from '../../outbox/emit.ts'
import type { Reader, Tx } from '../../platform/db/index.ts'
import { favourites, reactions } from '../../platform/db/schema/interactions.ts'
import { type AccountId, newId, type RelationId, type StatusId } from '../../platform/ids.ts'
import { hasToAsk } from '../access/interaction-policy.ts'
import { bumpStatus } from '../counters.ts'
import { actedOn, type StatusHead, undoneOn } from '../find.ts'

/** What another server sent: the id of the Like, and the author's consent, where one was proven. */
export type RemoteLike = { uri?: string | null; approvalUri?: string | null }

/**
 * Marks a status as a favourite of an account, local or remote. Doing it again changes nothing.
 *
 * Where the author of another server wants to be asked, it waits, uncounted, for the answer.
 *
 * @returns the status that is now a favourite: the boosted one, when a boost was given
 * @throws Refusal `not_found` when the account may not see the status, `not_permitted` when its author does not allow it
 */
export async function favourite(
  tx: Tx,
  accountId: AccountId,
  statusId: StatusId,
  like: RemoteLike = {},
): Promise<StatusId> {
  const status = await actedOn(tx, accountId, statusId)
  await addFavourite(tx, accountId, status, { ...like, isImplied: false })
  return status.id
}

/**
 * Adds a favourite where there is none, and locks it in any case. One that stood only for reactions stands for itself from now on, unless
 * this is for one, too.
 */
export async function addFavourite(
  tx: Tx,
  accountId: AccountId,
  status: StatusHead,
  { uri = null, approvalUri = null, isImplied }: RemoteLike & { isImplied: boolean },
): Promise<void> {
  const isPending = await hasToAsk(tx, accountId, status, 'like', approvalUri)
  const favouriteId = newId<RelationId>()
  const [row] = await tx
    .insert(favourites)
    .values({ id: favouriteId, accountId, statusId: status.id, uri, isPending, approvalUri, isImplied })
    .onConflictDoUpdate({
      target: [favourites.accountId, favourites.statusId],
      set: {
        uri: sql`case when ${favourites.isImplied} then excluded.uri else ${favourites.uri} end`,
        approvalUri: sql`case when ${favourites.isImplied} then excluded.approval_uri else ${favourites.approvalUri} end`,
        isImplied: sql`${favourites.isImplied} and excluded.is_implied`,
      },
    })
    .returning({ id: favourites.id })
  if (row?.id !== favouriteId) return
  if (isPending) return emit(tx, { type: 'interaction.requested', kind: 'like', interactionId: favouriteId })

  await bumpStatus(tx, status.id, 'favouritesCount', 1)
  await notify(tx, { type: 'favourite', for: status.accountId, from: accountId, statusId: status.id })
  await emit(tx, { type: 'favourite.created', accountId, statusId: status.id, favouriteId })
}

/** Whether a status is an account's favourite. */
export async function hasFavourited(db: Reader, accountId: AccountId, statusId: StatusId): Promise<boolean> {
  const found = await db
    .select({ id: favourites.id })
    .from(favourites)
    .where(and(eq(favourites.accountId, accountId), eq(favourites.statusId, statusId)))
  return found.length > 0
}

/** Whether a favourite was not taken back meanwhile. */
export async function isFavourite(db: Reader, favouriteId: RelationId): Promise<boolean> {
  const found = await db.select({ id: favourites.id }).from(favourites).where(eq(favourites.id, favouriteId))
  return found.length > 0
}

/** Takes a favourite back. Without one, nothing happens; where there are reactions, it stands for these from now on. */
export async function unfavourite(tx: Tx, accountId: AccountId, statusId: StatusId): Promise<StatusId> {
  const status = await undoneOn(tx, statusId)
  const own = await lockFavourite(tx, accountId, status.id)
  if (!own) return status.id
  if (await hasReacted(tx, accountId, status.id))
    await tx.update(favourites).set({ isImplied: true, uri: null }).where(eq(favourites.id, own.id))
  else await removeFavourite(tx, accountId, status, own)
  return status.id
}

/** Takes a favourite back that stood for a reaction, if that was the last one. */
export async function unfavouriteUnreacted(tx: Tx, accountId: AccountId, status: StatusHead): Promise<void> {
  const own = await lockFavourite(tx, accountId, status.id)
  if (own?.isImplied && !(await hasReacted(tx, accountId, status.id))) await removeFavourite(tx, accountId, status, own)
}

async function removeFavourite(
  tx: Tx,
  accountId: AccountId,
  status: StatusHead,
  { id: favouriteId, isPending }: Locked,
): Promise<void> {
  await tx.delete(favourites).where(eq(favourites.id, favouriteId))
  if (!isPending) await bumpStatus(tx, status.id, 'favouritesCount', -1)
  await unnotify(tx, { type: 'favourite', for: status.accountId, from: accountId, statusId: status.id })
  await emit(tx, { type: 'favourite.removed', accountId, statusId: status.id, favouriteId })
}

type Locked = { id: RelationId; isImplied: boolean; isPending: boolean }

/** What an account does to a status with Likes and reactions at once happens one after the other: all of it locks the favourite first. */
async function lockFavourite(tx: Tx, accountId: AccountId, statusId: StatusId): Promise<Locked | undefined> {
  const [own] = await tx
    .select({ id: favourites.id, isImplied: favourites.isImplied, isPending: favourites.isPending })
    .from(favourites)
    .where(and(eq(favourites.accountId, accountId), eq(favourites.statusId, statusId)))
    .for('update')
  return own
}

async function hasReacted(tx: Tx, accountId: AccountId, statusId: StatusId): Promise<boolean> {
  const found = await tx
    .select({ id: reactions.id })
    .from(reactions)
    .where(and(eq(reactions.accountId, accountId), eq(reactions.statusId, statusId)))
    .limit(1)
  return found.length > 0
}
