import { desc, type SQL, sql } from 'drizzle-orm'
import type { Reader } from '../../platform/db/index.ts'
import { type Page, settle, slice } from '../../platform/db/page.ts'
import { statusTags } from '../../platform/db/schema/interactions.ts'
import { statuses } from '../../platform/db/schema/statuses.ts'
import { unseenIds } from '../../platform/db/statement.ts'
import { byAge, type StatusId } from '../../platform/ids.ts'

/**
 * Ids of a page of the statuses with any of some hashtags, in the page's direction. Each hashtag's index is read for
 * one page, and no further.
 *
 * @param tagIds the text of a PostgreSQL array
 * @param condition on `statuses`; it must include visibility
 */
export async function statusesOfTags(
  db: Reader,
  tagIds: string,
  condition: SQL | undefined,
  page: Page,
): Promise<StatusId[]> {
  const { where, orderBy, limit } = slice(statusTags.statusId, page)
  const { rows } = await db.execute<{ id: StatusId }>(sql`
    select distinct found.id from unnest(${unseenIds(tagIds)}) tag(id) cross join lateral (
      select ${statusTags.statusId} as id from ${statusTags} join ${statuses} on ${statuses.id} = ${statusTags.statusId}
      where ${statusTags.tagId} = tag.id and ${condition ?? sql`true`} and ${where ?? sql`true`}
      order by ${orderBy} limit ${limit}) found
    order by ${page.minId ? sql`found.id` : desc(sql`found.id`)} limit ${limit}`)
  return rows.map(({ id }) => id)
}

/** Merges two pages, both in the page's direction, into one; the result is newest first. */
export function mergePages<Entry extends { id: StatusId }>(page: Page, one: Entry[], other: Entry[]): Entry[] {
  const entries = [...new Map([...one, ...other].map((entry) => [entry.id, entry])).values()]
  return settle(
    page,
    entries.toSorted((a, b) => (page.minId ? byAge(a.id, b.id) : byAge(b.id, a.id))).slice(0, page.limit),
  )
}
