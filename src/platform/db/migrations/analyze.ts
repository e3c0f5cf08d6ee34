import type { Client } from 'pg'
import { getLogger } from '../../log.ts'

const log = getLogger('db')

/**
 * Collects statistics of tables with columns that have none, as new columns do. Without them PostgreSQL takes a condition on such a
 * column for one that a few rows meet, and sorts all posts of an account to show 20 of them. Its own clean-up would do so only
 * after a tenth of the rows changed, which takes months in a large table. Reads and writes go on meanwhile; it reads a sample of
 * fixed size, which takes seconds.
 */
export async function analyzeNewColumns(client: Client): Promise<void> {
  const { rows } = await client.query<{ table: string }>(`
    select c.relname as table from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'public' and c.relkind = 'r' and c.reltuples > 0 and exists (
      select from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        and not exists (select from pg_stats s where s.schemaname = n.nspname and s.tablename = c.relname and s.attname = a.attname))
    order by c.relname`)
  for (const { table } of rows) {
    log.info('Collecting statistics of the table {table}', { table })
    await client.query(`analyze ${client.escapeIdentifier(table)}`)
  }
}
