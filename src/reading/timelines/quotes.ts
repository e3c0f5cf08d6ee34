import { and, eq } from 'drizzle-orm'
import type { Reader } from '../../platform/db/index.ts'
import { type Page, settle, slice } from '../../platform/db/page.ts'
import { quotes, statuses } from '../../platform/db/schema/statuses.ts'
import type { AccountId, StatusId } from '../../platform/ids.ts'
import { notMutedBy, visibleTo } from '../../statuses/access/visibility.ts'

/** Ids of a page of the statuses that quote another one with its author's consent, newest first. */
export async function quotesOf(db: Reader, viewer: AccountId, statusId: StatusId, page: Page): Promise<StatusId[]> {
  const { where, orderBy, limit } = slice(quotes.id, page)
  const rows = await db
    .select({ id: quotes.statusId })
    .from(quotes)
    .innerJoin(statuses, eq(statuses.id, quotes.statusId))
    .where(
      and(
        eq(quotes.quotedStatusId, statusId),
        eq(quotes.state, 'accepted'),
        visibleTo(viewer),
        notMutedBy(viewer),
        where,
      ),
    )
    .orderBy(orderBy)
    .limit(limit)
  return settle(page, rows).map(({ id }) => id)
}
