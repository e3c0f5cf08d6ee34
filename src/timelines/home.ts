import { and, gt, lt, type SQL } from 'drizzle-orm'
import type { Reader } from '../db/index.ts'
import { type Page, settle, slice } from '../db/page.ts'
import { statuses } from '../db/schema/statuses.ts'
import type { AccountId, StatusId } from '../ids.ts'
import { fromFollowed, fromTags, loadCircle } from './home-rule.ts'
import { mergePages, statusesOfTags } from './tagged.ts'

/**
 * Ids of a page of the home timeline, newest first; `home-rule.ts` says what belongs on it.
 *
 * The followed ids are read first and sent back as array values, so that PostgreSQL sees the lists and plans for them: walk
 * back through time when they are busy, go by author when they are quiet. A join would hide the list, and a probe per author
 * takes a second for 5,000 of them. So neither fold this into one statement, nor `.prepare()` it.
 */
export async function homeTimeline(db: Reader, viewer: AccountId, page: Page): Promise<StatusId[]> {
  const circle = await loadCircle(db, viewer)
  const { where, orderBy } = slice(statuses.id, page)
  const rows = await db
    .select({ id: statuses.id })
    .from(statuses)
    .where(and(fromFollowed(circle), where))
    .orderBy(orderBy)
    .limit(page.limit)
  const followed = rows.map(({ id }) => id)
  if (!circle.followsTags) return settle(page, followed)

  // What lies beyond the end of a full page isn't on it, whatever its hashtags; so little is looked at.
  const tagged = await statusesOfTags(db, circle.tags, and(fromTags(circle), within(page, followed)), page)
  return mergePages(page, followed, tagged)
}

function within(page: Page, found: StatusId[]): SQL | undefined {
  const end = found.length < page.limit ? undefined : found.at(-1)
  return end && (page.minId ? lt(statuses.id, end) : gt(statuses.id, end))
}
