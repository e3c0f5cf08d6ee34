/**
 * Statuses as pages, the API and other servers show them, loaded in a fixed number of queries whatever the page's length.
 * Presenters turn views into output and get no database, so they can't add a query a status.
 */
import { and, asc, eq, gte, inArray, isNotNull, or, sql } from 'drizzle-orm'
import { type AccountView, loadAccountMap } from '../accounts/views.ts'
import type { Reader } from '../db/index.ts'
import { accounts } from '../db/schema/accounts.ts'
import { cards, statusCards } from '../db/schema/cards.ts'
import { bookmarks, favourites, statusTags, tags } from '../db/schema/interactions.ts'
import { media } from '../db/schema/media.ts'
import { applications } from '../db/schema/oauth.ts'
import { mentions, pins, statusStats, statuses, threadMutes } from '../db/schema/statuses.ts'
import { type FilterMatch, loadFilters, matchFilters } from '../filters/match.ts'
import type { AccountId, StatusId } from '../ids.ts'
import { loadPollViews, type PollView } from './poll-views.ts'
import { joinQuotes, type QuoteHead, quoteColumns, type QuoteView, toQuoteView } from './quote-views.ts'
import { visibleTo } from './visibility.ts'

export type MediaView = typeof media.$inferSelect
export type MentionView = { id: AccountId; username: string; domain: string | null; acct: string; url: string; uri: string }
export type TagView = { name: string; displayName: string }
export type CardView = typeof cards.$inferSelect & {
  /** Whom the page names as its author, where that is an account. */
  author: AccountView | null
}

export type StatusView = typeof statuses.$inferSelect & {
  account: AccountView
  /** The boosted status, where this is a boost. */
  reblog: StatusView | null
  media: MediaView[]
  mentions: MentionView[]
  tags: TagView[]
  application: { name: string; website: string | null } | null
  poll: PollView | null
  card: CardView | null
  quote: QuoteView<StatusView> | null
  repliesCount: number
  reblogsCount: number
  favouritesCount: number
  quotesCount: number
  /** What the viewer did with it; all false for nobody. */
  favourited: boolean
  reblogged: boolean
  bookmarked: boolean
  pinned: boolean
  /** Whether the viewer muted its thread. */
  muted: boolean
  /** Whether the viewer follows its author, and the author the viewer; policies of the status speak of them. */
  followsAuthor: boolean
  followedByAuthor: boolean
  /** The viewer's filters that are about it, for whatever context; none for nobody, and none on own statuses. */
  filtered: FilterMatch[]
}

/** Views of those of the statuses that the viewer may see, in the order of the ids. */
export async function loadStatusViews(db: Reader, viewer: AccountId | null, ids: StatusId[]): Promise<StatusView[]> {
  if (ids.length === 0) return []
  const around = await loadAround(db, viewer, ids)
  const shown = [...ids, ...around.reblogOf.values()]
  const quoted = (isBlocked: boolean) => [...around.quotes.values()].flatMap((quote) => (quote.isBlocked === isBlocked ? (quote.quotedStatusId ?? []) : []))
  const rows = await loadRows(db, viewer, [...shown, ...quoted(false)], quoted(true).filter((id) => !shown.includes(id)))
  if (rows.length === 0) return []

  const statusIds = rows.map(({ status }) => status.id)
  const [mediaOf, mentionsOf, tagsOf, polls, cardsOf, marks, filters] = await Promise.all([
    loadMedia(db, statusIds),
    loadMentions(db, statusIds),
    loadTags(db, statusIds),
    loadPollViews(db, viewer, statusIds),
    loadCards(db, statusIds),
    loadMarks(db, viewer, statusIds),
    loadFilters(db, viewer),
  ])
  const accountsById = await loadAccountMap(db, [...rows.map(({ status }) => status.accountId), ...[...cardsOf.values()].flatMap((card) => card.authorAccountId ?? [])])

  const views = new Map<StatusId, StatusView>()
  for (const { status, stats, application } of rows) {
    const account = accountsById.get(status.accountId)
    if (!account) continue
    const card = cardsOf.get(status.id)
    const shown = { ...status, media: mediaOf.get(status.id) ?? [], poll: polls.get(status.id) ?? null }
    views.set(status.id, {
      ...shown,
      account,
      reblog: null,
      mentions: mentionsOf.get(status.id) ?? [],
      tags: tagsOf.get(status.id) ?? [],
      application: application?.name ? { name: application.name, website: application.website } : null,
      card: card ? { ...card, author: (card.authorAccountId && accountsById.get(card.authorAccountId)) ?? null } : null,
      quote: null,
      repliesCount: stats?.repliesCount ?? 0,
      reblogsCount: stats?.reblogsCount ?? 0,
      favouritesCount: stats?.favouritesCount ?? 0,
      quotesCount: stats?.quotesCount ?? 0,
      favourited: marks.favourited.has(status.id),
      reblogged: marks.reblogged.has(status.id),
      bookmarked: marks.bookmarked.has(status.id),
      pinned: marks.pinned.has(status.id),
      muted: marks.muted.has(status.id),
      followsAuthor: marks.followsAuthor.has(status.id),
      followedByAuthor: marks.followedByAuthor.has(status.id),
      filtered: status.reblogOfId ? [] : matchFilters(filters, viewer, shown),
    })
  }
  return ids.flatMap((id) => {
    const view = views.get(id)
    if (!view) return []
    if (!view.reblogOfId) return withQuote(view, around.quotes, views)
    const reblog = views.get(view.reblogOfId)
    return reblog ? { ...view, reblog: withQuote(reblog, around.quotes, views), filtered: matchFilters(filters, viewer, view, reblog) } : []
  })
}

/** The view of one status, or undefined where the viewer may not see it. */
export async function loadStatusView(db: Reader, viewer: AccountId | null, id: StatusId): Promise<StatusView | undefined> {
  const [view] = await loadStatusViews(db, viewer, [id])
  return view
}

function withQuote(view: StatusView, quotes: Map<StatusId, QuoteHead>, views: Map<StatusId, StatusView>): StatusView {
  const head = quotes.get(view.id)
  return head ? { ...view, quote: toQuoteView(head, views) } : view
}

/** What statuses boost and quote, before it is known whether the viewer may see that. */
async function loadAround(db: Reader, viewer: AccountId | null, ids: StatusId[]) {
  const { rows } = await db.execute<{ id: StatusId; reblogOfId: StatusId | null } & QuoteHead>(sql`
    select s.id, s.reblog_of_id as "reblogOfId", ${quoteColumns(viewer)}
    from unnest(${`{${ids.join(',')}}`}::bigint[]) wanted(id)
    join statuses s on s.id = wanted.id
    ${joinQuotes(sql`coalesce(s.reblog_of_id, s.id)`)}`)
  const reblogOf = new Map<StatusId, StatusId>()
  const quotes = new Map<StatusId, QuoteHead>()
  for (const { id, reblogOfId, ...quote } of rows) {
    if (reblogOfId) reblogOf.set(id, reblogOfId)
    if (quote.state) quotes.set(reblogOfId ?? id, quote)
  }
  return { reblogOf, quotes }
}

/** @param blocked statuses that others quote, of accounts that the viewer blocks; those that everybody else may see are loaded, too */
async function loadRows(db: Reader, viewer: AccountId | null, ids: StatusId[], blocked: StatusId[]) {
  const isVisible = and(inArray(statuses.id, [...new Set(ids)]), visibleTo(viewer))
  return db
    .select({ status: statuses, stats: statusStats, application: { name: applications.name, website: applications.website } })
    .from(statuses)
    .leftJoin(statusStats, eq(statusStats.statusId, statuses.id))
    .leftJoin(applications, eq(applications.id, statuses.applicationId))
    .where(blocked.length === 0 ? isVisible : or(isVisible, and(inArray(statuses.id, blocked), visibleTo(null))))
}

async function loadCards(db: Reader, ids: StatusId[]): Promise<Map<StatusId, typeof cards.$inferSelect>> {
  const rows = await db
    .select({ statusId: statusCards.statusId, card: cards })
    .from(statusCards)
    .innerJoin(cards, eq(cards.id, statusCards.cardId))
    .where(and(inArray(statusCards.statusId, ids), cards.isUsable))
  return new Map(rows.map(({ statusId, card }) => [statusId, card]))
}

async function loadMedia(db: Reader, ids: StatusId[]): Promise<Map<StatusId, MediaView[]>> {
  const rows = await db.select().from(media).where(and(inArray(media.statusId, ids), isNotNull(media.position))).orderBy(asc(media.position))
  return grouped(rows.map((row) => [row.statusId as StatusId, row]))
}

async function loadMentions(db: Reader, ids: StatusId[]): Promise<Map<StatusId, MentionView[]>> {
  const rows = await db
    .select({ statusId: mentions.statusId, id: accounts.id, username: accounts.username, domain: accounts.domain, url: accounts.url, uri: accounts.uri })
    .from(mentions)
    .innerJoin(accounts, eq(accounts.id, mentions.accountId))
    .where(and(inArray(mentions.statusId, ids), gte(mentions.position, 0)))
    .orderBy(asc(mentions.position))
  return grouped(rows.map(({ statusId, ...row }) => [statusId, { ...row, acct: row.domain === null ? row.username : `${row.username}@${row.domain}` }]))
}

async function loadTags(db: Reader, ids: StatusId[]): Promise<Map<StatusId, TagView[]>> {
  const rows = await db
    .select({ statusId: statusTags.statusId, name: tags.name, displayName: tags.displayName })
    .from(statusTags)
    .innerJoin(tags, eq(tags.id, statusTags.tagId))
    .where(inArray(statusTags.statusId, ids))
    .orderBy(asc(tags.id))
  return grouped(rows.map(({ statusId, ...row }) => [statusId, row]))
}

async function loadMarks(db: Reader, viewer: AccountId | null, ids: StatusId[]) {
  const none = () => new Set<StatusId>()
  const marks = { favourited: none(), reblogged: none(), bookmarked: none(), pinned: none(), muted: none(), followsAuthor: none(), followedByAuthor: none() }
  if (viewer === null) return marks
  const list = sql`any(${`{${ids.join(',')}}`}::bigint[])`
  const { rows } = await db.execute<{ id: StatusId; mark: keyof typeof marks }>(sql`
    select ${favourites.statusId} as id, 'favourited' as mark from ${favourites} where ${favourites.accountId} = ${viewer} and ${favourites.statusId} = ${list}
    union all select ${bookmarks.statusId}, 'bookmarked' from ${bookmarks} where ${bookmarks.accountId} = ${viewer} and ${bookmarks.statusId} = ${list}
    union all select ${pins.statusId}, 'pinned' from ${pins} where ${pins.accountId} = ${viewer} and ${pins.statusId} = ${list}
    union all select s.id, 'muted' from statuses s join ${threadMutes} on ${threadMutes.threadId} = s.thread_id where ${threadMutes.accountId} = ${viewer} and s.id = ${list}
    union all select s.id, 'followsAuthor' from statuses s join follows f on f.target_id = s.account_id where f.follower_id = ${viewer} and s.id = ${list}
    union all select s.id, 'followedByAuthor' from statuses s join follows f on f.follower_id = s.account_id where f.target_id = ${viewer} and s.id = ${list}
    union all select ${statuses.reblogOfId}, 'reblogged' from ${statuses}
      where ${statuses.accountId} = ${viewer} and ${statuses.reblogOfId} = ${list} and ${statuses.deletedAt} is null`)
  for (const { id, mark } of rows) marks[mark].add(id)
  return marks
}

function grouped<Key, Value>(pairs: [Key, Value][]): Map<Key, Value[]> {
  const groups = new Map<Key, Value[]>()
  for (const [key, value] of pairs) {
    const group = groups.get(key)
    if (group) group.push(value)
    else groups.set(key, [value])
  }
  return groups
}
