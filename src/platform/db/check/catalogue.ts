/** Compares the tables, constraints and indexes in PostgreSQL's catalogue with those of the migrations. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import type { Reader } from '../index.ts'
import { ownMigrations } from '../migrations/files.ts'
import { type Finding, schemas } from './finding.ts'

/** Constraints that are not validated, and indexes that an interrupted statement left invalid. */
export async function checkValidity(db: Pick<Reader, 'execute'>): Promise<Finding[]> {
  const { rows: constraints } = await db.execute<{ name: string; table: string }>(sql`
    select quote_ident(c.conname) as name, c.conrelid::regclass::text as table from pg_constraint c
    where c.connamespace = any(${schemas}::text[]::regnamespace[]) and not c.convalidated order by 2, 1`)
  // An index that is being made right now is invalid until it is done.
  const { rows: indexes } = await db.execute<{ name: string }>(sql`
    select i.indexrelid::regclass::text as name from pg_index i join pg_class c on c.oid = i.indexrelid
    where c.relnamespace = any(${schemas}::text[]::regnamespace[]) and not (i.indisvalid and i.indisready)
      and not exists (select from pg_stat_progress_create_index p where p.index_relid = i.indexrelid) order by 1`)
  return [
    ...constraints.map(({ name, table }): Finding => ({
      kind: 'constraint',
      what: `${table}.${name}`,
      problem: 'is not validated: older rows may break it',
      advice: `alter table ${table} validate constraint ${name}`,
    })),
    ...indexes.map(({ name }): Finding => ({
      kind: 'index',
      what: name,
      problem: 'is invalid: it is updated, but not used',
      advice: `reindex index concurrently ${name}`,
    })),
  ]
}

type Named = Record<string, { name: string }>
type Snapshot = {
  tables: Record<
    string,
    {
      name: string
      columns: Named
      indexes: Named
      foreignKeys: Named
      compositePrimaryKeys: Named
      uniqueConstraints: Named
      checkConstraints: Named
    }
  >
}

/** Tables, columns, constraints and indexes that the newest migration knows and the database lacks. Additional ones are ignored. */
export async function checkPresence(db: Pick<Reader, 'execute'>): Promise<Finding[]> {
  const { tables } = await newestSnapshot()
  const expected = Object.values(tables).flatMap(({ name: table, ...parts }) => [
    { kind: 'table', table, name: table },
    ...(
      ['columns', 'indexes', 'foreignKeys', 'compositePrimaryKeys', 'uniqueConstraints', 'checkConstraints'] as const
    ).flatMap((part) =>
      Object.values(parts[part]).map(({ name }) => ({
        kind: part === 'columns' ? 'column' : part === 'indexes' ? 'index' : 'constraint',
        table,
        name,
      })),
    ),
  ])
  const { rows } = await db.execute<{ kind: string; table: string; name: string }>(sql`
    select e.kind, e.table, e.name from jsonb_to_recordset(${JSON.stringify(expected)}::jsonb) as e(kind text, "table" text, name text)
    left join pg_class c on c.relnamespace = 'public'::regnamespace and c.relname = e.table::name
    where c.oid is null or not case e.kind
      when 'table' then true
      when 'column' then exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = e.name::name and not a.attisdropped)
      when 'index' then exists (select from pg_index i join pg_class x on x.oid = i.indexrelid where i.indrelid = c.oid and x.relname = e.name::name)
      else exists (select from pg_constraint k where k.conrelid = c.oid and k.conname = e.name::name) end
    order by 2, 1, 3`)
  return rows.map(({ kind, table, name }) => ({
    kind: 'missing',
    what: kind === 'table' ? table : `${table}.${name}`,
    problem: `the ${kind} is missing`,
    advice: 'make it again by hand, as the migrations in drizzle/ do',
  }))
}

async function newestSnapshot(): Promise<Snapshot> {
  const folder = join(ownMigrations, 'meta')
  const newest = (await readdir(folder))
    .filter((name) => name.endsWith('_snapshot.json'))
    .toSorted()
    .at(-1)
  if (!newest) throw new Error(`There is no snapshot of the schema in ${folder}`)
  return JSON.parse(await readFile(join(folder, newest), 'utf8')) as Snapshot
}
