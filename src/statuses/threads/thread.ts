import { type SQL, sql } from 'drizzle-orm'
import type { Reader } from '../../platform/db/index.ts'
import { statuses } from '../../platform/db/schema/statuses.ts'
import { statement } from '../../platform/db/statement.ts'
import type { AccountId, StatusId } from '../../platform/ids.ts'
import { visibleStatus } from '../find.ts'
import { type Gap, gapInThread, isInThread, isSeen, threadStatuses } from './gaps.ts'
import { blockersAt, blockersBelow, isUnwelcome } from './unwelcome.ts'

/** The statuses above a status in its thread, oldest first, and its replies, each followed by its own replies. */
export type Thread = { ancestors: StatusId[]; descendants: StatusId[] }

/** How much of a thread is read: the number of ancestors, of descendants, and of levels of replies. */
export type ThreadBounds = { ancestors: number; descendants: number; depth: number }

/** Mastodon's bounds; smaller ones for visitors. */
const threadBounds = (viewer: AccountId | null): ThreadBounds =>
  viewer ? { ancestors: 4096, descendants: 4096, depth: 4096 } : { ancestors: 40, descendants: 60, depth: 20 }

/**
 * The posts of the thread around a status that the viewer may see. Posts that are left out don't end the thread: those above and
 * below them are part of it.
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
  const rows = await pathTo(db, viewer, id, most)
  return rows.flatMap((row) => (row.gap === null ? [row.id] : []))
}

/** A status above another one in its thread, or the gap in its place. */
export type Ancestor = { id: StatusId; gap: Gap | null }

/** The nearest statuses above a status, at most `most`, oldest first, with the gaps that a thread leaves for the viewer. */
export const pathTo = (db: Reader, viewer: AccountId | null, id: StatusId, most: number): Promise<Ancestor[]> =>
  viewer === null ? upForAll(db, { id, most }) : upFor(db, { id, most, viewer })

/** The longest run of gaps that `pathToVisible` looks past. */
const maxGaps = 1_000

/** The same, but further up where all of these are gaps: to the nearest one that the viewer can see. `isCut`: there may be more above. */
export async function pathToVisible(
  db: Reader,
  viewer: AccountId | null,
  id: StatusId,
  most: number,
): Promise<{ ancestors: Ancestor[]; isCut: boolean }> {
  const nearest = await pathTo(db, viewer, id, most)
  if (nearest.length < most || nearest.some(({ gap }) => gap === null))
    return { ancestors: nearest, isCut: nearest.length === most }
  const path = await pathTo(db, viewer, id, maxGaps)
  const visible = path.findLastIndex(({ gap }) => gap === null)
  // One line stands for the gaps, so only the nearest of them are of use.
  return { ancestors: [...path.slice(Math.max(visible, 0), visible + 1), ...nearest.slice(1)], isCut: visible > 0 }
}

type UpFrom = { id: StatusId; most: number }
const upForAll = statement<UpFrom, Ancestor>('thread_up_for_all', (from) => up(from, null))
const upFor = statement<UpFrom & { viewer: AccountId }, Ancestor>('thread_up_for_viewer', (from) =>
  up(from, from.viewer),
)

const up = ({ id, most }: UpFrom, viewer: AccountId | null): SQL => sql`
  with recursive up(id, parent, depth, gap) as (
    select s.id, s.in_reply_to_id, 0, null from statuses s where s.id = ${id}::bigint
    union all
    select parent.id, parent.in_reply_to_id, up.depth + 1, parent.gap from up, lateral (
      select ${statuses.id} as id, ${statuses.inReplyToId} as in_reply_to_id, ${gapInThread(viewer)} as gap from ${statuses} where ${statuses.id} = up.parent) parent
    where up.depth < ${most}::int)
  select id, gap from up where depth > 0 order by depth desc`

/** Rows of a thread that are read at most. */
const maxRows = 20_000

/**
 * Replies, each followed by its own, older ones first.
 *
 * A reply among the first n of all is among the first n of its depth, too. So each depth is cut to n, in the order of the depth
 * above, and the result is correct for any number of replies. Paths of ids would give the order directly, but the paths of a
 * long chain take space of the square of its length.
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

const down = ({ id, most, depth }: DownFrom, viewer: AccountId | null): SQL => {
  const above = sql`down.blockers`
  return sql`
  with recursive down(id, parent, place, depth, hidden, blockers) as (
    select ${id}::bigint, null::bigint, 0::bigint, 0, false, ${blockersAt(sql`${id}::bigint`)}
    union all
    (select reply.id, down.id, row_number() over (order by down.place, reply.id), down.depth + 1, reply.hidden, reply.blockers from down, lateral (
      select ${statuses.id} as id, (${gapInThread(viewer, { isSeen, isUnwelcome: isUnwelcome(viewer, above) })}) is not null as hidden, ${blockersBelow(above)} as blockers from ${threadStatuses(viewer, sql`${statuses.inReplyToId} = down.id`)}
      where ${isInThread(viewer)} order by ${statuses.id} limit ${most}::int) reply
    where down.depth < ${depth}::int
    order by down.place, reply.id limit ${most}::int))
  select id, parent, hidden from down limit ${sql.raw(String(maxRows))}`
}
