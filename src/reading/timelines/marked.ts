/**
 * A person's favourites or bookmarks, a page at a time, latest first. The cursor is the id of the favourite or
 * bookmark, not of the status.
 */
import { and, eq, type SQL } from 'drizzle-orm'
import type { Reader } from '../../platform/db/index.ts'
import { type Page, settle, slice } from '../../platform/db/page.ts'
import { bookmarks, favourites } from '../../platform/db/schema/interactions.ts'
import { statuses } from '../../platform/db/schema/statuses.ts'
import { unseen } from '../../platform/db/statement.ts'
import type { AccountId, RelationId, StatusId } from '../../platform/ids.ts'
import { visibleTo } from '../../statuses/access/visibility.ts'

export type Marked = { id: RelationId; statusId: StatusId }

/** Without favourites that are only implied by reactions. */
export const favouritedBy = (db: Reader, viewer: AccountId, page: Page): Promise<Marked[]> =>
  marked(db, favourites, viewer, page, eq(favourites.isImplied, false))

export const bookmarkedBy = (db: Reader, viewer: AccountId, page: Page): Promise<Marked[]> =>
  marked(db, bookmarks, viewer, page)

async function marked(
  db: Reader,
  marks: typeof favourites | typeof bookmarks,
  viewer: AccountId,
  page: Page,
  which?: SQL,
): Promise<Marked[]> {
  const { where, orderBy, limit } = slice(marks.id, page)
  const rows = await db
    .select({ id: marks.id, statusId: marks.statusId })
    .from(marks)
    .innerJoin(statuses, eq(statuses.id, marks.statusId))
    .where(and(eq(marks.accountId, unseen(viewer)), visibleTo(unseen(viewer)), which, where))
    .orderBy(orderBy)
    .limit(limit)
  return settle(page, rows)
}
