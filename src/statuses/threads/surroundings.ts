/** What stands around a local status, as other servers may walk through it: its thread, and the replies to it. */
import { type SQL, sql } from 'drizzle-orm'
import { arrayOf } from '../../platform/db/arrays.ts'
import type { Reader } from '../../platform/db/index.ts'
import { statuses } from '../../platform/db/schema/statuses.ts'
import { constant, statement } from '../../platform/db/statement.ts'
import type { AccountId, StatusId } from '../../platform/ids.ts'
import { isOpen, isPublicOrUnlisted, visibleTo } from '../access/visibility.ts'

/**
 * @property thread the local status that everybody may see with which its thread began, or null
 * @property context what another server calls the thread, where it began there, or null
 */
export type Surroundings = { thread: StatusId | null; context: string | null; ownReplies: string[] }

export const alone: Surroundings = { thread: null, context: null, ownReplies: [] }

/** The first replies of the author that come with a status; the others have to be asked for. */
const maxOwnReplies = 5

/** The surroundings of local statuses, by id. `ownReplies` are the URIs of the author's first open replies, the oldest first. */
export async function loadSurroundings(db: Reader, ids: StatusId[]): Promise<Map<StatusId, Surroundings>> {
  const [first, ...others] = ids
  if (!first) return new Map()
  const rows = others.length === 0 ? await findOne(db, { id: first }) : await findMany(db, { ids: arrayOf(ids) })
  return new Map(rows.map(({ id, thread, context, ownReplies }) => [id, { thread, context, ownReplies }]))
}

const surroundings = (wanted: SQL): SQL => sql`
  select s.id, case when root.is_local and ${isPublicOrUnlisted('root')} then root.id end as thread,
    case when not root.is_local then coalesce(case when ${isPublicOrUnlisted('root')} then root.context_uri end, case when ${isPublicOrUnlisted('parent')} then parent.context_uri end) end as context,
    (select coalesce(json_agg(own.uri order by own.id), '[]') from (
      select r.id, r.uri from statuses r
      where r.in_reply_to_id = s.id and r.account_id = s.account_id and r.deleted_at is null and ${isPublicOrUnlisted('r')}
      order by r.id limit ${constant(maxOwnReplies)}) own) as "ownReplies"
  from statuses s left join statuses root on root.id = s.thread_id left join statuses parent on parent.id = s.in_reply_to_id
  where s.id ${wanted}`

const findMany = statement<{ ids: string }, { id: StatusId } & Surroundings>('surroundings', ({ ids }) =>
  surroundings(sql`= any(${ids}::bigint[])`),
)
// A list of one is planned each time anew, as PostgreSQL expects ten of a list that it doesn't see.
const findOne = statement<{ id: StatusId }, { id: StatusId } & Surroundings>('surroundings_of_one', ({ id }) =>
  surroundings(sql`= ${id}::bigint`),
)

/** Id and ActivityPub id of a status in a list. */
export type Listed = { id: StatusId; uri: string }
type Onward = { minId?: string | undefined; limit: number }

/** What everybody may see of the replies to a status, the oldest first, but for those of accounts that its author blocks. */
export async function openReplies(
  db: Reader,
  status: { id: StatusId; accountId: AccountId },
  { minId = '0', limit }: Onward,
): Promise<Listed[]> {
  const { rows } = await db.execute<Listed>(sql`
    select ${statuses.id}, ${statuses.uri} from ${statuses}
    where ${statuses.inReplyToId} = ${status.id} and ${statuses.id} > ${minId}::bigint and ${visibleTo(null)} and ${isWelcomeTo(status.accountId)}
    order by ${statuses.id} limit ${limit}`)
  return rows
}

/**
 * The thread that began with a local status that everybody may see, or could while it was there.
 *
 * @returns null where there is none; `author`: the id of whoever began it, unless they or their status are gone
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

/** What everybody may see of a thread, the oldest first, but for what accounts wrote that the one who began it blocks. */
export async function threadPosts(
  db: Reader,
  thread: StatusId,
  starter: AccountId,
  { minId = '0', limit }: Onward,
): Promise<Listed[]> {
  const { rows } = await db.execute<Listed>(sql`
    select ${statuses.id}, ${statuses.uri} from ${statuses}
    where ${statuses.threadId} = ${thread} and ${statuses.id} > ${minId}::bigint and ${visibleTo(null)} and ${isWelcomeTo(starter)}
    order by ${statuses.id} limit ${limit}`)
  return rows
}

const isWelcomeTo = (accountId: AccountId) =>
  sql`not exists (select from blocks b where b.account_id = ${accountId} and b.target_id = ${statuses.accountId})`
