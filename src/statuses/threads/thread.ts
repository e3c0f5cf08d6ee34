import { type SQL, sql } from 'drizzle-orm'
import type { Reader } from '../../platform/db/index.ts'
import { statuses } from '../../platform/db/schema/statuses.ts'
import { statement } from '../../platform/db/statement.ts'
import type { AccountId, StatusId } from '../../platform/ids.ts'
import { notMutedBy, passableTo } from '../access/visibility.ts'
import { visibleStatus } from '../find.ts'

/** Ids around a status: what it replies to, oldest first, and what replies to it, each reply followed by its own replies. */
export type Thread = { ancestors: StatusId[]; descendants: StatusId[] }

/** How much of a thread is read: at most so many on each side, and so many replies in a row. */
export type ThreadBounds = { ancestors: number; descendants: number; depth: number }

/** As many as Mastodon shows: fewer to those who are not logged in. */
export const threadBounds = (viewer: AccountId | null): ThreadBounds =>
  viewer ? { ancestors: 4096, descendants: 4096, depth: 4096 } : { ancestors: 40, descendants: 60, depth: 20 }

/**
 * The visible parts of the thread around a status. Behind what the viewer may not see, the thread ends; it goes on behind what was
 * deleted.
 *
 * @throws Refusal `not_found` when the viewer may not see the status itself
 */
export async function thread(
  db: Reader,
  viewer: AccountId | null,
  statusId: StatusId,
  bound = threadBounds(viewer),
): Promise<Thread> {
  await visibleStatus(db, viewer, statusId)
  const [ancestors, descendants] = await Promise.all([
    ancestorsOf(db, viewer, statusId, bound),
    descendantsOf(db, viewer, statusId, bound),
  ])
  return { ancestors, descendants }
}

async function ancestorsOf(
  db: Reader,
  viewer: AccountId | null,
  id: StatusId,
  { ancestors: most }: ThreadBounds,
): Promise<StatusId[]> {
  const rows = viewer === null ? await upForAll(db, { id, most }) : await upFor(db, { id, most, viewer })
  return rows.map((row) => row.id)
}

type UpFrom = { id: StatusId; most: number }
const upForAll = statement<UpFrom, { id: StatusId }>('thread_up_for_all', (from) => up(from, null))
const upFor = statement<UpFrom & { viewer: AccountId }, { id: StatusId }>('thread_up_for_viewer', (from) =>
  up(from, from.viewer),
)

const up = ({ id, most }: UpFrom, viewer: AccountId | null): SQL => sql`
  with recursive up(id, parent, depth, hidden) as (
    select s.id, s.in_reply_to_id, 0, false from statuses s where s.id = ${id}::bigint
    union all
    select parent.id, parent.in_reply_to_id, up.depth + 1, parent.hidden from up, lateral (
      select ${statuses.id} as id, ${statuses.inReplyToId} as in_reply_to_id, ${isLeftOut(viewer)} as hidden from ${statuses}
      where ${statuses.id} = up.parent and ${passableTo(viewer)}) parent
    where up.depth < ${most}::int)
  select id from up where depth > 0 and not hidden order by depth desc`

/** What was deleted, and what the viewer mutes, is left out, but not what was said before or after it. */
const isLeftOut = (viewer: AccountId | null) =>
  viewer === null
    ? sql`${statuses.deletedAt} is not null`
    : sql`(${statuses.deletedAt} is not null or not (${notMutedBy(viewer)}))`

/** What was deleted takes the place of no other, unless something follows it. */
const leadsOn = sql`(${statuses.deletedAt} is null or exists (select from statuses answer where answer.in_reply_to_id = ${statuses.id}))`

/** However long and wide a thread is, no more rows of it are looked at. */
const maxRows = 20_000

/**
 * Replies, each followed by its own, older ones first.
 *
 * What stands among the first n of them all stands among the first n of its depth, too. So each depth is cut to n, in the order
 * that the depth above has, and the whole is right however many there are. Paths of ids would give the order by themselves,
 * but those of a long chain take the square of its length.
 */
async function descendantsOf(
  db: Reader,
  viewer: AccountId | null,
  statusId: StatusId,
  bound: ThreadBounds,
): Promise<StatusId[]> {
  const from = { id: statusId, most: bound.descendants, depth: bound.depth }
  const rows = viewer === null ? await downForAll(db, from) : await downFor(db, { ...from, viewer })
  const repliesTo = new Map<StatusId, StatusId[]>()
  // The first row is the status itself; the others come depth by depth, in their order.
  const hidden = new Set<StatusId>()
  for (const { id, parent, hidden: isHidden } of rows.slice(1)) {
    if (isHidden) hidden.add(id)
    const replies = repliesTo.get(parent)
    if (replies) replies.push(id)
    else repliesTo.set(parent, [id])
  }
  const ordered: StatusId[] = []
  const open = (repliesTo.get(statusId) ?? []).toReversed()
  for (let id = open.pop(); id !== undefined && ordered.length < bound.descendants; id = open.pop()) {
    if (!hidden.has(id)) ordered.push(id)
    open.push(...(repliesTo.get(id) ?? []).toReversed())
  }
  return ordered
}

type DownFrom = { id: StatusId; most: number; depth: number }
type Reply = { id: StatusId; parent: StatusId; hidden: boolean }
const downForAll = statement<DownFrom, Reply>('thread_down_for_all', (from) => down(from, null))
const downFor = statement<DownFrom & { viewer: AccountId }, Reply>('thread_down_for_viewer', (from) =>
  down(from, from.viewer),
)

const down = ({ id, most, depth }: DownFrom, viewer: AccountId | null): SQL => sql`
  with recursive down(id, parent, place, depth, hidden) as (
    select ${id}::bigint, null::bigint, 0::bigint, 0, false
    union all
    (select reply.id, down.id, row_number() over (order by down.place, reply.id), down.depth + 1, reply.hidden from down, lateral (
      select ${statuses.id} as id, ${isLeftOut(viewer)} as hidden from ${statuses}
      where ${statuses.inReplyToId} = down.id and ${passableTo(viewer)} and ${leadsOn} order by ${statuses.id} limit ${most}::int) reply
    where down.depth < ${depth}::int
    order by down.place, reply.id limit ${most}::int))
  select id, parent, hidden from down limit ${sql.raw(String(maxRows))}`
