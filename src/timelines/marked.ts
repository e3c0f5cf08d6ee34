/** What a person marked, a page at a time, the latest mark first. The cursor is the id of the mark, not of the status. */
import { and, eq } from 'drizzle-orm'
import type { Reader } from '../db/index.ts'
import { type Page, settle, slice } from '../db/page.ts'
import { bookmarks, favourites } from '../db/schema/interactions.ts'
import { statuses } from '../db/schema/statuses.ts'
import { unseen } from '../db/statement.ts'
import type { AccountId, RelationId, StatusId } from '../ids.ts'
import { visibleTo } from '../statuses/visibility.ts'

export type Marked = { id: RelationId; statusId: StatusId }

export const favouritedBy = (db: Reader, viewer: AccountId, page: Page): Promise<Marked[]> => marked(db, favourites, viewer, page)

export const bookmarkedBy = (db: Reader, viewer: AccountId, page: Page): Promise<Marked[]> => marked(db, bookmarks, viewer, page)

async function marked(db: Reader, marks: typeof favourites | typeof bookmarks, viewer: AccountId, page: Page): Promise<Marked[]> {
  const { where, orderBy, limit } = slice(marks.id, page)
  const rows = await db
    .select({ id: marks.id, statusId: marks.statusId })
    .from(marks)
    .innerJoin(statuses, eq(statuses.id, marks.statusId))
    .where(and(eq(marks.accountId, unseen(viewer)), visibleTo(unseen(viewer)), where))
    .orderBy(orderBy)
    .limit(limit)
  return settle(page, rows)
}
