/**
 * Fills an empty database by SQL, without indexes and checks of foreign keys, and makes the indexes afterwards. Everything is
 * computed from numbers: account n and post n have ids that sort by time, and chance is PostgreSQL's, with a seed.
 */
import { Client } from 'pg'
import { randomOf } from '#src/demo/random.ts'
import { searchDocument } from '#src/statuses/search/document.ts'
import { rows, type Sizes } from './rows.ts'

export type Progress = (what: string, ms: number) => void

const sentences = 5_000
const words = 4_000
/** Foreign keys are checked up to this number of posts: larger databases are made by the same statements. */
const checkedPosts = 1_000_000

/** The sizes that the database was filled with; null if it was not filled completely. */
export async function sizesOf(url: string): Promise<Sizes | null> {
  const client = new Client(url)
  // There may be no database yet.
  const isThere = await client.connect().then(
    () => true,
    () => false,
  )
  await client.end()
  if (!isThere) return null
  return withClient(url, async (client) => {
    const {
      rows: [table],
    } = await client.query<{ exists: boolean }>(`select to_regclass('bench.filled') is not null as exists`)
    if (!table?.exists) return null
    const {
      rows: [sizes],
    } = await client.query<Sizes>('select posts, accounts, locals, jobs, origin from bench.filled')
    return sizes ?? null
  })
}

export async function fill(url: string, sizes: Sizes, progress: Progress): Promise<void> {
  await withClient(url, async (client) => {
    const step = async (what: string, ...statements: string[]) => {
      const began = performance.now()
      for (const statement of statements) await client.query(statement)
      progress(what, performance.now() - began)
    }
    await client.query(
      `set session_replication_role = replica; set timezone = 'UTC'; set jit = off; set max_parallel_workers_per_gather = 2`,
    )
    const { drop, make } = await indexesOf(client)
    await step('without indexes', ...drop)
    await step(
      'sentences',
      'drop schema if exists bench cascade',
      'create schema bench',
      'create unlogged table bench.sentences (k int primary key, content text not null, document tsvector not null)',
      'select setseed(0.5)',
    )
    await client.query(
      `insert into bench.sentences select * from json_to_recordset($1) as s(k int, content text, document tsvector)`,
      [JSON.stringify(makeSentences())],
    )
    for (const [name, statements] of Object.entries(rows(sizes))) await step(name, ...statements)
    for (const statement of make) await step(statement.slice(0, 90), statement)
    await step('foreign keys hold', ...(sizes.posts <= checkedPosts ? await checksOf(client) : []))
    await step('vacuum', 'vacuum (freeze, analyze)')
    await client.query('create table bench.filled (posts int, accounts int, locals int, jobs int, origin text)')
    await client.query('insert into bench.filled values ($1, $2, $3, $4, $5)', [
      sizes.posts,
      sizes.accounts,
      sizes.locals,
      sizes.jobs,
      sizes.origin,
    ])
  })
}

/** Statements that drop all indexes but those of primary keys, which foreign keys need, and that make them again. */
async function indexesOf(client: Client): Promise<{ drop: string[]; make: string[] }> {
  const { rows: unique } = await client.query<{ table: string; name: string; definition: string }>(`
    select conrelid::regclass::text as table, quote_ident(conname) as name, pg_get_constraintdef(oid) as definition from pg_constraint
    where contype = 'u' and connamespace = 'public'::regnamespace and not exists (select from pg_constraint f where f.contype = 'f' and f.conindid = pg_constraint.conindid)`)
  const { rows: plain } = await client.query<{ name: string; definition: string }>(`
    select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as definition from pg_index join pg_class c on c.oid = indrelid
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and not c.relispartition and not exists (select from pg_constraint where conindid = indexrelid)`)
  return {
    drop: [
      ...unique.map(({ table, name }) => `alter table ${table} drop constraint ${name}`),
      ...plain.map(({ name }) => `drop index ${name}`),
    ],
    make: [
      ...unique.map(({ table, name, definition }) => `alter table ${table} add constraint ${name} ${definition}`),
      ...plain.map(({ definition }) => definition),
    ],
  }
}

/** Statements that fail if a row refers to a missing one. */
async function checksOf(client: Client): Promise<string[]> {
  const { rows: keys } = await client.query<{ table: string; column: string; referenced: string; key: string }>(`
    select conrelid::regclass::text as table, a.attname as column, confrelid::regclass::text as referenced, k.attname as key
    from pg_constraint join pg_attribute a on a.attrelid = conrelid and a.attnum = conkey[1] join pg_attribute k on k.attrelid = confrelid and k.attnum = confkey[1]
    where contype = 'f' and connamespace = 'public'::regnamespace`)
  return keys.map(
    ({ table, column, referenced, key }) => `
    do $$ begin if exists (select from ${table} t where ${column} is not null and not exists (select from ${referenced} r where r.${key} = t.${column}))
      then raise exception '${table}.${column} refers to what is not there'; end if; end $$`,
  )
}

/** Texts whose words are as frequent as in real languages, with their search vectors. */
function makeSentences(): { k: number; content: string; document: string }[] {
  const random = randomOf(7)
  const vowels = [...'aeiou']
  const consonants = [...'bcdfghjklmnprstvwz']
  const known = ['bread', 'garden', 'the', 'train', 'river']
  const vocabulary = Array.from(
    { length: words },
    (_, i) =>
      known[i] ??
      Array.from({ length: random.whole(1, 4) }, () => random.pick(consonants) + random.pick(vowels)).join(''),
  )
  return Array.from({ length: sentences }, (_, k) => {
    const text = Array.from(
      { length: random.whole(6, 22) },
      () => vocabulary[Math.floor(words * random.next() ** 3)],
    ).join(' ')
    return { k, content: text, document: searchDocument({ texts: [text], tags: [], marks: [] }) }
  })
}

async function withClient<T>(url: string, run: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client(url)
  await client.connect()
  try {
    return await run(client)
  } finally {
    await client.end()
  }
}
