/**
 * Statements that run with almost every request. Their text is built once a process: Drizzle would need longer to build it each
 * time than PostgreSQL to answer. `auto-prepare.ts` prepares all others.
 */
import { fillPlaceholders, Placeholder, type SQL, sql } from 'drizzle-orm'
import { PgDialect } from 'drizzle-orm/pg-core'
import type { Db, Reader, Tx } from './index.ts'

type Value = string | number | boolean | null
type Run<Values, Row> = (db: Reader, values: Values) => Promise<Row[]>
type Built = { text: string; params: unknown[] }
/** PostgreSQL cuts longer names off. */
const maxNameLength = 63

/**
 * Makes a function that runs a statement.
 *
 * @param name unique among all statements
 * @param build makes the statement from its values, and must not look at them: it is called once, with placeholders
 * @returns a function of a database or transaction and the values; columns come as pg reads them
 */
export function statement<Values extends Record<string, Value>, Row extends Record<string, unknown>>(
  name: string,
  build: (values: Values) => SQL,
): Run<Values, Row> {
  if (name.length > maxNameLength) throw new RangeError(`The name ${name} is too long`)
  let built: Built | undefined
  return async (db, values) => {
    built ??= compile(build)
    if (!isPool(db))
      return inTransaction<Row>(db, name, { sql: built.text, params: fillPlaceholders(built.params, values) })
    const { rows } = await db.$client.query<Row, unknown[]>({
      name,
      text: built.text,
      values: fillPlaceholders(built.params, values),
    })
    return rows
  }
}

/**
 * The same for statements that differ in more than values, such as by the type of an event.
 *
 * @param name unique together with the key
 * @param keyOf the key of a kind, for kinds that are no texts; it covers every property that `build` reads
 * @returns a function from a kind to its statement; each is made once
 */
export function statementsOf<Kind, Values extends Record<string, Value>, Row extends Record<string, unknown>>(
  name: string,
  build: (kind: Kind, values: Values) => SQL,
  keyOf: (kind: Kind) => string = String,
): (kind: Kind) => Run<Values, Row> {
  const statements = new Map<string, Run<Values, Row>>()
  return (kind) => {
    const key = keyOf(kind)
    const run = statements.get(key) ?? statement<Values, Row>(`${name} ${key}`, (values) => build(kind, values))
    statements.set(key, run)
    return run
  }
}

/** A constant of the code as part of the text of a statement that is built once. */
export const constant = (value: number | boolean): SQL => sql.raw(String(value))

/**
 * An id that PostgreSQL does not see when it plans. It compares the plan for the values with the plan for any values. Where the first
 * looks a little cheaper, it plans each time, which takes longer than the difference. With hidden values both plans are equal, so
 * PostgreSQL keeps the plan of the named statement. For statements that have one sensible plan.
 */
export const unseen = (id: string): SQL => sql`(select ${id}::bigint)`
/** The same for the text of an array. Without the second cast, `any` would take it for a list of rows. */
export const unseenIds = (ids: string): SQL => sql`(select ${ids}::bigint[])::bigint[]`

const isPool = (db: Reader): db is Db => '$client' in db

/** A transaction has its own connection, which only its session knows. */
async function inTransaction<Row>(db: Reader, name: string, query: { sql: string; params: unknown[] }): Promise<Row[]> {
  const { session } = (db as Tx)._
  const { rows } = (await session.prepareQuery(query, undefined, name, false).execute()) as { rows: Row[] }
  return rows
}

function compile<Values extends Record<string, Value>>(build: (values: Values) => SQL): Built {
  const placeholders = new Proxy({}, { get: (_, key) => sql.placeholder(String(key)) }) as Values
  const { sql: text, params } = new PgDialect().sqlToQuery(build(placeholders))
  if (params.some((param) => !(param instanceof Placeholder)))
    throw new TypeError('A statement that is built once can’t hold values of its own')
  return { text, params }
}
