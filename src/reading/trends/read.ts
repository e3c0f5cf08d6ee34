/** Trends that everybody may see, highest score first. */
import { sql } from 'drizzle-orm'
import { type AccountView, loadAccountMap } from '../../accounts/views.ts'
import { isOneOfIds } from '../../platform/db/arrays.ts'
import type { Reader } from '../../platform/db/index.ts'
import { cards } from '../../platform/db/schema/cards.ts'
import type { CardId, TagId } from '../../platform/ids.ts'
import { cardHistory, type DayUse } from './history.ts'

export type TrendPage = { limit: number; offset: number }

export async function listTrendingTags(db: Reader, { limit, offset }: TrendPage): Promise<TagId[]> {
  const { rows } = await db.execute<{ id: TagId }>(
    sql`select tag_id as id from trending_tags where is_allowed order by score desc, tag_id limit ${limit} offset ${offset}`,
  )
  return rows.map(({ id }) => id)
}

/** A trending link: its preview card, and its uses of the last days. */
export type TrendingLink = typeof cards.$inferSelect & { author: AccountView | null; history: DayUse[] }

export async function trendingLinks(db: Reader, { limit, offset }: TrendPage): Promise<TrendingLink[]> {
  const { rows } = await db.execute<{ id: CardId }>(
    sql`select card_id as id from trending_cards where is_allowed order by score desc, card_id limit ${limit} offset ${offset}`,
  )
  return linksWithHistory(
    db,
    rows.map(({ id }) => id),
  )
}

/** The link of a page that everybody may see as a trend; null for any other. */
export async function findTrendingLink(db: Reader, url: string): Promise<TrendingLink | null> {
  const { rows } = await db.execute<{ id: CardId }>(
    sql`select c.id from cards c join trending_cards trend on trend.card_id = c.id and trend.is_allowed where c.url = ${url}`,
  )
  const [link] = await linksWithHistory(
    db,
    rows.map(({ id }) => id),
  )
  return link ?? null
}

/** Links by their previews. */
export async function linksWithHistory(db: Reader, ids: readonly CardId[]): Promise<TrendingLink[]> {
  if (ids.length === 0) return []
  const [found, historyOf] = await Promise.all([
    db.select().from(cards).where(isOneOfIds(cards.id, ids)),
    cardHistory(db, ids),
  ])
  const authors = await loadAccountMap(
    db,
    found.flatMap((card) => card.authorAccountId ?? []),
  )
  const byId = new Map(found.map((card) => [card.id, card]))
  return ids.flatMap((id) => {
    const card = byId.get(id)
    return card
      ? [
          {
            ...card,
            author: (card.authorAccountId && authors.get(card.authorAccountId)) ?? null,
            history: historyOf.get(id) ?? [],
          },
        ]
      : []
  })
}
