/** Files of local statuses. Each belongs to the account that uploaded it, and to one status at most. */
import { and, eq, inArray, isNull, or, sql } from 'drizzle-orm'
import type { Tx } from '../platform/db/index.ts'
import { media } from '../platform/db/schema/media.ts'
import { Refusal } from '../platform/errors.ts'
import type { AccountId, MediaId, ScheduledStatusId, StatusId } from '../platform/ids.ts'

/**
 * Hangs files on a status in the order of their ids; those that it had and that are not named are only in its history from
 * now on.
 *
 * @throws Refusal `unprocessable` when one is not the author's, hangs on something else, or is still being worked on
 */
export async function attachFiles(tx: Tx, authorId: AccountId, statusId: StatusId, ids: MediaId[]): Promise<void> {
  await claim(tx, authorId, ids, statusId)
  // At no moment may two have the same place.
  await tx.update(media).set({ position: null }).where(eq(media.statusId, statusId))
  for (const [position, id] of ids.entries())
    await tx.update(media).set({ statusId, position, scheduledStatusId: null }).where(eq(media.id, id))
}

/** Keeps files for a status that will be published later; see `attachFiles` for what is refused. */
export async function reserveFiles(
  tx: Tx,
  authorId: AccountId,
  scheduledStatusId: ScheduledStatusId,
  ids: MediaId[],
): Promise<void> {
  await claim(tx, authorId, ids, null)
  for (const [position, id] of ids.entries())
    await tx.update(media).set({ scheduledStatusId, position }).where(eq(media.id, id))
}

/** Lets files of a status be attached anew, as if they had been uploaded just now. */
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

async function claim(tx: Tx, authorId: AccountId, ids: MediaId[], statusId: StatusId | null): Promise<void> {
  if (ids.length === 0) return
  const isFree = and(isNull(media.statusId), isNull(media.scheduledStatusId))
  const found = await tx
    .select({ id: media.id, state: media.state })
    .from(media)
    .where(
      and(
        inArray(media.id, ids),
        eq(media.accountId, authorId),
        statusId ? or(isFree, eq(media.statusId, statusId)) : isFree,
      ),
    )
    .for('update')
  const missing = ids.filter((id) => !found.some((file) => file.id === id))
  if (missing.length > 0)
    throw new Refusal('unprocessable', `Media ${missing.join(', ')} not found or already attached to another post`)
  if (found.some(({ state }) => state !== 'ready'))
    throw new Refusal('unprocessable', 'Cannot attach files that have not finished processing. Try again in a moment!')
}
