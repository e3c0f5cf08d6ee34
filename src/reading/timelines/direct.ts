import { sql } from 'drizzle-orm'
import type { Reader } from '../../platform/db/index.ts'
import { type Page, settle, slice } from '../../platform/db/page.ts'
import { statuses } from '../../platform/db/schema/statuses.ts'
import type { AccountId, StatusId } from '../../platform/ids.ts'
import { notMutedBy, visibleTo } from '../../statuses/access/visibility.ts'

/** Ids of a page of the direct statuses in somebody's conversations, newest first. */
export async function directTimeline(db: Reader, viewer: AccountId, page: Page): Promise<StatusId[]> {
  const { where, orderBy, limit } = slice(statuses.id, page)
  // Materialised: otherwise the planner sees the `limit` and scans all statuses by id instead.
  const { rows } = await db.execute<{ id: StatusId }>(sql`
    with said as materialized (
      select s.id from conversations c join statuses s on s.thread_id = c.thread_id
      where c.account_id = ${viewer} and s.visibility = 'direct' and s.deleted_at is null)
    select ${statuses.id} from said join ${statuses} on ${statuses.id} = said.id
    where ${visibleTo(viewer)} and ${notMutedBy(viewer)} and ${where ?? sql`true`} order by ${orderBy} limit ${limit}`)
  return settle(page, rows).map(({ id }) => id)
}
