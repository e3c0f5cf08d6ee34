/** Files of local statuses. Each belongs to the account that uploaded it, and to one status at most. */
import { and, eq, inArray, isNull, notInArray, or, type SQL, sql } from 'drizzle-orm'
import type { Tx } from '../platform/db/index.ts'
import { media } from '../platform/db/schema/media.ts'
import { Refusal } from '../platform/errors.ts'
import type { AccountId, DraftId, MediaId, ScheduledStatusId, StatusId } from '../platform/ids.ts'

/**
 * Attaches files to a status in the order of `ids`. Earlier files that are not in `ids` stay only in its history.
 *
 * @throws Refusal `unprocessable` when a file is not the author's, is attached to another status, or is still being processed
 */
export async function attachFiles(tx: Tx, authorId: AccountId, statusId: StatusId, ids: MediaId[]): Promise<void> {
  await claim(tx, authorId, ids, eq(media.statusId, statusId))
  // Positions are unique at every moment.
  await tx.update(media).set({ position: null }).where(eq(media.statusId, statusId))
  for (const [position, id] of ids.entries())
    await tx.update(media).set({ statusId, position, scheduledStatusId: null }).where(eq(media.id, id))
}

/** Detaches the files that only a status's history would show. They can be attached again, as if they had just been uploaded. */
export async function freeRemoved(tx: Tx, statusId: StatusId): Promise<void> {
  await tx
    .update(media)
    .set({ statusId: null, position: 0, createdAt: sql`now()` })
    .where(and(eq(media.statusId, statusId), isNull(media.position)))
}

/** Reserves files for a scheduled status. Refuses like `attachFiles`. */
export async function reserveFiles(
  tx: Tx,
  authorId: AccountId,
  scheduledStatusId: ScheduledStatusId,
  ids: MediaId[],
): Promise<void> {
  await claim(tx, authorId, ids)
  for (const [position, id] of ids.entries())
    await tx.update(media).set({ scheduledStatusId, position }).where(eq(media.id, id))
}

/**
 * Keeps files for a draft, also such as are still being processed. Earlier files of the draft that are not in `ids` are free again.
 *
 * @throws Refusal `unprocessable` when a file is not the author's, or belongs to something else
 */
export async function keepForDraft(tx: Tx, authorId: AccountId, draftId: DraftId, ids: MediaId[]): Promise<void> {
  await findClaimable(tx, authorId, ids, eq(media.draftId, draftId))
  await tx
    .update(media)
    .set({ draftId: null, createdAt: sql`now()` })
    .where(and(eq(media.draftId, draftId), notInArray(media.id, ids)))
  if (ids.length > 0) await tx.update(media).set({ draftId }).where(inArray(media.id, ids))
}

/** Detaches the files of a status, so that they can be attached again, as if they had just been uploaded. */
export async function releaseFiles(
  tx: Tx,
  of: { statusId: StatusId } | { scheduledStatusId: ScheduledStatusId },
): Promise<void> {
  const where =
    'statusId' in of
      ? and(eq(media.statusId, of.statusId), sql`${media.position} is not null`)
      : eq(media.scheduledStatusId, of.scheduledStatusId)
  await tx
    .update(media)
    .set({ statusId: null, scheduledStatusId: null, position: 0, createdAt: sql`now()` })
    .where(where)
}

/** Locks files that are free, or belong to `holder` already. */
async function claim(tx: Tx, authorId: AccountId, ids: MediaId[], holder?: SQL): Promise<void> {
  const files = await findClaimable(tx, authorId, ids, holder)
  if (files.some(({ state }) => state !== 'ready'))
    throw new Refusal('unprocessable', 'Cannot attach files that have not finished processing. Try again in a moment!')
}

async function findClaimable(
  tx: Tx,
  authorId: AccountId,
  ids: MediaId[],
  holder?: SQL,
): Promise<Pick<typeof media.$inferSelect, 'id' | 'state'>[]> {
  if (ids.length === 0) return []
  const isFree = and(isNull(media.statusId), isNull(media.scheduledStatusId), isNull(media.draftId))
  const files = await tx
    .select({ id: media.id, state: media.state })
    .from(media)
    .where(and(inArray(media.id, ids), eq(media.accountId, authorId), or(isFree, holder)))
    .for('update')
  const missing = ids.filter((id) => !files.some((file) => file.id === id))
  if (missing.length > 0)
    throw new Refusal('unprocessable', `Media ${missing.join(', ')} not found or already attached to another post`)
  return files
}
