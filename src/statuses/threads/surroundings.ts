/** The thread of a local status and the replies to it, for the collections that other servers read. */
import { type SQL, sql } from 'drizzle-orm'
import { arrayOf } from '../../platform/db/arrays.ts'
import type { Reader } from '../../platform/db/index.ts'
import { statuses } from '../../platform/db/schema/statuses.ts'
import { constant, statement } from '../../platform/db/statement.ts'
import type { AccountId, StatusId } from '../../platform/ids.ts'
import { hasLeft, isOpen, isPublicOrUnlisted, isReleased, visibleTo } from '../access/visibility.ts'

/**
 * @property thread the first status of the thread, if it is local, public or unlisted, and other servers may have it; else null
 * @property context the remote server's id of the thread, if it began there; else null
 */
export type Surroundings = { thread: StatusId | null; context: string | null; ownReplies: string[] }

export const noSurroundings: Surroundings = { thread: null, context: null, ownReplies: [] }

/** The author's first replies that are part of a status's document; others have to be fetched from its collection. */
const maxOwnReplies = 5

/**
 * The surroundings of local statuses, by id. `ownReplies` are the URIs of the author's first public or unlisted replies,
 * oldest first.
 */
export async function loadSurroundings(db: Reader, ids: StatusId[]): Promise<Map<StatusId, Surroundings>> {
  const [first, ...others] = ids
  if (!first) return new Map()
  const rows = others.length === 0 ? await findOne(db, { id: first }) : await findMany(db, { ids: arrayOf(ids) })
  return new Map(rows.map(({ id, thread, context, ownReplies }) => [id, { thread, context, ownReplies }]))
}

const surroundings = (wanted: SQL): SQL => sql`
  select s.id, case when root.is_local and ${isPublicOrUnlisted('root')} and ${hasLeft('root')} then root.id end as thread,
    case when not root.is_local then coalesce(case when ${isPublicOrUnlisted('root')} then root.context_uri end, case when ${isPublicOrUnlisted('parent')} then parent.context_uri end) end as context,
    (select coalesce(json_agg(own.uri order by own.id), '[]') from (
      select r.id, r.uri from statuses r
      where r.in_reply_to_id = s.id and r.account_id = s.account_id and r.deleted_at is null and ${isPublicOrUnlisted('r')} and ${isReleased('r')} and ${hasLeft('r')}
      order by r.id limit ${constant(maxOwnReplies)}) own) as "ownReplies"
  from statuses s left join statuses root on root.id = s.thread_id left join statuses parent on parent.id = s.in_reply_to_id
  where s.id ${wanted}`

const findMany = statement<{ ids: string }, { id: StatusId } & Surroundings>('surroundings', ({ ids }) =>
  surroundings(sql`= any(${ids}::bigint[])`),
)
// PostgreSQL expects 10 ids of a list that it can't see, and would plan a list of one anew each time.
const findOne = statement<{ id: StatusId }, { id: StatusId } & Surroundings>('surroundings_of_one', ({ id }) =>
  surroundings(sql`= ${id}::bigint`),
)

/** Id and ActivityPub id of a status in a list. */
export type Listed = { id: StatusId; uri: string }
type PageAfter = { minId?: string | undefined; limit: number }

/** The replies to a status that everybody may see, oldest first, without those of accounts that its author blocks. */
export async function openReplies(
  db: Reader,
  status: { id: StatusId; accountId: AccountId },
  { minId = '0', limit }: PageAfter,
): Promise<Listed[]> {
  const { rows } = await db.execute<Listed>(sql`
    select ${statuses.id}, ${statuses.uri} from ${statuses}
    where ${statuses.inReplyToId} = ${status.id} and ${statuses.id} > ${minId}::bigint and ${visibleTo(null)} and ${isNotBlockedBy(status.accountId)}
    order by ${statuses.id} limit ${limit}`)
  return rows
}

/**
 * The first status of a thread, if it is local and public or unlisted; it may be deleted.
 *
 * @returns null when there is none; `author`: the ActivityPub id of its author, null when the account or the status is gone
 */
export async function openThreadHead(
  db: Reader,
  id: StatusId,
): Promise<{ accountId: AccountId; author: string | null } | null> {
  const {
    rows: [root],
  } = await db.execute<{ accountId: AccountId; visibility: string; author: string | null }>(sql`
    select s.account_id as "accountId", s.visibility, case when s.deleted_at is null and a.suspended_at is null then a.uri end as author
    from statuses s join accounts a on a.id = s.account_id where s.id = ${id} and s.thread_id = s.id and s.is_local and s.reblog_of_id is null`)
  return root && isOpen(root.visibility) ? { accountId: root.accountId, author: root.author } : null
}

/**
 * The posts of a thread that everybody may see, oldest first, without those of accounts that the thread's starter
 * blocks, and without replies whose consent was taken back.
 */
export async function threadPosts(
  db: Reader,
  thread: StatusId,
  starter: AccountId,
  { minId = '0', limit }: PageAfter,
): Promise<Listed[]> {
  const { rows } = await db.execute<Listed>(sql`
    select ${statuses.id}, ${statuses.uri} from ${statuses}
    where ${statuses.threadId} = ${thread} and ${statuses.id} > ${minId}::bigint and ${visibleTo(null)} and ${statuses.consent} is null and ${isNotBlockedBy(starter)}
    order by ${statuses.id} limit ${limit}`)
  return rows
}

const isNotBlockedBy = (accountId: AccountId) =>
  sql`not exists (select from blocks b where b.account_id = ${accountId} and b.target_id = ${statuses.accountId})`
