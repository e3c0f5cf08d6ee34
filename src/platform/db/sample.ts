/**
 * Samples of tables whose ids are times, for figures over spans in which a table has too many rows to count. The cost of a sample does
 * not depend on the size of the table.
 */
import { type SQL, sql } from 'drizzle-orm'
import { arrayOf } from './arrays.ts'
import type { Reader } from './index.ts'

/**
 * A table with a primary key `id`. `columns`: those that a figure needs besides. `where` must be the condition of an index on `id`, so
 * that no rows are read in vain.
 */
export type Stream = { table: SQL; columns: SQL; where?: SQL }
/** Milliseconds since 1970. */
export type TimeSpan = { from: number; to: number }

/** Rows of a sample, of all windows together. */
export const maxRows = 20_000
/** Windows of a sample: places at which rows are read. */
const maxWindows = 400

const idBits = 16n
const idAt = (ms: number): string => String(BigInt(Math.max(0, Math.floor(ms))) << idBits)

/** A limit in the statement's text: for one that is a value PostgreSQL plans to read a tenth of all rows. */
export const literal = (limit: number): SQL => sql.raw(String(limit))

/** A condition: an id is in a span of time. */
export const isWithin = ({ from, to }: TimeSpan, id: SQL = sql`id`): SQL =>
  sql`(${id} >= ${idAt(from)}::bigint and ${id} < ${idAt(to)}::bigint)`

/** The days (UTC) of an id, in days since 1970. */
export const dayOfId = (id: SQL): SQL => sql`((${id} >> 16) / 86400000)::int`

/**
 * A subquery with the columns of a table's rows in a span of time, and a column `weight`. Up to 20,000 rows are all there, with a weight
 * of 1. Of more, it has some from each of several hundred windows of equal length, and a row's weight is the estimated number of rows
 * that it stands for.
 *
 * @param days into how many equal parts the span is divided that each need numbers of their own
 */
export async function sampled(
  db: Reader,
  { table, columns, where = sql`true` }: Stream,
  span: TimeSpan,
  days = 1,
): Promise<SQL> {
  const { from, to } = span
  const inSpan = sql`${where} and ${isWithin(span)}`
  const { rows } = await db.execute<{ count: number }>(
    sql`select count(*)::int as count from (select from ${table} where ${inSpan} order by id limit ${literal(maxRows + 1)}) found`,
  )
  if ((rows[0]?.count ?? 0) <= maxRows)
    return sql`(select id, ${columns}, 1::float8 as weight from ${table} where ${inSpan})`
  const pairs = days * Math.max(1, Math.floor(maxWindows / 2 / days))
  const each = Math.max(2, Math.floor(maxRows / 2 / pairs))
  const starts = Array.from({ length: 2 * pairs + 1 }, (_, i) => idAt(from + ((to - from) * i) / 2 / pairs))
  const read = (order: SQL) => sql`
    select s.*, count(*) over () as taken, min(s.id) over () as oldest, max(s.id) over () as newest
    from (select id, ${columns} from ${table} where ${where} and id >= w.starts and id < w.ends order by ${order} limit ${literal(each)}) s`
  // Of two windows side by side, the rows next to their common edge are read: how close these are says how many rows the windows have,
  // and where the rows become more, the errors of the two are opposite.
  return sql`(
    select r.*, case when r.taken < ${each}::int then 1 else ${each - 1}::float8 / ${each}::int * (w.ends - w.starts) / greatest(r.reach, 1) end as weight
    from (
      select starts, lead(starts) over (order by starts) as ends, n % 2 = 1 as is_first from unnest(${arrayOf(starts)}::bigint[]) with ordinality windows(starts, n)) w
    cross join lateral (
      select forwards.*, newest - w.starts as reach from (${read(sql`id`)}) forwards where not w.is_first
      union all
      select backwards.*, w.ends - oldest from (${read(sql`id desc`)}) backwards where w.is_first) r
    where w.ends is not null)`
}
