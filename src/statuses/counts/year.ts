/** Counts of an account's posts in a year: private to the account. */
import { sql } from 'drizzle-orm'
import type { Reader } from '../../platform/db/index.ts'
import type { AccountId, StatusId } from '../../platform/ids.ts'
import { isReleased, isPublicOrUnlisted } from '../access/visibility.ts'

export type YearOfStatuses = {
  /** Neither boosts nor replies to others. */
  posts: number
  replies: number
  boosts: number
  polls: number
  /** All of them by month, 1 to 12; months without any are left out. */
  byMonth: Map<number, number>
  /** The hashtag used most in public and unlisted statuses. */
  topTag: { name: string; count: number } | null
  /** The public or unlisted status that was boosted most; null when none was. */
  mostBoostedId: StatusId | null
}

type Month = { month: number; posts: number; replies: number; boosts: number; polls: number }

/** Whether an account wrote or boosted anything with an id from `from` (inclusive) to `to` (exclusive). */
export async function wroteBetween(db: Reader, accountId: AccountId, from: StatusId, to: StatusId): Promise<boolean> {
  const { rows } = await db.execute<{ wrote: boolean }>(
    sql`select exists (select from statuses s where ${written(accountId, from, to)}) as wrote`,
  )
  return rows[0]?.wrote === true
}

/** Counts what an account wrote in a year, whose ids run from `from` (inclusive) to `to` (exclusive). */
export async function countYear(
  db: Reader,
  accountId: AccountId,
  from: StatusId,
  to: StatusId,
): Promise<YearOfStatuses> {
  const { rows: months } = await db.execute<Month>(sql`
    select extract(month from s.created_at)::int as month, count(*) filter (where s.reblog_of_id is null and not ${isReply})::int as posts,
      count(*) filter (where ${isReply})::int as replies, count(s.reblog_of_id)::int as boosts, count(p.status_id)::int as polls
    from statuses s left join polls p on p.status_id = s.id where ${written(accountId, from, to)} group by 1`)
  const {
    rows: [topTag = null],
  } = await db.execute<{ name: string; count: number }>(sql`
    select t.display_name as name, count(*)::int as count
    from statuses s join status_tags st on st.status_id = s.id join tags t on t.id = st.tag_id
    where ${written(accountId, from, to)} and ${isOpenToAll} group by t.id order by count(*) desc, t.id limit 1`)
  const {
    rows: [boosted],
  } = await db.execute<{ id: StatusId }>(sql`
    select s.id from statuses s join status_stats n on n.status_id = s.id
    where ${written(accountId, from, to)} and ${isOpenToAll} and n.reblogs_count > 0 order by n.reblogs_count desc, s.id desc limit 1`)
  const sum = (of: (month: Month) => number): number => months.reduce((total, month) => total + of(month), 0)
  return {
    posts: sum(({ posts }) => posts),
    replies: sum(({ replies }) => replies),
    boosts: sum(({ boosts }) => boosts),
    polls: sum(({ polls }) => polls),
    byMonth: new Map(months.map(({ month, posts, replies, boosts }) => [month, posts + replies + boosts])),
    topTag,
    mostBoostedId: boosted?.id ?? null,
  }
}

const written = (accountId: AccountId, from: StatusId, to: StatusId) =>
  sql`s.account_id = ${accountId} and s.deleted_at is null and s.id >= ${from} and s.id < ${to}`

/** Statuses that everybody may see. */
const isOpenToAll = sql`(${isPublicOrUnlisted('s')} and ${isReleased('s')})`

/** A reply to oneself continues a thread, and does not count as a reply. */
const isReply = sql`(s.in_reply_to_uri is not null and s.in_reply_to_account_id is distinct from s.account_id)`
