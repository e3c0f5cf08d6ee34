/** Rows of the accounts of one server, for figures about it. */
import { type SQL, sql } from 'drizzle-orm'
import type { Reader } from '../../platform/db/index.ts'
import { isWithin, literal, maxRows, sampled, type Stream, type TimeSpan } from '../../platform/db/sample.ts'
import { estimatedAccounts } from './size.ts'

/** A table whose rows belong to accounts, with an index on `account` and `id`. */
export type AccountStream = Stream & { account: SQL }

/** Up to so many accounts of a server are looked at one by one. */
const fewAccounts = 2_000
/** By an estimate: more than these are not even counted. */
const surelyMany = 4 * fewAccounts

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
  const { columns, account } = stream
  if ((await estimatedAccounts(db, domain)) <= surelyMany) {
    const exact = await allRows(db, stream, domain, span)
    if (exact) return exact
  }
  const all = await sampled(db, { ...stream, columns: sql`${columns}, ${account} as owner` }, span, days)
  return sql`(select * from ${all} every where (select a.domain from accounts a where a.id = every.owner) = ${domain})`
}

/** All rows, or null if these are too many, or the accounts are. */
async function allRows(
  db: Reader,
  { table, columns, where = sql`true`, account }: AccountStream,
  domain: string,
  span: TimeSpan,
): Promise<SQL | null> {
  const { rows: accounts } = await db.execute<{ count: number }>(
    sql`select count(*)::int as count from (select from accounts where domain = ${domain} limit ${literal(fewAccounts + 1)}) found`,
  )
  if ((accounts[0]?.count ?? 0) > fewAccounts) return null
  const own = sql`(select id as owner from accounts where domain = ${domain}) server cross join lateral (
    select * from ${table} where ${account} = server.owner and ${isWithin(span)} order by ${account}, id limit ${literal(maxRows + 1)}) own`
  const { rows } = await db.execute<{ count: number }>(
    sql`select count(*)::int as count from (select from ${own} limit ${literal(maxRows + 1)}) found`,
  )
  if ((rows[0]?.count ?? 0) > maxRows) return null
  return sql`(select id, ${columns}, 1::float8 as weight from ${own} where ${where})`
}
