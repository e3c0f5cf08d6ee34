/** Stores a remote status that arrives for the first time. */
import { sql } from 'drizzle-orm'
import { notifyEach } from '../../notices/notify.ts'
import { queueStatusNotices } from '../../notices/status-notices.ts'
import { emit } from '../../outbox/emit.ts'
import type { Tx } from '../../platform/db/index.ts'
import { media } from '../../platform/db/schema/media.ts'
import { mentions, statuses, statusStats } from '../../platform/db/schema/statuses.ts'
import { idAt, type StatusId } from '../../platform/ids.ts'
import { dayMs } from '../../platform/time.ts'
import { isBlockedEitherWay } from '../../relationships/pairs.ts'
import { interactionWith } from '../access/interaction-policy.ts'
import { answerReply } from '../access/interaction-requests.ts'
import { isOpen } from '../access/visibility.ts'
import { linkCard, linksPage } from '../cards/link-card.ts'
import { upsertConversations } from '../conversations.ts'
import { bumpAccount, bumpStatus } from '../counters.ts'
import { statusByPage, statusByUri } from '../find.ts'
import { storeRemotePoll } from '../polls/receive.ts'
import { adoptQuotes, receiveQuote } from '../quotes/receive.ts'
import { indexStatus } from '../search/index-status.ts'
import { tagStatus } from '../tags.ts'
import { adoptOrphans, threadOf } from '../threads/threads.ts'
import {
  collectionColumns,
  countColumns,
  filesOf,
  quotePolicyColumns,
  storeStatusEmojis,
  textColumns,
} from './columns.ts'
import type { RemoteStatus } from './remote-status.ts'

/** The greatest age of a status that followers are notified of. */
const newsMs = dayMs

export async function insertRemoteStatus(tx: Tx, data: RemoteStatus): Promise<StatusId | null> {
  const id = idAt<StatusId>(data.publishedAt, data.arrivedAt)
  const storedParent = data.inReplyToUri ? await parentOf(tx, data.inReplyToUri) : null
  // A reply by an account that the parent's author blocks, or that blocks the author, is not linked or counted.
  const allowed =
    storedParent && !(await isBlockedEitherWay(tx, data.accountId, storedParent.accountId)) ? storedParent : null
  // Nor is a reply that needs the author's consent, until that is proven.
  const answer = allowed && (await interactionWith(tx, data.accountId, allowed, 'reply'))
  const isUnproven = answer === 'ask' || answer === 'denied'
  const parent = isUnproven ? null : allowed
  const threadId = parent ? await threadOf(tx, parent) : id
  const createdAt = new Date(Math.min(data.publishedAt.getTime(), Date.now()))
  const written = textColumns(data)
  const added = await tx
    .insert(statuses)
    .values({
      id,
      accountId: data.accountId,
      isLocal: false,
      uri: data.uri,
      url: data.url,
      visibility: data.visibility,
      ...written,
      ...quotePolicyColumns(data),
      inReplyToId: parent?.id ?? null,
      inReplyToAccountId: parent?.accountId ?? null,
      inReplyToUri: storedParent?.uri ?? data.inReplyToUri,
      ...collectionColumns(data),
      interactionPolicy: data.interactionPolicy ?? null,
      consent: isUnproven ? 'unproven' : null,
      approvalUri: data.approvalUri ?? null,
      audienceUri: data.audienceUri ?? null,
      threadId,
      createdAt,
      // Some servers always send an edit time, equal to the time of publication.
      editedAt: data.editedAt && data.editedAt > data.publishedAt ? data.editedAt : null,
    })
    .onConflictDoNothing({ target: statuses.uri })
    .returning({ id: statuses.id })
  // Another job was faster with the same status.
  if (added.length === 0) return (await statusByUri(tx, data.uri))?.id ?? null

  await tx.insert(statusStats).values({ statusId: id, ...countColumns(data) })
  await relate(tx, id, data)
  await storeStatusEmojis(tx, data)
  if (isOpen(data.visibility)) {
    if (parent && !parent.deletedAt) await bumpStatus(tx, parent.id, 'repliesCount', 1)
    await bumpAccount(tx, data.accountId, 'statusesCount', 1, createdAt)
  }
  await adoptOrphans(tx, {
    id,
    threadId,
    uri: data.uri,
    url: data.url,
    accountId: data.accountId,
    interactionPolicy: data.interactionPolicy ?? null,
  })
  if (isUnproven && data.approvalUri) await emit(tx, { type: 'consent.shown', statusId: id })
  if (data.quote) await receiveQuote(tx, { id, accountId: data.accountId }, data.quote, data.depth ?? 0)
  await adoptQuotes(tx, { id, uri: data.uri })
  if (linksPage(written.content)) await linkCard(tx, id)
  await indexStatus(tx, id)
  const notified = isHistory(data)
    ? []
    : await notifyEach(
        tx,
        { type: 'mention', from: data.accountId, statusId: id },
        // The author whose consent a reply needs hears of it with the consent, or as of a request.
        isUnproven ? data.mentionedIds.filter((mentioned) => mentioned !== storedParent?.accountId) : data.mentionedIds,
      )
  if (data.visibility === 'direct')
    await upsertConversations(
      tx,
      notified.map((accountId) => ({ accountId, statusId: id })),
    )
  else if (isNews(data) && (!data.inReplyToUri || parent?.accountId === data.accountId))
    await queueStatusNotices(tx, data.accountId, id)
  // For a reply that was fetched, for instance for its thread, no server waits for an answer.
  if (allowed?.isLocal && allowed.interactionPolicy?.reply && data.depth === undefined && !data.isRequested)
    await answerReply(
      tx,
      { kind: 'reply', requestUri: null, accountId: data.accountId, statusId: allowed.id, interactionUri: data.uri },
      id,
    )
  await emit(tx, {
    type: 'status.received',
    statusId: id,
    missingParent: data.inReplyToUri && !storedParent ? data.inReplyToUri : null,
    depth: data.depth ?? 0,
    fetchesLeft: data.fetchesLeft ?? null,
  })
  return id
}

/**
 * Whether a public or unlisted status was fetched long after its publication: mentioned accounts were notified then, or
 * not at all.
 */
const isHistory = ({ depth, publishedAt, visibility }: RemoteStatus): boolean =>
  depth !== undefined && isOpen(visibility) && publishedAt.getTime() < Date.now() - newsMs

/** Whether its server sent it, within a day of its publication: a status that was fetched for a thread is no news. */
const isNews = ({ depth, publishedAt }: RemoteStatus): boolean =>
  depth === undefined && publishedAt.getTime() > Date.now() - newsMs

async function relate(tx: Tx, statusId: StatusId, data: RemoteStatus): Promise<void> {
  const mentioned = [...new Set(data.mentionedIds)].map((accountId, position) => ({ statusId, accountId, position }))
  if (mentioned.length > 0) await tx.insert(mentions).values(mentioned).onConflictDoNothing()
  await tagStatus(tx, statusId, data.tags)
  if (data.poll) await storeRemotePoll(tx, statusId, data.poll)
  const files = filesOf(statusId, data)
  if (files.length > 0) await tx.insert(media).values(files)
}

/** The parent of a reply. Waits while another transaction stores the parent: each would miss the other otherwise. */
async function parentOf(tx: Tx, uri: string) {
  await tx.execute(sql`select pg_advisory_xact_lock_shared(hashtextextended(${uri}, 0))`)
  return (await statusByUri(tx, uri)) ?? statusByPage(tx, uri)
}
