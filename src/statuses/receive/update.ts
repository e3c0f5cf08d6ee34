/** Updates a stored remote status: edits, and changes without an edit. */
import { and, eq, isNotNull, isNull, sql } from 'drizzle-orm'
import { notifyEach } from '../../notices/notify.ts'
import { emit } from '../../outbox/emit.ts'
import type { Tx } from '../../platform/db/index.ts'
import { media } from '../../platform/db/schema/media.ts'
import { statuses, statusStats, type Visibility } from '../../platform/db/schema/statuses.ts'
import type { StatusId } from '../../platform/ids.ts'
import { storeClaimedConsent } from '../access/outside-replies.ts'
import { isOpen } from '../access/visibility.ts'
import { linkCard } from '../cards/link-card.ts'
import { upsertConversations } from '../conversations.ts'
import { bumpAccount, bumpStatus } from '../counters.ts'
import { staysSensitive } from '../marked.ts'
import { refreshRemotePoll, replaceRemotePoll } from '../polls/receive.ts'
import { uncountQuoteOf } from '../quotes/quote.ts'
import { dropQuote, receiveQuote } from '../quotes/receive.ts'
import { withoutRemoved } from '../remove-files.ts'
import { keepRevision, renameMentions } from '../revisions.ts'
import { indexStatus } from '../search/index-status.ts'
import { retagStatus } from '../tags.ts'
import {
  collectionColumns,
  countColumns,
  filesOf,
  quotePolicyColumns,
  storeStatusEmojis,
  textColumns,
} from './columns.ts'
import type { RemoteStatus } from './remote-status.ts'

export async function updateRemoteStatus(tx: Tx, id: StatusId, received: RemoteStatus): Promise<StatusId> {
  const editedAt = received.editedAt?.toISOString() ?? null
  const [before] = await tx
    .select()
    .from(statuses)
    // Edits may arrive out of order: the newest stays.
    .where(
      and(
        eq(statuses.id, id),
        isNull(statuses.deletedAt),
        sql`${editedAt}::timestamptz >= coalesce(${statuses.editedAt}, ${statuses.createdAt})`,
      ),
    )
    .for('update')
  const data = before ? await asModerated(tx, before, received) : received
  const hasNewPoll = await refreshRemotePoll(tx, id, data.poll ?? null)
  if (!before || !(await isEdit(tx, before, data, hasNewPoll))) return id
  await keepRevision(tx, before)
  // An edit never widens the audience, but it can narrow it.
  const visibility =
    breadth.indexOf(data.visibility) > breadth.indexOf(before.visibility) ? data.visibility : before.visibility
  if (isOpen(before.visibility) && !isOpen(visibility)) await uncount(tx, before)
  await tx
    .update(statuses)
    .set({ ...textColumns(data), visibility, editedAt: data.editedAt })
    .where(eq(statuses.id, id))
  if (hasNewPoll) await replaceRemotePoll(tx, id, data.poll ?? null)
  await retagStatus(tx, id, data.tags)
  await storeStatusEmojis(tx, data)
  await replaceFiles(tx, id, data)
  await linkCard(tx, id)
  if (data.quote === null) await dropQuote(tx, id)
  await indexStatus(tx, id)
  const notified = await notifyEach(
    tx,
    { type: 'mention', from: data.accountId, statusId: id },
    await renameMentions(tx, id, data.mentionedIds),
  )
  await upsertConversations(
    tx,
    notified.map((accountId) => ({ accountId, statusId: id })),
  )
  await emit(tx, { type: 'status.edited', statusId: id })
  return id
}

/**
 * Whether a copy that is not older than the stored one is an edit of it. Many servers send whole seconds: of the same
 * second, a copy with other content is an edit.
 */
async function isEdit(
  tx: Tx,
  before: typeof statuses.$inferSelect,
  data: RemoteStatus,
  hasNewPoll: boolean,
): Promise<boolean> {
  if (data.editedAt && data.editedAt > (before.editedAt ?? before.createdAt)) return true
  if (before.editedAt && !data.isCurrent) return false
  if (
    hasNewPoll ||
    Object.entries(textColumns(data)).some(([name, value]) => before[name as keyof typeof before] !== value)
  )
    return true
  const files = await tx
    .select({ url: media.remoteUrl, description: media.description })
    .from(media)
    .where(and(eq(media.statusId, before.id), isNotNull(media.position)))
    .orderBy(media.position)
  return (
    files.length !== data.media.length ||
    files.some(({ url, description }, i) => url !== data.media[i]?.url || description !== data.media[i]?.description)
  )
}

/** A copy as it is stored: without files that a moderator removed, and sensitive if a moderator marked it. */
async function asModerated(
  tx: Tx,
  before: typeof statuses.$inferSelect,
  received: RemoteStatus,
): Promise<RemoteStatus> {
  return {
    ...received,
    media: await withoutRemoved(tx, before, received.media),
    isSensitive: received.isSensitive || (await staysSensitive(tx, before)),
  }
}

const breadth: Visibility[] = ['public', 'unlisted', 'private', 'direct']

/** Takes a status out of public counts, when it is no longer public or unlisted. */
async function uncount(tx: Tx, { id, accountId, inReplyToId }: typeof statuses.$inferSelect): Promise<void> {
  await uncountQuoteOf(tx, id)
  if (inReplyToId) await bumpStatus(tx, inReplyToId, 'repliesCount', -1)
  await bumpAccount(tx, accountId, 'statusesCount', -1)
}

/** Replaces the files. A file that stays keeps its row; a removed one stays for the history. */
async function replaceFiles(tx: Tx, statusId: StatusId, data: RemoteStatus): Promise<void> {
  const before = await tx
    .select({ id: media.id, remoteUrl: media.remoteUrl })
    .from(media)
    .where(eq(media.statusId, statusId))
  await tx.update(media).set({ position: null }).where(eq(media.statusId, statusId))
  for (const { id: newFileId, ...file } of filesOf(statusId, data)) {
    const index = before.findIndex(({ remoteUrl }) => remoteUrl === file.remoteUrl)
    const [same] = index < 0 ? [] : before.splice(index, 1)
    if (same) await tx.update(media).set(file).where(eq(media.id, same.id))
    else await tx.insert(media).values({ id: newFileId, ...file })
  }
}

/** Updates policies, consents and the quote, which may change without an edit. */
export async function updatePolicies(tx: Tx, id: StatusId, data: RemoteStatus): Promise<void> {
  const saidAt = (data.editedAt ?? data.publishedAt).toISOString()
  const [current] = await tx
    .select({ id: statuses.id })
    .from(statuses)
    // A copy that is older than the stored edit is outdated.
    .where(
      and(eq(statuses.id, id), sql`${saidAt}::timestamptz >= coalesce(${statuses.editedAt}, ${statuses.createdAt})`),
    )
    .for('update')
  if (!current) return
  if (data.interactionPolicy !== undefined)
    await tx.update(statuses).set({ interactionPolicy: data.interactionPolicy }).where(eq(statuses.id, id))
  if (data.approvalUri) await storeClaimedConsent(tx, data.uri, data.approvalUri)
  if (data.quotePolicy) await tx.update(statuses).set(quotePolicyColumns(data)).where(eq(statuses.id, id))
  if (data.quote) await receiveQuote(tx, { id, accountId: data.accountId }, data.quote, data.depth ?? 0)
}

/** Updates counts and collections, which may change without an edit. Unknown values leave the stored ones unchanged. */
export async function updateCounts(tx: Tx, id: StatusId, data: RemoteStatus): Promise<void> {
  const { remoteReblogsCount: reblogs, remoteFavouritesCount: favourites } = countColumns(data)
  const { repliesUrl, contextUri } = collectionColumns(data)
  await tx
    .update(statuses)
    .set({
      repliesUrl: sql`coalesce(${repliesUrl}, ${statuses.repliesUrl})`,
      contextUri: sql`coalesce(${contextUri}, ${statuses.contextUri})`,
    })
    .where(
      and(
        eq(statuses.id, id),
        sql`(${repliesUrl}::text <> coalesce(${statuses.repliesUrl}, '') or ${contextUri}::text <> coalesce(${statuses.contextUri}, ''))`,
      ),
    )
  await tx
    .update(statusStats)
    .set({
      remoteReblogsCount: sql`coalesce(${reblogs}, ${statusStats.remoteReblogsCount})`,
      remoteFavouritesCount: sql`coalesce(${favourites}, ${statusStats.remoteFavouritesCount})`,
    })
    .where(
      and(
        eq(statusStats.statusId, id),
        sql`(${reblogs}::int <> coalesce(${statusStats.remoteReblogsCount}, -1) or ${favourites}::int <> coalesce(${statusStats.remoteFavouritesCount}, -1))`,
      ),
    )
}
