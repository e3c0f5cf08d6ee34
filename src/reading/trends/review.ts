/** Moderators' decisions on trends. A decision takes effect at once, and permanently. */
import { eq, sql } from 'drizzle-orm'
import { audit } from '../../accounts/roles/audit.ts'
import { requirePermission, type Staff } from '../../accounts/roles/staff.ts'
import type { Reader, Tx } from '../../platform/db/index.ts'
import { cards, linkPublishers } from '../../platform/db/schema/cards.ts'
import { tags } from '../../platform/db/schema/interactions.ts'
import { notFound } from '../../platform/errors.ts'
import { type CardId, isId, type StatusId, type TagId } from '../../platform/ids.ts'
import type { Uris } from '../../platform/uris.ts'
import { visibleStatusByUrl } from '../../statuses/find.ts'
import { decideStatus } from '../../statuses/trendable.ts'
import { parseHashtag } from '../../text/hashtag.ts'
import type { ModeratedTag } from '../tags/moderate.ts'
import { applyDecisions, hostOfPage } from './allowed.ts'
import { type PublisherId, publishersNamed } from './publishers.ts'

/** What moderators decide about. A publisher's decision holds for its pages without one of their own. */
export type Trend =
  | { kind: 'tag'; id: TagId }
  | { kind: 'link'; id: CardId }
  | { kind: 'publisher'; id: PublisherId }
  | { kind: 'status'; id: StatusId }

/** A trending hashtag or link; `decision` is a moderator's, null while there is none. */
type Scored<Id> = { id: Id; name: string; url: string; accounts: number; decision: boolean | null; isShown: boolean }

/**
 * Trending hashtags, including those that are not public, highest score first. `accounts`: number of accounts that
 * used it today.
 *
 * @throws Refusal `not_permitted`
 */
export async function scoredTags(
  db: Reader,
  staff: Staff,
  uris: Uris,
  limit: number,
  offset = 0,
): Promise<(Scored<TagId> & { tag: ModeratedTag })[]> {
  requirePermission(staff, 'manage_taxonomies')
  const { rows } = await db.execute<Omit<Scored<TagId>, 'url' | 'name' | 'decision'> & ModeratedTag>(sql`
    select t.id, t.name, t.display_name as "displayName", t.is_trendable as "isTrendable", t.is_usable as "isUsable", t.is_listable as "isListable",
      trend.is_allowed as "isShown", coalesce((select d.accounts from tag_days d where d.tag_id = t.id and d.day = current_date), 0) as accounts
    from trending_tags trend join tags t on t.id = trend.tag_id order by trend.score desc, t.id limit ${limit} offset ${offset}`)
  return rows.map(({ isShown, accounts, ...tag }) => ({
    id: tag.id,
    name: tag.displayName,
    url: uris.tag(tag.name),
    accounts,
    decision: tag.isTrendable,
    isShown,
    tag,
  }))
}

/** The same of links. `publisher` is the decision about the host. @throws Refusal `not_permitted` */
export async function scoredLinks(
  db: Reader,
  staff: Staff,
  limit: number,
  offset = 0,
): Promise<(Scored<CardId> & { publisher: boolean | null })[]> {
  requirePermission(staff, 'manage_taxonomies')
  const { rows } = await db.execute<Scored<CardId> & { publisher: boolean | null }>(sql`
    select c.id, c.title as name, c.url, c.is_trendable as decision, p.is_trendable as publisher, trend.is_allowed as "isShown",
      coalesce((select d.accounts from card_days d where d.card_id = c.id and d.day = current_date), 0) as accounts
    from trending_cards trend join cards c on c.id = trend.card_id left join link_publishers p on p.domain = ${hostOfPage(sql`c.url`)}
    order by trend.score desc, c.id limit ${limit} offset ${offset}`)
  return rows
}

/** Whether moderators still have to decide about a link. */
export const linkNeedsReview = ({ decision, publisher }: Record<'decision' | 'publisher', boolean | null>): boolean =>
  (decision ?? publisher) === null

/** Allows or forbids something to trend. @throws Refusal `not_found`, `not_permitted` */
export async function decideTrend(tx: Tx, staff: Staff, trend: Trend, isTrendable: boolean): Promise<void> {
  requirePermission(staff, 'manage_taxonomies')
  const action = isTrendable ? 'approve' : 'reject'
  if (trend.kind === 'status') {
    await decideStatus(tx, trend.id, isTrendable)
    return audit(tx, staff, 'trendingStatus', action, { id: trend.id, name: '' })
  }
  const name = await decide(tx, trend, isTrendable)
  if (name === null) throw notFound()
  await audit(tx, staff, trend.kind, action, { id: trend.id, name })
  await applyDecisions(tx, trend.kind === 'tag' ? 'tags' : 'links')
}

/** Stores a decision. @returns the name of what was decided about; null when there is no such thing */
async function decide(tx: Tx, trend: Exclude<Trend, { kind: 'status' }>, isTrendable: boolean): Promise<string | null> {
  switch (trend.kind) {
    case 'tag':
      return nameOf(
        await tx.update(tags).set({ isTrendable }).where(eq(tags.id, trend.id)).returning({ name: tags.displayName }),
      )
    case 'link':
      return nameOf(
        await tx.update(cards).set({ isTrendable }).where(eq(cards.id, trend.id)).returning({ name: cards.url }),
      )
    case 'publisher':
      return nameOf(
        await tx
          .update(linkPublishers)
          .set({ isTrendable, reviewedAt: sql`now()` })
          .where(eq(linkPublishers.id, trend.id))
          .returning({ name: linkPublishers.domain }),
      )
  }
}
const nameOf = ([row]: { name: string }[]): string | null => row?.name ?? null

/**
 * Finds a hashtag by name, a link by its URL, a publisher by its host, or a post by its URL or id; null when there is none here.
 *
 * @throws Refusal `not_permitted`
 */
export async function trendNamed(db: Reader, staff: Staff, uris: Uris, text: string): Promise<Trend | null> {
  requirePermission(staff, 'manage_taxonomies')
  if (/^https?:\/\//i.test(text)) {
    const [card] = await db.select({ id: cards.id }).from(cards).where(eq(cards.url, text))
    if (card) return { kind: 'link', id: card.id }
    const status = await visibleStatusByUrl(db, uris, null, text)
    return status && { kind: 'status', id: status }
  }
  if (isId(text)) return { kind: 'status', id: text as StatusId }
  const name = parseHashtag(text)?.name
  const [tag] = name === undefined ? [] : await db.select({ id: tags.id }).from(tags).where(eq(tags.name, name))
  if (tag) return { kind: 'tag', id: tag.id }
  const [publisher] = await publishersNamed(db, staff, [text.toLowerCase()])
  return publisher ? { kind: 'publisher', id: publisher.id } : null
}
