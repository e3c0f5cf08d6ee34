/** Statuses that come from other servers, as plain data that `federation/parse` made of them. */
import { and, eq, isNotNull, isNull, sql } from 'drizzle-orm'
import { accountByUri } from '../accounts/find.ts'
import { receiveEmojis, type RemoteEmoji } from '../media/emojis/receive.ts'
import { notifyEach } from '../notices/notify.ts'
import { tellOfStatus } from '../notices/status-notices.ts'
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
import { showConsent } from './access/consent.ts'
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

/** How old a status may be for those who want to hear of each at once. */
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
  /** Of films and sounds. */
  durationSeconds?: number | null
  /** What stands for a film or sound until it is played. */
  previewUrl?: string | null
}

/** A status of another server. Its author is known by id, and its origin was checked against the author's. */
export type RemoteStatus = {
  uri: string
  url: string
  accountId: AccountId
  visibility: Visibility
  /** HTML as it came. */
  content: string
  spoilerText: string
  isSensitive: boolean
  language: string | null
  inReplyToUri: string | null
  /** Where its server lists the replies to it, and the conversation. Null: it doesn't. */
  repliesUrl?: string | null
  contextUri?: string | null
  /** How many boosts and favourites its server counts. Null: it doesn't say. */
  reblogsCount?: number | null
  favouritesCount?: number | null
  publishedAt: Date
  /** When it came, as `arrivesNow` had it: it tells posts of one second apart. Undefined: now. */
  arrivedAt?: number
  editedAt: Date | null
  /** Known accounts that it names, in order. */
  mentionedIds: AccountId[]
  tags: Hashtag[]
  /** Custom emojis that its texts name. */
  emojis?: RemoteEmoji[]
  media: RemoteMedia[]
  poll?: RemotePoll | null
  /** Null: none. Undefined: it doesn't say. */
  quote?: RemoteQuote | null
  /** Who may quote it; undefined: nobody. */
  quotePolicy?: { automatic: QuoteGroup[]; manual: QuoteGroup[] }
  /** Who may favourite, answer and boost it; null: everybody. Undefined: it doesn't say. */
  interactionPolicy?: InteractionPolicy | null
  /** Of a reply: the consent of the author of what it replies to, as it shows it. */
  approvalUri?: string | null
  /** The group that it was written in; null: none. */
  audienceUri?: string | null
  /** Whether it is what its server says now: of two states of one second it is the newer one. */
  isCurrent?: boolean
  /** How many replies lie between it and the one that it was fetched for. Undefined: it came by itself. */
  depth?: number
  /** How many requests what it was fetched for may still cause. */
  fetchesLeft?: number
}

/**
 * Stores a status of another server, or brings the one we have up to date. An older edit than ours changes nothing, nor
 * does a copy of something deleted.
 *
 * @returns its id, or null when it was deleted before
 * @throws Refusal `not_permitted` when somebody else's status has this URI
 */
export async function receiveRemoteStatus(tx: Tx, given: RemoteStatus): Promise<StatusId | null> {
  await holdUris(tx, [given.uri, given.url])
  const data = await withoutRejected(tx, given)
  const known = await statusByUri(tx, data.uri)
  if (known?.deletedAt) return null
  if (known && known.accountId !== data.accountId)
    throw new Refusal('not_permitted', 'This status belongs to somebody else')
  if (known) {
    await update(tx, known.id, data)
    await receivePolicies(tx, known.id, data)
    await receiveCounts(tx, known.id, data)
    return known.id
  }
  return (await wasDeleted(tx, data.uri)) ? null : insert(tx, data)
}

/** A status without files and emojis of servers from which none are taken. */
async function withoutRejected(tx: Tx, data: RemoteStatus): Promise<RemoteStatus> {
  const { media, emojis = [] } = data
  if (media.length === 0 && emojis.length === 0) return data
  const [author] = await tx
    .select({ domain: accounts.domain, uri: accounts.uri })
    .from(accounts)
    .where(eq(accounts.id, data.accountId))
  const homes = [author?.domain ?? null, ruleHost(author?.uri ?? '')]
  const book = await rulesAbout(tx, [...homes, ...[...media, ...emojis].map(({ url }) => ruleHost(url))])
  const takesAny = !strictest(homes.map((host) => effectiveRule(book, host))).rejectsMedia
  const isShown = ({ url }: { url: string }) => takesAny && takesFile(book, url)
  return { ...data, media: media.filter(isShown), emojis: emojis.filter(isShown) }
}

async function insert(tx: Tx, data: RemoteStatus): Promise<StatusId | null> {
  const id = idAt<StatusId>(data.publishedAt, data.arrivedAt)
  const known = data.inReplyToUri ? await parentOf(tx, data.inReplyToUri) : null
  // Whoever is blocked there gets no place in the thread, and counts for nothing.
  const allowed = known && !(await isBlockedEitherWay(tx, data.accountId, known.accountId)) ? known : null
  // Nor who is not allowed to reply without a consent that others can look up, until that is proven.
  const isUnproven = allowed !== null && (await interactionWith(tx, data.accountId, allowed, 'reply')) !== 'free'
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
      inReplyToUri: known?.uri ?? data.inReplyToUri,
      ...collections(data),
      interactionPolicy: data.interactionPolicy ?? null,
      consent: isUnproven ? 'unproven' : null,
      approvalUri: data.approvalUri ?? null,
      audienceUri: data.audienceUri ?? null,
      threadId,
      createdAt,
      // Some servers always say that it was edited when it was published.
      editedAt: data.editedAt && data.editedAt > data.publishedAt ? data.editedAt : null,
    })
    .onConflictDoNothing({ target: statuses.uri })
    .returning({ id: statuses.id })
  // Another job was faster with the same status.
  if (added.length === 0) return (await statusByUri(tx, data.uri))?.id ?? null

  await tx.insert(statusStats).values({ statusId: id, ...remoteCounts(data) })
  await relate(tx, id, data)
  await rememberEmojis(tx, data)
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
  const told = isHistory(data)
    ? []
    : await notifyEach(tx, { type: 'mention', from: data.accountId, statusId: id }, data.mentionedIds)
  if (data.visibility === 'direct')
    await upsertConversations(
      tx,
      told.map((accountId) => ({ accountId, statusId: id })),
    )
  else if (isNews(data) && (!data.inReplyToUri || parent?.accountId === data.accountId))
    await tellOfStatus(tx, data.accountId, id)
  await emit(tx, {
    type: 'status.received',
    statusId: id,
    missingParent: data.inReplyToUri && !known ? data.inReplyToUri : null,
    depth: data.depth ?? 0,
    fetchesLeft: data.fetchesLeft ?? null,
  })
  return id
}

/** What a status says of quotes may change without an edit: its author thought again, or who is quoted consented. */
async function receivePolicies(tx: Tx, id: StatusId, data: RemoteStatus): Promise<void> {
  const saidAt = (data.editedAt ?? data.publishedAt).toISOString()
  const [current] = await tx
    .select({ id: statuses.id })
    .from(statuses)
    // A copy from before the edit that is here says what was, also of quotes.
    .where(
      and(eq(statuses.id, id), sql`${saidAt}::timestamptz >= coalesce(${statuses.editedAt}, ${statuses.createdAt})`),
    )
    .for('update')
  if (!current) return
  if (data.interactionPolicy !== undefined)
    await tx.update(statuses).set({ interactionPolicy: data.interactionPolicy }).where(eq(statuses.id, id))
  if (data.approvalUri) await showConsent(tx, data.uri, data.approvalUri)
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

/** What its server counts, and where it lists replies, changes without an edit. A copy that doesn't say takes nothing back. */
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

/** Whether an open status was fetched long after it was published: whom it names was told then, if it was to be. */
const isHistory = ({ depth, publishedAt, visibility }: RemoteStatus): boolean =>
  depth !== undefined && isOpen(visibility) && publishedAt.getTime() < Date.now() - newsMs

/** Whether it came by itself, and not long after it was published: what is fetched for a thread is no news. */
const isNews = ({ depth, publishedAt }: RemoteStatus): boolean =>
  depth === undefined && publishedAt.getTime() > Date.now() - newsMs

async function update(tx: Tx, id: StatusId, data: RemoteStatus): Promise<StatusId> {
  const editedAt = data.editedAt?.toISOString() ?? null
  const [before] = await tx
    .select()
    .from(statuses)
    // Edits may overtake one another: the newer stays.
    .where(
      and(
        eq(statuses.id, id),
        isNull(statuses.deletedAt),
        sql`${editedAt}::timestamptz >= coalesce(${statuses.editedAt}, ${statuses.createdAt})`,
      ),
    )
    .for('update')
  const asksAnew = await refreshRemotePoll(tx, id, data.poll ?? null)
  if (!before || !(await isEdit(tx, before, data, asksAnew))) return id
  await keepRevision(tx, before)
  // An edit never widens the audience. One that narrows it does so here, too, lest strangers read what is no longer for them.
  const visibility =
    breadth.indexOf(data.visibility) > breadth.indexOf(before.visibility) ? data.visibility : before.visibility
  if (isOpen(before.visibility) && !isOpen(visibility)) await uncount(tx, before)
  await tx
    .update(statuses)
    .set({ ...words(data), visibility, editedAt: data.editedAt })
    .where(eq(statuses.id, id))
  if (asksAnew) await replaceRemotePoll(tx, id, data.poll ?? null)
  await retagStatus(tx, id, data.tags)
  await rememberEmojis(tx, data)
  await replaceFiles(tx, id, data)
  await linkCard(tx, id)
  if (data.quote === null) await dropQuote(tx, id)
  await indexStatus(tx, id)
  const told = await notifyEach(
    tx,
    { type: 'mention', from: data.accountId, statusId: id },
    await renameMentions(tx, id, data.mentionedIds),
  )
  await upsertConversations(
    tx,
    told.map((accountId) => ({ accountId, statusId: id })),
  )
  await emit(tx, { type: 'status.edited', statusId: id })
  return id
}

/**
 * Whether a copy that is not older than what is here is an edit of it. Of copies of one second, as many servers tell time, those are that
 * say something else.
 */
async function isEdit(
  tx: Tx,
  before: typeof statuses.$inferSelect,
  data: RemoteStatus,
  asksAnew: boolean,
): Promise<boolean> {
  if (data.editedAt && data.editedAt > (before.editedAt ?? before.createdAt)) return true
  if (before.editedAt && !data.isCurrent) return false
  if (asksAnew || Object.entries(words(data)).some(([name, value]) => before[name as keyof typeof before] !== value))
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

/** In numbers that everybody sees, only what everybody may see counts. */
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

/** Emojis are those of the author's server. */
async function rememberEmojis(tx: Tx, { accountId, emojis = [] }: RemoteStatus): Promise<void> {
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

/** Files that stay keep their row, and those that went stay for the history. */
async function replaceFiles(tx: Tx, statusId: StatusId, data: RemoteStatus): Promise<void> {
  const before = await tx
    .select({ id: media.id, remoteUrl: media.remoteUrl })
    .from(media)
    .where(eq(media.statusId, statusId))
  await tx.update(media).set({ position: null }).where(eq(media.statusId, statusId))
  for (const { id: newFileId, ...file } of filesOf(statusId, data)) {
    const known = before.findIndex(({ remoteUrl }) => remoteUrl === file.remoteUrl)
    const [same] = known < 0 ? [] : before.splice(known, 1)
    if (same) await tx.update(media).set(file).where(eq(media.id, same.id))
    else await tx.insert(media).values({ id: newFileId, ...file })
  }
}

/** What a status replies to. If that is being stored at the moment it is waited for, as each would miss the other. */
async function parentOf(tx: Tx, uri: string) {
  await tx.execute(sql`select pg_advisory_xact_lock_shared(hashtextextended(${uri}, 0))`)
  return (await statusByUri(tx, uri)) ?? statusByPage(tx, uri)
}

/** A status and its Delete may arrive at once: one is seen through before the other begins. */
export async function holdUri(tx: Tx, uri: string): Promise<void> {
  await holdUris(tx, [uri])
}

/** The same for all that a status is called, as replies name it by its page, too; in one order, lest two statuses wait for one another. */
async function holdUris(tx: Tx, uris: string[]): Promise<void> {
  await tx.execute(sql`
    select pg_advisory_xact_lock(key) from (
      select distinct hashtextextended(uri, 0) as key from jsonb_array_elements_text(${JSON.stringify(uris)}::jsonb) as uri order by key) keys`)
}

/** Whether something of another server was deleted before it came. */
export async function wasDeleted(tx: Tx, uri: string): Promise<boolean> {
  await holdUri(tx, uri)
  const [tombstone] = await tx.select().from(tombstones).where(eq(tombstones.uri, uri))
  return tombstone !== undefined
}

/**
 * Deletes a status that its author's server says is gone. One that isn't here leaves a mark, since a Delete may overtake its
 * Create; one of somebody else stays.
 *
 * @param authorUri id of the account that deletes it, which may be unknown here; its server is that of the status
 */
export async function receiveDelete(tx: Tx, authorUri: string, uri: string): Promise<void> {
  await holdUri(tx, uri)
  const known = await statusByUri(tx, uri)
  if (!known) await tx.insert(tombstones).values({ uri }).onConflictDoNothing()
  else if (!known.deletedAt && known.accountId === (await accountByUri(tx, authorUri)))
    await deleteStatus(tx, known.accountId, known.id)
}
