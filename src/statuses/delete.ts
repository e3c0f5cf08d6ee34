import { and, eq, inArray, isNotNull, isNull, sql } from 'drizzle-orm'
import { forgetRemoteFiles } from '../media/remote-eviction.ts'
import { storeDeleteRecipients } from '../outbox/delete-recipients.ts'
import { emit } from '../outbox/emit.ts'
import { arrayOf } from '../platform/db/arrays.ts'
import type { Tx } from '../platform/db/index.ts'
import { statusCards } from '../platform/db/schema/cards.ts'
import {
  bookmarks,
  favourites,
  idempotencyKeys,
  pollOptions,
  statusReactions,
} from '../platform/db/schema/interactions.ts'
import { media } from '../platform/db/schema/media.ts'
import { notifications } from '../platform/db/schema/notifications.ts'
import { statusEdits, statuses } from '../platform/db/schema/statuses.ts'
import { notFound } from '../platform/errors.ts'
import type { AccountId, StatusId } from '../platform/ids.ts'
import { favouriterInboxes } from './access/audience.ts'
import { isOpen } from './access/visibility.ts'
import { releaseFiles } from './attach-files.ts'
import { rewindConversations } from './conversations.ts'
import { bumpAccount, bumpStatus } from './counters.ts'
import { reachOf, staysHere } from './held.ts'
import { removePin } from './interactions/pin.ts'
import { unreblog } from './interactions/reblog.ts'
import { uncountQuoteOf } from './quotes/quote.ts'
import { unindexStatus } from './search/index-status.ts'
import { untagStatus } from './tags.ts'

/**
 * Deletes a status of an account, or undoes its boost. The boosts, favourites and files of the status are deleted with it. A
 * blank row stays: it keeps a late copy from coming back, and has the recipients of the Delete. `purgeTombstones` removes it
 * later. Other servers never hear of a status that stayed on this one.
 *
 * @param options `keepsFiles`: the files of a local status can be attached to another one for a day
 * @throws Refusal `not_found` when the account has no such status
 */
export async function deleteStatus(
  tx: Tx,
  accountId: AccountId,
  statusId: StatusId,
  { keepsFiles = false } = {},
): Promise<void> {
  const own = and(eq(statuses.id, statusId), eq(statuses.accountId, accountId), isNull(statuses.deletedAt))
  const [boost] = await tx
    .select({ id: statuses.id })
    .from(statuses)
    .where(and(own, isNotNull(statuses.reblogOfId)))
  if (boost) return void (await unreblog(tx, accountId, statusId))

  const [status] = await tx
    .update(statuses)
    .set({ deletedAt: sql`now()`, text: '', content: '', spoilerText: '' })
    .where(own)
    .returning()
  if (!status) throw notFound()

  if (isOpen(status.visibility)) {
    // Counters in the same order as in publishing: two transactions would deadlock otherwise.
    await uncountQuoteOf(tx, statusId)
    const wasCounted = status.consent === null || status.consent === 'unproven'
    if (status.inReplyToId && wasCounted) await bumpStatus(tx, status.inReplyToId, 'repliesCount', -1, statusId)
    if (wasCounted && !status.isLocalOnly) await bumpAccount(tx, accountId, 'statusesCount', -1)
  }
  await removeBoosts(tx, statusId)
  if (status.isLocal && !staysHere(status)) await storeDeleteRecipients(tx, statusId, favouriterInboxes(statusId))
  await tx.delete(favourites).where(eq(favourites.statusId, statusId))
  await tx.delete(statusReactions).where(eq(statusReactions.statusId, statusId))
  await tx.delete(bookmarks).where(eq(bookmarks.statusId, statusId))
  await tx.delete(notifications).where(eq(notifications.statusId, statusId))
  if (status.visibility === 'direct') await rewindConversations(tx, sql`(${statusId}::bigint)`)
  const tagIds = await untagStatus(tx, statusId)
  await tx.delete(statusCards).where(eq(statusCards.statusId, statusId))
  await tx.delete(idempotencyKeys).where(eq(idempotencyKeys.statusId, statusId))
  await tx.delete(statusEdits).where(eq(statusEdits.statusId, statusId))
  // The votes stay for a while, as the Delete goes to the voters, too.
  await tx.delete(pollOptions).where(eq(pollOptions.statusId, statusId))
  await removePin(tx, accountId, statusId)
  await unindexStatus(tx, statusId)
  if (keepsFiles) await releaseFiles(tx, { statusId })
  const gone = await tx
    .delete(media)
    .where(eq(media.statusId, statusId))
    .returning({
      file: media.file,
      preview: media.previewFile,
      remoteUrl: media.remoteUrl,
      previewRemoteUrl: media.previewRemoteUrl,
    })
  const files = gone.flatMap(({ file, preview }) => [file, preview].filter((name) => name !== null))
  if (files.length > 0) await emit(tx, { type: 'files.orphaned', files })
  await forgetRemoteFiles(
    tx,
    gone.flatMap(({ remoteUrl, previewRemoteUrl }) => [remoteUrl, previewRemoteUrl]),
  )
  await emit(tx, { type: 'status.deleted', statusId, tagIds, ...reachOf(status) })
}

async function removeBoosts(tx: Tx, statusId: StatusId): Promise<void> {
  const boosts = await tx
    .update(statuses)
    .set({ deletedAt: sql`now()` })
    .where(and(eq(statuses.reblogOfId, statusId), isNull(statuses.deletedAt)))
    .returning()
  const boosters = boosts
    .filter((boost) => isOpen(boost.visibility) && boost.consent === null && !boost.isLocalOnly)
    .map((boost) => boost.accountId)
  if (boosters.length === 0) return
  await tx.execute(sql`
    update account_stats set statuses_count = greatest(statuses_count - 1, 0)
    where account_id in (select account_id from account_stats where account_id = any(${arrayOf(boosters)}::bigint[]) order by account_id for update)`)
}

/** Removes up to 1,000 blank rows of statuses deleted before a time; returns their number. */
export async function purgeTombstones(tx: Tx, before: Date): Promise<number> {
  const old = tx
    .select({ id: statuses.id })
    .from(statuses)
    .where(sql`${statuses.deletedAt} < ${before.toISOString()}`)
    .limit(1_000)
  const removed = await tx.delete(statuses).where(inArray(statuses.id, old)).returning({ id: statuses.id })
  return removed.length
}
