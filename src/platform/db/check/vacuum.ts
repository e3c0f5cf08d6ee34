/** Checks whether PostgreSQL keeps up with removing old versions of rows. It reads statistics only, which are approximate. */
import { sql } from 'drizzle-orm'
import type { Reader } from '../index.ts'
import { type Finding, schemas } from './finding.ts'

const mebibyte = 1024 ** 2
/** Less waste is not worth an admin's time: tables that grow and shrink always have some free room. */
const leastWasteBytes = 64 * mebibyte
const mostWasteShare = 0.5
const leastDeadRows = 10_000
/** A table without statistics is reported from this many pages on. */
const unanalysedPages = 1_000

/**
 * Tables and indexes that are more than half empty, by the widths of columns that `analyze` measured: the overhead is 28 bytes for a
 * row and 16 for an entry of a B-tree. Indexes on expressions are not checked.
 */
export async function checkBloat(db: Pick<Reader, 'execute'>): Promise<Finding[]> {
  const { rows } = await db.execute<{ name: string; isIndex: boolean; bytes: string; wasted: string }>(sql`
    with relations as (
      select c.oid, c.relkind = 'i' as is_index, c.reltuples, coalesce(x.indrelid, c.oid) as table_oid, x.indkey, n.nspname,
        coalesce((select option_value::int from pg_options_to_table(c.reloptions) where option_name = 'fillfactor'), case when c.relkind = 'i' then 90 else 100 end) / 100.0 as fill
      from pg_class c join pg_namespace n on n.oid = c.relnamespace left join pg_index x on x.indexrelid = c.oid left join pg_am m on m.oid = c.relam
      where c.relnamespace = any(${schemas}::text[]::regnamespace[]) and c.reltuples > 0
        and (c.relkind = 'r' or (c.relkind = 'i' and m.amname = 'btree' and 0 <> all(x.indkey::smallint[])))
    ), measured as (
      select r.oid, r.is_index, pg_relation_size(r.oid) as bytes,
        r.reltuples * (case when r.is_index then 16 else 28 end + w.width) / r.fill as needed
      from relations r, lateral (
        select sum(s.avg_width * (1 - s.null_frac)) as width from pg_attribute a
        join pg_class t on t.oid = r.table_oid join pg_stats s on s.schemaname = r.nspname and s.tablename = t.relname and s.attname = a.attname
        where a.attrelid = r.table_oid and a.attnum > 0 and (not r.is_index or a.attnum = any(r.indkey::smallint[]))) w
      where w.width is not null
    )
    select oid::regclass::text as name, is_index as "isIndex", bytes, (bytes - needed)::bigint as wasted from measured
    where bytes - needed > ${leastWasteBytes}::bigint and bytes - needed > bytes * ${mostWasteShare}::float8 order by bytes - needed desc`)
  return rows.map(({ name, isIndex, bytes, wasted }) => ({
    kind: 'bloat',
    what: name,
    problem: `of ${inMebibytes(bytes)} about ${inMebibytes(wasted)} are empty`,
    advice: isIndex ? `reindex index concurrently ${name}` : `pg_repack, or vacuum full ${name} while Pipit is stopped`,
  }))
}

/** Finds tables that autovacuum is behind with, tables without statistics, and transaction ids that near their end. */
export async function checkVacuum(db: Pick<Reader, 'execute'>): Promise<Finding[]> {
  const {
    rows: [server],
  } = await db.execute<{ isOn: boolean }>(
    sql`select current_setting('autovacuum')::boolean and current_setting('track_counts')::boolean as "isOn"`,
  )
  const off: Finding[] = server?.isOn
    ? []
    : [
        {
          kind: 'vacuum',
          what: 'autovacuum',
          problem: 'is off: tables grow without end',
          advice: 'set autovacuum and track_counts to on',
        },
      ]
  const { rows } = await db.execute<{
    name: string
    dead: number
    live: number
    isBehind: boolean
    isUnknown: boolean
    isOff: boolean
    isOld: boolean
    age: number
  }>(sql`
    with tables as (
      select c.oid, c.reltuples, c.relpages, s.n_dead_tup as dead, s.n_live_tup as live, age(c.relfrozenxid) as age,
        coalesce(${optionOf('autovacuum_vacuum_threshold')}, current_setting('autovacuum_vacuum_threshold'))::float8 as threshold,
        coalesce(${optionOf('autovacuum_vacuum_scale_factor')}, current_setting('autovacuum_vacuum_scale_factor'))::float8 as factor,
        coalesce(${optionOf('autovacuum_enabled')}, 'true')::boolean as is_on
      from pg_class c join pg_stat_all_tables s on s.relid = c.oid where c.relkind = 'r' and c.relnamespace = any(${schemas}::text[]::regnamespace[])
    ), judged as (
      select oid::regclass::text as name, dead::float8, live::float8, age,
        dead > ${leastDeadRows}::int and dead > 2 * (threshold + factor * greatest(reltuples, 0)) as "isBehind",
        reltuples < 0 and pg_relation_size(oid) / current_setting('block_size')::int > ${unanalysedPages}::int as "isUnknown",
        not is_on as "isOff", age > 1.5 * current_setting('autovacuum_freeze_max_age')::float8 as "isOld"
      from tables
    )
    select * from judged where "isBehind" or "isUnknown" or "isOff" or "isOld" order by dead desc, name`)
  return [
    ...off,
    ...rows.map((row): Finding => ({
      kind: 'vacuum',
      what: row.name,
      problem: problemOf(row),
      advice: `vacuum (analyze, verbose) ${row.name}`,
    })),
  ]
}

const optionOf = (name: string) =>
  sql`(select option_value from pg_options_to_table(c.reloptions) where option_name = ${name})`

function problemOf({
  dead,
  live,
  isBehind,
  isUnknown,
  isOld,
  age,
}: {
  dead: number
  live: number
  isBehind: boolean
  isUnknown: boolean
  isOld: boolean
  age: number
}): string {
  if (isOld)
    return `its oldest row is ${age.toLocaleString('en')} transactions old: autovacuum doesn’t get to freeze it`
  if (isBehind)
    return `autovacuum is behind: ${dead.toLocaleString('en')} dead rows beside ${live.toLocaleString('en')}`
  return isUnknown ? 'was never analysed: its queries are planned blindly' : 'autovacuum is off for it'
}

const inMebibytes = (bytes: string): string => `${Math.round(Number(bytes) / mebibyte).toLocaleString('en')} MiB`
