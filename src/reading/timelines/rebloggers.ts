import { and, eq } from 'drizzle-orm'
import type { Reader } from '../../platform/db/index.ts'
import { type Page, settle, slice } from '../../platform/db/page.ts'
import { statuses } from '../../platform/db/schema/statuses.ts'
import type { AccountId, StatusId } from '../../platform/ids.ts'
import { visibleTo } from '../../statuses/access/visibility.ts'

/**
 * The accounts that boosted a status, as far as the viewer may see the boosts, latest first. The cursor is the id of
 * the boost.
 */
export async function rebloggersOf(
  db: Reader,
  viewer: AccountId | null,
  statusId: StatusId,
  page: Page,
): Promise<{ id: StatusId; accountId: AccountId }[]> {
  const { where, orderBy, limit } = slice(statuses.id, page)
  const rows = await db
    .select({ id: statuses.id, accountId: statuses.accountId })
    .from(statuses)
    .where(and(eq(statuses.reblogOfId, statusId), visibleTo(viewer), where))
    .orderBy(orderBy)
    .limit(limit)
  return settle(page, rows)
}
