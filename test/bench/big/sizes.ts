/** Sizes of the tables and indexes of the big bench. */
import { sql } from 'drizzle-orm'
import type { Db } from '#src/platform/db/index.ts'

const shown = 20

export async function printSizes(db: Db, posts: number, print: (line: string) => void): Promise<void> {
  const {
    rows: [whole],
  } = await db.execute<{ bytes: string }>(sql`select pg_database_size(current_database())::text as bytes`)
  print(`\nDatabase: ${megabytes(whole?.bytes)}, ${Math.round(Number(whole?.bytes) / posts)} bytes a post`)
  const { rows: tables } = await db.execute<{ name: string; rows: string; heap: string; indexes: string }>(sql`
    select relname as name, reltuples::bigint::text as rows, pg_table_size(oid)::text as heap, pg_indexes_size(oid)::text as indexes
    from pg_class where relkind = 'r' and relnamespace in ('public'::regnamespace, 'graphile_worker'::regnamespace) order by pg_total_relation_size(oid) desc limit ${shown}`)
  print(`\n${'table'.padEnd(28)}${'rows'.padStart(12)}${'table'.padStart(12)}${'indexes'.padStart(12)}  bytes a row`)
  for (const { name, rows, heap, indexes } of tables) {
    print(
      `${name.padEnd(28)}${rows.padStart(12)}${megabytes(heap).padStart(12)}${megabytes(indexes).padStart(12)}  ${Math.round(Number(heap) / Number(rows))} + ${Math.round(Number(indexes) / Number(rows))}`,
    )
  }
  const { rows: indexes } = await db.execute<{ name: string; rows: string; bytes: string }>(sql`
    select relname as name, reltuples::bigint::text as rows, pg_relation_size(oid)::text as bytes from pg_class where relkind = 'i' and relnamespace = 'public'::regnamespace order by pg_relation_size(oid) desc limit ${shown}`)
  print(`\n${'index'.padEnd(40)}${'entries'.padStart(12)}${'size'.padStart(12)}  bytes an entry`)
  for (const { name, rows, bytes } of indexes)
    print(
      `${name.padEnd(40)}${rows.padStart(12)}${megabytes(bytes).padStart(12)}  ${Math.round(Number(bytes) / Number(rows))}`,
    )
}

/** Tables with more rows than that, and their numbers of rows. */
export async function largeTables(db: Db, rows: number): Promise<Map<string, number>> {
  const { rows: found } = await db.execute<{ name: string; rows: number }>(sql`
    select relname as name, reltuples::float8 as rows from pg_class where relkind = 'r' and relnamespace in ('public'::regnamespace, 'graphile_worker'::regnamespace) and reltuples > ${rows} order by reltuples desc`)
  return new Map(found.map((table) => [table.name, table.rows]))
}

const megabytes = (bytes: string | undefined): string => `${Math.round(Number(bytes) / 1_000_000)} MB`
