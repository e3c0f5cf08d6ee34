/** Rows of the accounts of one server, for figures about it. */
import { type SQL, sql } from 'drizzle-orm'
import type { Reader } from '../../platform/db/index.ts'
import { isWithin, maxRows, sampled, type Stream, type TimeSpan } from '../../platform/db/sample.ts'

/** A table whose rows belong to accounts, with an index on `account` and `id`. */
export type AccountStream = Stream & { account: SQL }

/** Up to so many accounts of a server are looked at one by one. */
const fewAccounts = 2_000

/**
 * A subquery with the rows of a server's accounts in a span of time, and a column `weight`, as `sampled` has it. The rows of a server
 * with up to 2,000 accounts and 20,000 rows are all there; of a larger server there are those in a sample of the rows of all servers.
 */
export async function rowsOfServer(
  db: Reader,
  stream: AccountStream,
  domain: string,
  span: TimeSpan,
  days = 1,
): Promise<SQL> {
  const { table, columns, where = sql`true`, account } = stream
  const { rows: accounts } = await db.execute<{ count: number }>(
    sql`select count(*)::int as count from (select from accounts where domain = ${domain} limit ${fewAccounts + 1}) found`,
  )
  if ((accounts[0]?.count ?? 0) <= fewAccounts) {
    const own = sql`(select id as owner from accounts where domain = ${domain}) server cross join lateral (
      select * from ${table} where ${account} = server.owner and ${isWithin(span)} order by ${account}, id limit ${maxRows + 1}) own`
    const { rows } = await db.execute<{ count: number }>(
      sql`select count(*)::int as count from (select from ${own} limit ${maxRows + 1}) found`,
    )
    if ((rows[0]?.count ?? 0) <= maxRows)
      return sql`(select id, ${columns}, 1::float8 as weight from ${own} where ${where})`
  }
  const all = await sampled(db, { ...stream, columns: sql`${columns}, ${account} as owner` }, span, days)
  return sql`(select * from ${all} every where (select a.domain from accounts a where a.id = every.owner) = ${domain})`
}
