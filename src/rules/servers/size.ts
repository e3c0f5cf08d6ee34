import { sql } from 'drizzle-orm'
import type { Reader } from '../../platform/db/index.ts'

/**
 * About how many accounts of a server are known, by PostgreSQL's statistics of the table, which cost nothing to read. 0 for a server that
 * is not among the hundred largest: those have few accounts, or the whole table has.
 */
export async function estimatedAccounts(db: Reader, domain: string): Promise<number> {
  const { rows } = await db.execute<{ count: number }>(sql`
    select (common.share * greatest(c.reltuples, 0))::float8 as count
    from pg_stats s cross join lateral unnest(s.most_common_vals::text::text[], s.most_common_freqs) common(domain, share)
    join pg_class c on c.oid = 'accounts'::regclass
    where s.schemaname = current_schema() and s.tablename = 'accounts' and s.attname = 'domain' and common.domain = ${domain}`)
  return rows[0]?.count ?? 0
}
