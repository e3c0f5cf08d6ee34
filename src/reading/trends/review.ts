/** Moderators' decisions on trends. A decision takes effect at once, and permanently. */
import { eq, sql } from 'drizzle-orm'
import { audit } from '../../accounts/roles/audit.ts'
import { requirePermission, type Staff } from '../../accounts/roles/staff.ts'
import type { Reader, Tx } from '../../platform/db/index.ts'
import { cards } from '../../platform/db/schema/cards.ts'
import { tags } from '../../platform/db/schema/interactions.ts'
import { notFound } from '../../platform/errors.ts'
import { type CardId, isId, type StatusId, type TagId } from '../../platform/ids.ts'
import type { Uris } from '../../platform/uris.ts'
import { visibleStatusByUrl } from '../../statuses/find.ts'
import { decideStatus } from '../../statuses/trendable.ts'
import { parseHashtag } from '../../text/hashtag.ts'

export type Trend = { kind: 'tag'; id: TagId } | { kind: 'link'; id: CardId } | { kind: 'status'; id: StatusId }

/** A trending hashtag or link; `decision` is a moderator's, null while there is none. */
type Scored<Id> = { id: Id; name: string; url: string; accounts: number; decision: boolean | null; isShown: boolean }

/**
 * Trending hashtags, including those that are not public, highest score first. `accounts`: number of accounts that
 * used it today.
 */
export async function scoredTags(db: Reader, uris: Uris, limit: number): Promise<Scored<TagId>[]> {
  const { rows } = await db.execute<Omit<Scored<TagId>, 'url'> & { key: string }>(sql`
    select t.id, t.name as key, t.display_name as name, t.is_trendable as decision, trend.is_allowed as "isShown",
      coalesce((select d.accounts from tag_days d where d.tag_id = t.id and d.day = current_date), 0) as accounts
    from trending_tags trend join tags t on t.id = trend.tag_id order by trend.score desc, t.id limit ${limit}`)
  return rows.map(({ key, ...row }) => ({ ...row, url: uris.tag(key) }))
}

/** The same of links. */
export async function scoredLinks(db: Reader, limit: number): Promise<Scored<CardId>[]> {
  const { rows } = await db.execute<Scored<CardId>>(sql`
    select c.id, c.title as name, c.url, c.is_trendable as decision, trend.is_allowed as "isShown",
      coalesce((select d.accounts from card_days d where d.card_id = c.id and d.day = current_date), 0) as accounts
    from trending_cards trend join cards c on c.id = trend.card_id order by trend.score desc, c.id limit ${limit}`)
  return rows
}

/** Allows or forbids something to trend. @throws Refusal `not_found`, `not_permitted` */
export async function decideTrend(tx: Tx, staff: Staff, trend: Trend, isTrendable: boolean): Promise<void> {
  requirePermission(staff, 'manage_taxonomies')
  const action = isTrendable ? 'approve' : 'reject'
  if (trend.kind === 'status') {
    await decideStatus(tx, trend.id, isTrendable)
    return audit(tx, staff, 'trendingStatus', action, { id: trend.id, name: '' })
  }
  const [decided] =
    trend.kind === 'tag'
      ? await tx.update(tags).set({ isTrendable }).where(eq(tags.id, trend.id)).returning({ name: tags.displayName })
      : await tx.update(cards).set({ isTrendable }).where(eq(cards.id, trend.id)).returning({ name: cards.url })
  if (!decided) throw notFound()
  await audit(tx, staff, trend.kind, action, { id: trend.id, name: decided.name })
  if (trend.kind === 'tag')
    await tx.execute(sql`update trending_tags set is_allowed = ${isTrendable} where tag_id = ${trend.id}`)
  else await tx.execute(sql`update trending_cards set is_allowed = ${isTrendable} where card_id = ${trend.id}`)
}

/** Finds a hashtag by name, a link by its URL, or a post by its URL or id; null when there is none here. */
export async function trendNamed(db: Reader, uris: Uris, text: string): Promise<Trend | null> {
  if (/^https?:\/\//i.test(text)) {
    const [card] = await db.select({ id: cards.id }).from(cards).where(eq(cards.url, text))
    if (card) return { kind: 'link', id: card.id }
    const status = await visibleStatusByUrl(db, uris, null, text)
    return status && { kind: 'status', id: status }
  }
  if (isId(text)) return { kind: 'status', id: text as StatusId }
  const name = parseHashtag(text)?.name
  const [tag] = name === undefined ? [] : await db.select({ id: tags.id }).from(tags).where(eq(tags.name, name))
  return tag ? { kind: 'tag', id: tag.id } : null
}
