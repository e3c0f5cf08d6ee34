import { sql } from 'drizzle-orm'
import type { Reader } from '../db/index.ts'
import { statuses } from '../db/schema/statuses.ts'
import type { AccountId, StatusId } from '../ids.ts'
import { visibleStatus } from './find.ts'
import { visibleTo } from './visibility.ts'

/** Ids around a status: what it replies to, oldest first, and what replies to it, each reply followed by its own replies. */
export type Thread = { ancestors: StatusId[]; descendants: StatusId[] }

/** How much of a thread is read: at most so many on each side, and so many replies in a row. */
export type ThreadBounds = { ancestors: number; descendants: number; depth: number }

/** As many as Mastodon shows: fewer to those who are not logged in. */
export const threadBounds = (viewer: AccountId | null): ThreadBounds =>
  viewer ? { ancestors: 4096, descendants: 4096, depth: 4096 } : { ancestors: 40, descendants: 60, depth: 20 }

/**
 * The visible parts of the thread around a status. Behind what the viewer may not see, the thread ends.
 *
 * @throws Refusal `not_found` when the viewer may not see the status itself
 */
export async function thread(db: Reader, viewer: AccountId | null, statusId: StatusId, bound = threadBounds(viewer)): Promise<Thread> {
  await visibleStatus(db, viewer, statusId)
  const ancestors = await db.execute<{ id: StatusId }>(sql`
    with recursive up(id, parent, depth) as (
      select s.id, s.in_reply_to_id, 0 from statuses s where s.id = ${statusId}
      union all
      select parent.id, parent.in_reply_to_id, up.depth + 1 from up, lateral (
        select ${statuses.id} as id, ${statuses.inReplyToId} as in_reply_to_id from ${statuses}
        where ${statuses.id} = up.parent and ${visibleTo(viewer)}) parent
      where up.depth < ${bound.ancestors})
    select id from up where depth > 0 order by depth desc`)
  // The path of ids from the status down sorts each reply right before its own replies, older ones first.
  const descendants = await db.execute<{ id: StatusId }>(sql`
    with recursive down(id, path, depth) as (
      select ${statusId}::bigint, array[]::bigint[], 0
      union all
      select reply.id, down.path || reply.id, down.depth + 1 from down, lateral (
        select ${statuses.id} as id from ${statuses}
        where ${statuses.inReplyToId} = down.id and ${visibleTo(viewer)} order by ${statuses.id} limit ${bound.descendants}) reply
      where down.depth < ${bound.depth})
    select id from (select id, path from down where depth > 0 limit ${bound.descendants}) bounded order by path`)
  return { ancestors: ancestors.rows.map(({ id }) => id), descendants: descendants.rows.map(({ id }) => id) }
}
