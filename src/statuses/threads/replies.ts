/**
 * A page of the replies to a post, as a tree of three levels. Every reply can be reached: the direct ones page by page, those
 * below a cut branch on the page of the reply where it was cut, and those below a gap on a page of the thread.
 */
import { type SQL, sql } from 'drizzle-orm'
import type { Reader } from '../../platform/db/index.ts'
import { statuses } from '../../platform/db/schema/statuses.ts'
import { constant, statement } from '../../platform/db/statement.ts'
import type { AccountId, StatusId } from '../../platform/ids.ts'
import { hasLeft, isPublicOrUnlisted, isReleased, visibleTo } from '../access/visibility.ts'
import { type Gap, gapInThread, isInThread, isSeen, threadStatuses } from './gaps.ts'
import { blockersAt, blockersBelow, isUnwelcome } from './unwelcome.ts'

/** A reply in its place. Its own replies on the page are `below` it. */
export type Reply = {
  id: StatusId
  /** Why it is left out, although there are replies below it; null: it is shown. */
  gap: Gap | null
  below: Reply[]
  /** Whether it has replies that are not on the page. */
  hasMore: boolean
}

export type ReplyPage = {
  /** The author's own replies, each to the one before; only on the first page. */
  continuation: { id: StatusId; hasMore: boolean }[]
  replies: Reply[]
  /** The direct reply after which the next page begins; null: this is the last page. */
  next: StatusId | null
}

/** Posts of the author's own continuation. */
const maxContinuation = 20
/** Replies that are shown below one reply. */
const perBranch = 3
/** Direct replies that are read for a page. */
const maxDirect = 40

/**
 * A page of the replies to a status. The caller checks that the viewer may see the status itself, or a post of its thread.
 *
 * @param after the direct reply where the page before ended
 * @param most replies on the page, those of the continuation included; at least 13, the most that one branch has
 * @param isGap whether the status is left out of the thread: then it has no continuation
 */
export async function replyPage(
  db: Reader,
  viewer: AccountId | null,
  id: StatusId,
  { after, most, isGap = false }: { after: StatusId | null; most: number; isGap?: boolean },
): Promise<ReplyPage> {
  const chain = isGap
    ? []
    : await (viewer === null ? continuationForAll(db, { id }) : continuationFor(db, { id, viewer }))
  const page = { id, after: after ?? '0', own: chain[0]?.id ?? '0' }
  const rows = viewer === null ? await treeForAll(db, page) : await treeFor(db, { ...page, viewer })
  const continuation = after === null ? chain : []
  return { continuation, ...fill(rows, most - continuation.length) }
}

/** Takes branches as long as they fit. One is always taken, so that each page leads on. */
function fill(rows: readonly Row[], room: number): Pick<ReplyPage, 'replies' | 'next'> {
  const below = Map.groupBy(rows, ({ parent }) => parent)
  const toReply = ({ id, gap, hasMore }: Row): Reply => {
    const all = below.get(id) ?? []
    const shown = all.map(toReply).filter(isOfUse).slice(0, perBranch)
    const reply = { id, gap, below: shown, hasMore: hasMore || all.length > perBranch }
    const [only] = shown
    // One line stands for gaps one below the other.
    const isOne = isBareGap(gap) && only !== undefined && isBareGap(only.gap) && all.length === 1
    return isOne ? only : reply
  }
  const replies: Reply[] = []
  let left = room
  const direct = below.get(null) ?? []
  for (const row of direct) {
    const reply = toReply(row)
    if (!isOfUse(reply)) continue
    const size = sizeOf(reply)
    if (replies.length > 0 && (size > left || replies.length === maxDirect))
      return { replies, next: replies.at(-1)?.id ?? null }
    replies.push(reply)
    left -= size
  }
  // Those that are skipped don't end the list.
  return { replies, next: direct.length > maxDirect ? (direct.at(-1)?.id ?? null) : null }
}

/** What the viewer muted may be looked at; other gaps stand only for the replies below them. */
const isBareGap = (gap: Gap | null): boolean => gap !== null && gap !== 'muted'
const isOfUse = ({ gap, below, hasMore }: Reply): boolean => !isBareGap(gap) || below.length > 0 || hasMore

const sizeOf = ({ below }: Reply): number => below.reduce((sum, reply) => sum + sizeOf(reply), 1)

type From = { id: StatusId }
type Link = { id: StatusId; hasMore: boolean }
const continuationForAll = statement<From, Link>('continuation_for_all', (from) => continuation(from, null))
const continuationFor = statement<From & { viewer: AccountId }, Link>('continuation_for_viewer', (from) =>
  continuation(from, from.viewer),
)

const continuation = ({ id }: From, viewer: AccountId | null): SQL => sql`
  with recursive chain(id, depth) as (
    select ${id}::bigint, 0
    union all
    select own.id, chain.depth + 1 from chain, lateral (
      select ${statuses.id} as id from ${statuses}
      where ${statuses.inReplyToId} = chain.id and ${statuses.accountId} = (select author.account_id from statuses author where author.id = ${id}::bigint) and ${visibleTo(viewer)}
      order by ${statuses.id} limit 1) own
    where chain.depth < ${constant(maxContinuation)})
  select id, exists (select from ${threadStatuses(viewer, sql`${statuses.inReplyToId} = link.id and ${statuses.id} is distinct from link.next`)} where ${isInThread(viewer)}) as "hasMore"
  from (select id, depth, lead(id) over (order by depth) as next from chain) link where depth > 0 order by depth`

type Place = { id: StatusId; after: string; own: string }
type Row = { id: StatusId; parent: StatusId | null; gap: Gap | null; hasMore: boolean }
const treeForAll = statement<Place, Row>('reply_tree_for_all', (from) => tree(from, null))
const treeFor = statement<Place & { viewer: AccountId }, Row>('reply_tree_for_viewer', (from) =>
  tree(from, from.viewer),
)

const tree = ({ id, after, own }: Place, viewer: AccountId | null): SQL => {
  const columns = (above: SQL) =>
    sql`${statuses.id} as id, ${gapInThread(viewer, { isSeen, isUnwelcome: isUnwelcome(viewer, above) })} as gap, ${blockersBelow(above)} as blockers`
  const below = (parent: SQL) => sql`lateral (
    select ${columns(sql`${parent}.blockers`)} from ${threadStatuses(viewer, sql`${statuses.inReplyToId} = ${parent}.id`)} where ${isInThread(viewer)}
    order by ${statuses.id} limit ${constant(perBranch + 1)}) reply`
  const isDirect = sql`${statuses.inReplyToId} = ${id}::bigint and ${statuses.id} > ${after}::bigint and ${statuses.id} <> ${own}::bigint`
  return sql`
    with main as materialized (select ${blockersAt(sql`${id}::bigint`)} as blockers),
    direct as materialized (select ${columns(sql`main.blockers`)} from main, ${threadStatuses(viewer, isDirect)} where ${isInThread(viewer)}
      order by ${statuses.id} limit ${constant(maxDirect + 1)}),
    second as materialized (select direct.id as parent, reply.* from direct, ${below(sql`direct`)}),
    third as materialized (select second.id as parent, reply.* from second, ${below(sql`second`)})
    select id, null::bigint as parent, gap, false as "hasMore" from direct
    union all select id, parent, gap, false from second
    union all select id, parent, gap, exists (select from ${threadStatuses(viewer, sql`${statuses.inReplyToId} = third.id`)} where ${isInThread(viewer)}) from third
    order by id`
}

/** Whether the thread of a status shows the viewer another one, as a post or as the line in its place. */
export async function isInThreadOf(
  db: Reader,
  viewer: AccountId | null,
  id: StatusId,
  other: StatusId,
): Promise<boolean> {
  const rows = viewer === null ? await sharedForAll(db, { id, other }) : await sharedFor(db, { id, other, viewer })
  return rows.length > 0
}

type Two = { id: StatusId; other: StatusId }
const sharedForAll = statement<Two, { id: StatusId }>('in_thread_of_for_all', (two) => shared(two, null))
const sharedFor = statement<Two & { viewer: AccountId }, { id: StatusId }>('in_thread_of_for_viewer', (two) =>
  shared(two, two.viewer),
)

const shared = ({ id, other }: Two, viewer: AccountId | null): SQL => {
  const isOther = sql`${statuses.id} = ${other}::bigint and ${statuses.threadId} = (select one.thread_id from statuses one where one.id = ${id}::bigint)`
  return sql`select ${statuses.id} as id from ${threadStatuses(viewer, isOther)} where ${isInThread(viewer)}`
}

/** Replies that are looked at for the number of blocked ones. */
const maxCounted = 500

/** How many of the first direct replies to a status, for everybody to see, are by accounts that the viewer blocks. */
export async function countBlockedReplies(db: Reader, viewer: AccountId, id: StatusId): Promise<number> {
  const [row] = await blockedReplies(db, { id, viewer, most: maxCounted })
  return row?.count ?? 0
}

const blockedReplies = statement<{ id: StatusId; viewer: AccountId; most: number }, { count: number }>(
  'blocked_replies',
  ({ id, viewer, most }) => sql`
    select count(*)::int as count from (
      select reply.account_id from statuses reply
      where reply.in_reply_to_id = ${id}::bigint and reply.deleted_at is null and ${isPublicOrUnlisted('reply')} and ${isReleased('reply')} and ${hasLeft('reply')}
        and (select author.suspended_at is null from accounts author where author.id = reply.account_id)
      order by reply.id limit ${most}::int) first
    join blocks b on b.account_id = ${viewer}::bigint and b.target_id = first.account_id`,
)
