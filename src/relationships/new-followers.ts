import { sql } from 'drizzle-orm'
import type { Reader } from '../platform/db/index.ts'
import type { AccountId } from '../platform/ids.ts'

/**
 * The number of an account's current followers by the month (1 to 12) of a year in which they began; months without any
 * are left out.
 */
export async function newFollowers(db: Reader, accountId: AccountId, year: number): Promise<Map<number, number>> {
  const [from, to] = [new Date(Date.UTC(year, 0)), new Date(Date.UTC(year + 1, 0))]
  const { rows } = await db.execute<{ month: number; count: number }>(sql`
    select extract(month from created_at)::int as month, count(*)::int as count from follows
    where target_id = ${accountId} and created_at >= ${from.toISOString()}::timestamptz and created_at < ${to.toISOString()}::timestamptz
    group by 1`)
  return new Map(rows.map(({ month, count }) => [month, count]))
}
