import { and, desc, eq, isNotNull, or, sql } from 'drizzle-orm'
import { handleMatches, isPresent } from '../../accounts/find.ts'
import { type EmojiView, loadEmojiViews } from '../../media/emojis/views.ts'
import { arrayOf } from '../../platform/db/arrays.ts'
import type { Reader } from '../../platform/db/index.ts'
import { accounts } from '../../platform/db/schema/accounts.ts'
import { announcements } from '../../platform/db/schema/instance.ts'
import type { AccountId, AnnouncementId, StatusId } from '../../platform/ids.ts'
import type { Uris } from '../../platform/uris.ts'
import { openStatuses } from '../../statuses/find.ts'
import { acctOf, codedAcct } from '../../text/acct.ts'
import { hashtagsIn, linksIn, mentionsIn } from '../../text/extract.ts'
import { render } from '../../text/render.ts'

/** An emoji and how many people reacted with it; `emoji` is set for a custom emoji of this server. */
export type AnnouncementReactionView = { name: string; count: number; isMine: boolean; emoji: EmojiView | null }

export type AnnouncementView = typeof announcements.$inferSelect & {
  /** Safe HTML. */
  content: string
  isRead: boolean
  reactions: AnnouncementReactionView[]
  mentions: { id: AccountId; username: string; url: string; acct: string }[]
  statuses: { id: StatusId; url: string }[]
  tags: { name: string; displayName: string }[]
  emojis: EmojiView[]
}

/** Older announcements are not shown. */
const maxShown = 50

/** The announcements that are shown at the moment, oldest first. */
export async function loadAnnouncements(
  db: Reader,
  uris: Uris,
  viewer: AccountId,
  { withDismissed = false } = {},
): Promise<AnnouncementView[]> {
  const dismissed = sql`exists (select from announcement_dismissals d where d.announcement_id = ${announcements.id} and d.account_id = ${viewer})`
  const rows = await db
    .select()
    .from(announcements)
    .where(
      and(
        isNotNull(announcements.publishedAt),
        or(sql`${announcements.endsAt} is null`, sql`${announcements.endsAt} > now()`),
        withDismissed ? undefined : sql`not ${dismissed}`,
      ),
    )
    .orderBy(desc(announcements.publishedAt))
    .limit(maxShown)
  return toViews(db, uris, viewer, rows.toReversed())
}

/** A published announcement as everybody sees it, or as one viewer does; undefined when it is gone. */
export async function loadAnnouncement(
  db: Reader,
  uris: Uris,
  viewer: AccountId | null,
  id: AnnouncementId,
): Promise<AnnouncementView | undefined> {
  const rows = await db
    .select()
    .from(announcements)
    .where(and(eq(announcements.id, id), isNotNull(announcements.publishedAt)))
  return (await toViews(db, uris, viewer, rows))[0]
}

async function toViews(
  db: Reader,
  uris: Uris,
  viewer: AccountId | null,
  rows: (typeof announcements.$inferSelect)[],
): Promise<AnnouncementView[]> {
  if (rows.length === 0) return []
  const ids = rows.map(({ id }) => id)
  const linked = new Map(rows.map((row) => [row.id, ownStatusesIn(uris, row.text)]))
  const [read, reactions, people, open] = await Promise.all([
    loadRead(db, viewer, ids),
    loadReactions(db, viewer, ids),
    loadPeople(
      db,
      rows.map(({ text }) => text),
    ),
    openStatuses(
      db,
      [...linked.values()].flatMap((found) => found.map(({ id }) => id)),
    ),
  ])
  const emojisIn = await loadEmojiViews(db, [
    { domain: null, texts: rows.map(({ text }) => text) },
    { domain: null, texts: [...reactions.values()].flatMap((list) => list.map(({ name }) => `:${name}:`)) },
  ])
  return rows.map((row) => ({
    ...row,
    content: render(row.text, 'plain', { mentions: people, tagUrl: uris.tag }),
    isRead: read.has(row.id),
    reactions: (reactions.get(row.id) ?? []).map((reaction) => ({
      ...reaction,
      emoji: emojisIn(null, [`:${reaction.name}:`])[0] ?? null,
    })),
    mentions: mentionsIn(row.text).flatMap(({ acct }) => people.get(acct) ?? []),
    statuses: (linked.get(row.id) ?? []).filter(({ id }) => open.has(id)),
    tags: hashtagsIn(row.text),
    emojis: emojisIn(null, [row.text]),
  }))
}

function ownStatusesIn(uris: Uris, text: string): { id: StatusId; url: string }[] {
  return linksIn(text).flatMap((url) => {
    const own = uris.parse(url)
    return own?.type === 'status' ? [{ id: own.id, url }] : []
  })
}

async function loadRead(db: Reader, viewer: AccountId | null, ids: AnnouncementId[]): Promise<Set<AnnouncementId>> {
  if (viewer === null) return new Set()
  const { rows } = await db.execute<{ id: AnnouncementId }>(sql`
    select announcement_id as id from announcement_dismissals where account_id = ${viewer} and announcement_id = any(${arrayOf(ids)}::bigint[])`)
  return new Set(rows.map(({ id }) => id))
}

async function loadReactions(
  db: Reader,
  viewer: AccountId | null,
  ids: AnnouncementId[],
): Promise<Map<AnnouncementId, Omit<AnnouncementReactionView, 'emoji'>[]>> {
  const { rows } = await db.execute<{ id: AnnouncementId; name: string; count: number; isMine: boolean }>(sql`
    select announcement_id as id, name, count(*)::int as count, coalesce(bool_or(account_id = ${viewer}), false) as "isMine"
    from announcement_reactions where announcement_id = any(${arrayOf(ids)}::bigint[])
    group by announcement_id, name order by min(created_at), name`)
  return Map.groupBy(rows, ({ id }) => id)
}

/** Accounts that texts mention and that this server knows. */
async function loadPeople(db: Reader, texts: string[]) {
  const named = texts.flatMap((text) => mentionsIn(text)).slice(0, 100)
  const rows =
    named.length === 0
      ? []
      : await db
          .select({ id: accounts.id, username: accounts.username, domain: accounts.domain, url: accounts.url })
          .from(accounts)
          .where(and(handleMatches(named), isPresent))
  return new Map(
    rows.map(({ id, username, domain, url }) => {
      const handle = { username, domain }
      return [codedAcct(handle).toLowerCase(), { id, username, url, acct: acctOf(handle) }] as const
    }),
  )
}
