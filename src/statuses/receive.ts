/** Stores remote statuses, which `federation/parse` turned into plain data. */
import { and, eq, isNotNull, isNull, sql } from 'drizzle-orm'
import { accountByUri } from '../accounts/find.ts'
import { receiveEmojis, type RemoteEmoji } from '../media/emojis/receive.ts'
import { notifyEach } from '../notices/notify.ts'
import { queueStatusNotices } from '../notices/status-notices.ts'
import { emit } from '../outbox/emit.ts'
import type { Tx } from '../platform/db/index.ts'
import { accounts } from '../platform/db/schema/accounts.ts'
import { tombstones } from '../platform/db/schema/federation.ts'
import { media } from '../platform/db/schema/media.ts'
import { mentions, statusStats, statuses, type Visibility } from '../platform/db/schema/statuses.ts'
import { Refusal } from '../platform/errors.ts'
import { type AccountId, idAt, type MediaId, newId, type StatusId } from '../platform/ids.ts'
import { dayMs } from '../platform/time.ts'
import { isBlockedEitherWay } from '../relationships/pairs.ts'
import { rulesAbout } from '../rules/servers/current.ts'
import { ruleHost, takesFile, effectiveRule, strictest } from '../rules/servers/rulebook.ts'
import { cleanName } from '../text/clean.ts'
import { sanitizeHtml } from '../text/html/sanitize.ts'
import { answerReply, storeClaimedConsent } from './access/consent.ts'
import { type InteractionPolicy, interactionWith } from './access/interaction-policy.ts'
import { isOpen } from './access/visibility.ts'
import { linkCard, linksPage } from './cards/link-card.ts'
import { upsertConversations } from './conversations.ts'
import { bumpAccount, bumpStatus } from './counters.ts'
import { deleteStatus } from './delete.ts'
import { statusByPage, statusByUri } from './find.ts'
import { type RemotePoll, refreshRemotePoll, replaceRemotePoll, storeRemotePoll } from './polls/receive.ts'
import type { QuoteGroup } from './quotes/policy.ts'
import { uncountQuoteOf } from './quotes/quote.ts'
import { adoptQuotes, dropQuote, receiveQuote, type RemoteQuote } from './quotes/receive.ts'
import { keepRevision, renameMentions } from './revisions.ts'
import { indexStatus } from './search/index-status.ts'
import { type Hashtag, retagStatus, tagStatus } from './tags.ts'
import { adoptOrphans, threadOf } from './threads/threads.ts'

/** The greatest age of a status that followers are notified of. */
const newsMs = dayMs

export type RemoteMedia = {
  kind: 'image' | 'gifv' | 'video' | 'audio' | 'unknown'
  mediaType: string
  url: string
  description: string
  width: number | null
  height: number | null
  blurhash: string | null
  focus: { x: number; y: number }
  /** Of videos and sounds. */
  durationSeconds?: number | null
  /** The image that is shown until a video or sound is played. */
  previewUrl?: string | null
}

/** A remote status. Its author is stored, and its origin was checked against the author's. */
export type RemoteStatus = {
  uri: string
  url: string
  accountId: AccountId
  visibility: Visibility
  /** HTML, not sanitized yet. */
  content: string
  spoilerText: string
  isSensitive: boolean
  language: string | null
  inReplyToUri: string | null
  /** The collections of its replies and its conversation. Null: its server has none. */
  repliesUrl?: string | null
  contextUri?: string | null
  /** Its server's counts of boosts and favourites. Null: unknown. */
  reblogsCount?: number | null
  favouritesCount?: number | null
  publishedAt: Date
  /** Its arrival, from `arrivesNow`: it orders statuses of the same second. Undefined: now. */
  arrivedAt?: number
  editedAt: Date | null
  /** The mentioned accounts that are stored here, in order. */
  mentionedIds: AccountId[]
  tags: Hashtag[]
  /** Custom emojis that its texts use. */
  emojis?: RemoteEmoji[]
  media: RemoteMedia[]
  poll?: RemotePoll | null
  /** Null: none. Undefined: unknown. */
  quote?: RemoteQuote | null
  /** Its quote policy; undefined: nobody may quote it. */
  quotePolicy?: { automatic: QuoteGroup[]; manual: QuoteGroup[] }
  /** Its interaction policy; null: everybody may interact. Undefined: unknown. */
  interactionPolicy?: InteractionPolicy | null
  /** For a reply: the consent of the parent's author that it claims. */
  approvalUri?: string | null
  /** The group that it was written in; null: none. */
  audienceUri?: string | null
  /** Whether it was just fetched from its server: of two versions of the same second, it is the newer one. */
  isCurrent?: boolean
  /** Whether it came with a request for the consent of the author that it replies to. */
  isRequested?: boolean
  /** The number of replies between it and the status that it was fetched for. Undefined: its server sent it. */
  depth?: number
  /** The number of requests that are left for the fetch that it is part of. */
  fetchesLeft?: number
}

/**
 * Stores a remote status, or updates the stored one. An older edit than the stored one changes nothing, nor does a copy of a
 * deleted status.
 *
 * @returns its id, or null when it was deleted before
 * @throws Refusal `not_permitted` when another account's status has this URI
 */
export async function receiveRemoteStatus(tx: Tx, received: RemoteStatus): Promise<StatusId | null> {
  await lockUris(tx, [received.uri, received.url])
  const data = await withoutRejected(tx, received)
  const stored = await statusByUri(tx, data.uri)
  if (stored?.deletedAt) return null
  if (stored && stored.accountId !== data.accountId)
    throw new Refusal('not_permitted', 'This status belongs to somebody else')
  if (stored) {
    await update(tx, stored.id, data)
    await receivePolicies(tx, stored.id, data)
    await receiveCounts(tx, stored.id, data)
    return stored.id
  }
  return (await wasDeleted(tx, data.uri)) ? null : insert(tx, data)
}

/** The status without the files and emojis that rules about servers reject. */
async function withoutRejected(tx: Tx, data: RemoteStatus): Promise<RemoteStatus> {
  const { media, emojis = [] } = data
  if (media.length === 0 && emojis.length === 0) return data
  const [author] = await tx
    .select({ domain: accounts.domain, uri: accounts.uri })
    .from(accounts)
    .where(eq(accounts.id, data.accountId))
  const servers = [author?.domain ?? null, ruleHost(author?.uri ?? '')]
  const book = await rulesAbout(tx, [...servers, ...[...media, ...emojis].map(({ url }) => ruleHost(url))])
  const takesAny = !strictest(servers.map((host) => effectiveRule(book, host))).rejectsMedia
  const isShown = ({ url }: { url: string }) => takesAny && takesFile(book, url)
  return { ...data, media: media.filter(isShown), emojis: emojis.filter(isShown) }
}

async function insert(tx: Tx, data: RemoteStatus): Promise<StatusId | null> {
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
  const written = words(data)
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
      ...quoteRules(data),
      inReplyToId: parent?.id ?? null,
      inReplyToAccountId: parent?.accountId ?? null,
      inReplyToUri: storedParent?.uri ?? data.inReplyToUri,
      ...collections(data),
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

  await tx.insert(statusStats).values({ statusId: id, ...remoteCounts(data) })
  await relate(tx, id, data)
  await storeEmojis(tx, data)
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
        // The author whom a reply needs the consent of hears of it with the consent, or as of a request.
        isUnproven ? data.mentionedIds.filter((mentioned) => mentioned !== storedParent?.accountId) : data.mentionedIds,
      )
  if (data.visibility === 'direct')
    await upsertConversations(
      tx,
      notified.map((accountId) => ({ accountId, statusId: id })),
    )
  else if (isNews(data) && (!data.inReplyToUri || parent?.accountId === data.accountId))
    await queueStatusNotices(tx, data.accountId, id)
  // A reply that was fetched, for instance for its thread, is nothing that its author's server waits for an answer to.
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

/** Updates policies, consents and the quote, which may change without an edit. */
async function receivePolicies(tx: Tx, id: StatusId, data: RemoteStatus): Promise<void> {
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
  if (data.quotePolicy) await tx.update(statuses).set(quoteRules(data)).where(eq(statuses.id, id))
  if (data.quote) await receiveQuote(tx, { id, accountId: data.accountId }, data.quote, data.depth ?? 0)
}

const quoteRules = ({ visibility, quotePolicy }: RemoteStatus) =>
  isOpen(visibility) && quotePolicy
    ? { quoteAutomatic: quotePolicy.automatic, quoteManual: quotePolicy.manual }
    : { quoteAutomatic: [], quoteManual: [] }

const collections = ({ repliesUrl = null, contextUri = null }: RemoteStatus) => ({ repliesUrl, contextUri })
const remoteCounts = ({ reblogsCount = null, favouritesCount = null }: RemoteStatus) => ({
  remoteReblogsCount: reblogsCount,
  remoteFavouritesCount: favouritesCount,
})

/** Updates counts and collections, which may change without an edit. Unknown values leave the stored ones unchanged. */
async function receiveCounts(tx: Tx, id: StatusId, data: RemoteStatus): Promise<void> {
  const { remoteReblogsCount: reblogs, remoteFavouritesCount: favourites } = remoteCounts(data)
  const { repliesUrl, contextUri } = collections(data)
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

/**
 * Whether a public or unlisted status was fetched long after its publication: mentioned accounts were notified then, or
 * not at all.
 */
const isHistory = ({ depth, publishedAt, visibility }: RemoteStatus): boolean =>
  depth !== undefined && isOpen(visibility) && publishedAt.getTime() < Date.now() - newsMs

/** Whether its server sent it, within a day of its publication: a status that was fetched for a thread is no news. */
const isNews = ({ depth, publishedAt }: RemoteStatus): boolean =>
  depth === undefined && publishedAt.getTime() > Date.now() - newsMs

async function update(tx: Tx, id: StatusId, data: RemoteStatus): Promise<StatusId> {
  const editedAt = data.editedAt?.toISOString() ?? null
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
  const hasNewPoll = await refreshRemotePoll(tx, id, data.poll ?? null)
  if (!before || !(await isEdit(tx, before, data, hasNewPoll))) return id
  await keepRevision(tx, before)
  // An edit never widens the audience, but it can narrow it.
  const visibility =
    breadth.indexOf(data.visibility) > breadth.indexOf(before.visibility) ? data.visibility : before.visibility
  if (isOpen(before.visibility) && !isOpen(visibility)) await uncount(tx, before)
  await tx
    .update(statuses)
    .set({ ...words(data), visibility, editedAt: data.editedAt })
    .where(eq(statuses.id, id))
  if (hasNewPoll) await replaceRemotePoll(tx, id, data.poll ?? null)
  await retagStatus(tx, id, data.tags)
  await storeEmojis(tx, data)
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
  if (hasNewPoll || Object.entries(words(data)).some(([name, value]) => before[name as keyof typeof before] !== value))
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

const breadth: Visibility[] = ['public', 'unlisted', 'private', 'direct']

/** Takes a status out of public counts, when it is no longer public or unlisted. */
async function uncount(tx: Tx, { id, accountId, inReplyToId }: typeof statuses.$inferSelect): Promise<void> {
  await uncountQuoteOf(tx, id)
  if (inReplyToId) await bumpStatus(tx, inReplyToId, 'repliesCount', -1)
  await bumpAccount(tx, accountId, 'statusesCount', -1)
}

const words = (data: RemoteStatus) => ({
  content: sanitizeHtml(data.content),
  spoilerText: cleanName(data.spoilerText, 500),
  isSensitive: data.isSensitive || data.spoilerText !== '',
  language: data.language,
  hasMedia: data.media.length > 0,
})

async function relate(tx: Tx, statusId: StatusId, data: RemoteStatus): Promise<void> {
  const mentioned = [...new Set(data.mentionedIds)].map((accountId, position) => ({ statusId, accountId, position }))
  if (mentioned.length > 0) await tx.insert(mentions).values(mentioned).onConflictDoNothing()
  await tagStatus(tx, statusId, data.tags)
  if (data.poll) await storeRemotePoll(tx, statusId, data.poll)
  const files = filesOf(statusId, data)
  if (files.length > 0) await tx.insert(media).values(files)
}

/** Stores the emojis of a status as those of the author's server. */
async function storeEmojis(tx: Tx, { accountId, emojis = [] }: RemoteStatus): Promise<void> {
  if (emojis.length === 0) return
  const [author] = await tx.select({ domain: accounts.domain }).from(accounts).where(eq(accounts.id, accountId))
  if (author?.domain) await receiveEmojis(tx, author.domain, emojis)
}

const filesOf = (statusId: StatusId, { accountId, media }: RemoteStatus) =>
  media.map(({ url, previewUrl = null, focus, ...rest }, position) => ({
    id: newId<MediaId>(),
    accountId,
    statusId,
    position,
    remoteUrl: url,
    previewRemoteUrl: previewUrl,
    focusX: focus.x,
    focusY: focus.y,
    ...rest,
  }))

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

/** The parent of a reply. Waits while another transaction stores the parent: each would miss the other otherwise. */
async function parentOf(tx: Tx, uri: string) {
  await tx.execute(sql`select pg_advisory_xact_lock_shared(hashtextextended(${uri}, 0))`)
  return (await statusByUri(tx, uri)) ?? statusByPage(tx, uri)
}

/** Locks a URI. A status and its Delete may arrive at the same time: one is completed before the other begins. */
export async function lockUri(tx: Tx, uri: string): Promise<void> {
  await lockUris(tx, [uri])
}

/**
 * Locks all URIs of a status, as replies may name its page, too. The order is fixed: two statuses would deadlock
 * otherwise.
 */
async function lockUris(tx: Tx, uris: string[]): Promise<void> {
  await tx.execute(sql`
    select pg_advisory_xact_lock(key) from (
      select distinct hashtextextended(uri, 0) as key from jsonb_array_elements_text(${JSON.stringify(uris)}::jsonb) as uri order by key) keys`)
}

/** Whether the Delete of a remote object arrived before the object. */
export async function wasDeleted(tx: Tx, uri: string): Promise<boolean> {
  await lockUri(tx, uri)
  const [tombstone] = await tx.select().from(tombstones).where(eq(tombstones.uri, uri))
  return tombstone !== undefined
}

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
