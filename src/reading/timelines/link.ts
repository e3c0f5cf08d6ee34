import { and, eq, sql } from 'drizzle-orm'
import type { Reader } from '../../platform/db/index.ts'
import { type Page, settle, slice } from '../../platform/db/page.ts'
import { cards, statusCards } from '../../platform/db/schema/cards.ts'
import { statuses } from '../../platform/db/schema/statuses.ts'
import { trendingCards } from '../../platform/db/schema/trends.ts'
import { notFound } from '../../platform/errors.ts'
import type { AccountId, StatusId } from '../../platform/ids.ts'
import { isListed } from './listed.ts'

/**
 * Ids of a page of public statuses that contain a link, newest first: by discoverable authors, and only while the link
 * trends.
 *
 * @throws Refusal `not_found` for a link that does not trend
 */
export async function linkTimeline(db: Reader, viewer: AccountId | null, url: string, page: Page): Promise<StatusId[]> {
  const [trend] = await db
    .select({ id: cards.id })
    .from(cards)
    .innerJoin(trendingCards, and(eq(trendingCards.cardId, cards.id), eq(trendingCards.isAllowed, true)))
    .where(eq(cards.url, url))
  if (!trend) throw notFound()
  const { where, orderBy, limit } = slice(statusCards.statusId, page)
  const rows = await db
    .select({ id: statuses.id })
    .from(statusCards)
    .innerJoin(statuses, eq(statuses.id, statusCards.statusId))
    .where(
      and(
        eq(statusCards.cardId, trend.id),
        isListed(viewer),
        sql`exists (select from accounts a where a.id = ${statuses.accountId} and a.is_discoverable)`,
        where,
      ),
    )
    .orderBy(orderBy)
    .limit(limit)
  return settle(page, rows).map(({ id }) => id)
}
