/**
 * Statuses as pages, the API and other servers show them, loaded in a fixed number of queries whatever the page's length.
 * Presenters turn views into output and get no database, so they can't add a query a status.
 */
import { and, asc, eq, inArray, sql } from 'drizzle-orm'
import { type AccountView, loadAccountMap } from '../accounts/views.ts'
import type { Reader } from '../db/index.ts'
import { accounts } from '../db/schema/accounts.ts'
import { bookmarks, favourites, statusTags, tags } from '../db/schema/interactions.ts'
import { media } from '../db/schema/media.ts'
import { applications } from '../db/schema/oauth.ts'
import { mentions, statusStats, statuses } from '../db/schema/statuses.ts'
import type { AccountId, StatusId } from '../ids.ts'
import { visibleTo } from './visibility.ts'

export type MediaView = typeof media.$inferSelect
export type MentionView = { id: AccountId; username: string; domain: string | null; acct: string; url: string; uri: string }
export type TagView = { name: string; displayName: string }

export type StatusView = typeof statuses.$inferSelect & {
  account: AccountView
  /** The boosted status, where this is a boost. */
  reblog: StatusView | null
  media: MediaView[]
  mentions: MentionView[]
  tags: TagView[]
  application: { name: string; website: string | null } | null
  repliesCount: number
  reblogsCount: number
  favouritesCount: number
  /** What the viewer did with it; all false for nobody. */
  favourited: boolean
  reblogged: boolean
  bookmarked: boolean
}

/** Views of those of the statuses that the viewer may see, in the order of the ids. */
export async function loadStatusViews(db: Reader, viewer: AccountId | null, ids: StatusId[]): Promise<StatusView[]> {
  if (ids.length === 0) return []
  const listed = await loadRows(db, viewer, ids)
  const boosted = await loadRows(db, viewer, listed.flatMap(({ status }) => status.reblogOfId ?? []))
  const rows = [...listed, ...boosted]
  const statusIds = [...new Set(rows.map(({ status }) => status.id))]
  if (statusIds.length === 0) return []

  const [accountsById, mediaOf, mentionsOf, tagsOf, marks] = await Promise.all([
    loadAccountMap(db, rows.map(({ status }) => status.accountId)),
    loadMedia(db, statusIds),
    loadMentions(db, statusIds),
    loadTags(db, statusIds),
    loadMarks(db, viewer, statusIds),
  ])
  const views = new Map<StatusId, StatusView>()
  // Boosted ones first, so that a boost finds what it boosts.
  for (const { status, stats, application } of [...boosted, ...listed]) {
    const account = accountsById.get(status.accountId)
    const reblog = status.reblogOfId ? views.get(status.reblogOfId) : null
    if (!account || reblog === undefined) continue
    views.set(status.id, {
      ...status,
      account,
      reblog,
      media: mediaOf.get(status.id) ?? [],
      mentions: mentionsOf.get(status.id) ?? [],
      tags: tagsOf.get(status.id) ?? [],
      application: application?.name ? { name: application.name, website: application.website } : null,
      repliesCount: stats?.repliesCount ?? 0,
      reblogsCount: stats?.reblogsCount ?? 0,
      favouritesCount: stats?.favouritesCount ?? 0,
      favourited: marks.favourited.has(status.id),
      reblogged: marks.reblogged.has(status.id),
      bookmarked: marks.bookmarked.has(status.id),
    })
  }
  return ids.flatMap((id) => views.get(id) ?? [])
}

/** The view of one status, or undefined where the viewer may not see it. */
export async function loadStatusView(db: Reader, viewer: AccountId | null, id: StatusId): Promise<StatusView | undefined> {
  const [view] = await loadStatusViews(db, viewer, [id])
  return view
}

async function loadRows(db: Reader, viewer: AccountId | null, ids: StatusId[]) {
  if (ids.length === 0) return []
  return db
    .select({ status: statuses, stats: statusStats, application: { name: applications.name, website: applications.website } })
    .from(statuses)
    .leftJoin(statusStats, eq(statusStats.statusId, statuses.id))
    .leftJoin(applications, eq(applications.id, statuses.applicationId))
    .where(and(inArray(statuses.id, [...new Set(ids)]), visibleTo(viewer)))
}

async function loadMedia(db: Reader, ids: StatusId[]): Promise<Map<StatusId, MediaView[]>> {
  const rows = await db.select().from(media).where(inArray(media.statusId, ids)).orderBy(asc(media.position))
  return grouped(rows.map((row) => [row.statusId as StatusId, row]))
}

async function loadMentions(db: Reader, ids: StatusId[]): Promise<Map<StatusId, MentionView[]>> {
  const rows = await db
    .select({ statusId: mentions.statusId, id: accounts.id, username: accounts.username, domain: accounts.domain, url: accounts.url, uri: accounts.uri })
    .from(mentions)
    .innerJoin(accounts, eq(accounts.id, mentions.accountId))
    .where(inArray(mentions.statusId, ids))
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
  const marks = { favourited: new Set<StatusId>(), reblogged: new Set<StatusId>(), bookmarked: new Set<StatusId>() }
  if (viewer === null) return marks
  const list = sql`any(${`{${ids.join(',')}}`}::bigint[])`
  const { rows } = await db.execute<{ id: StatusId; mark: keyof typeof marks }>(sql`
    select ${favourites.statusId} as id, 'favourited' as mark from ${favourites} where ${favourites.accountId} = ${viewer} and ${favourites.statusId} = ${list}
    union all select ${bookmarks.statusId}, 'bookmarked' from ${bookmarks} where ${bookmarks.accountId} = ${viewer} and ${bookmarks.statusId} = ${list}
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
