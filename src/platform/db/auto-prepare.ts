/**
 * Connections that prepare frequent statements. PostgreSQL parses and plans a statement each time, which takes longer
 * than running most of ours. It parses a named statement once per connection, and after five runs keeps a plan that doesn't
 * depend on the values, where that is as good. A statement with parameters gets a name, derived from its text, once a
 * process has seen the text a few times, wherever it was built.
 *
 * Statements whose best plan depends on the values begin with `unprepared`.
 */
import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { Client } from 'pg'

/** A rarer statement isn't worth the memory that its plan takes in each connection. */
const minRuns = 3
/** Plans take some 50 kB each, in each connection. The statements that run first are mostly the frequent ones. */
const maxPrepared = 250
/** Statements whose runs are counted. A list has one statement for each length. */
const maxCounted = 2_000
/** Longer statements hold values in their text. */
const maxLength = 20_000

/** The first characters of a statement that is never prepared. */
export const unprepared = '/* unprepared */'

const names = new Map<string, string>()
const runs = new LRUCache<string, number>({ max: maxCounted })

/** The name of a frequent statement; undefined for others. */
function nameOf(text: string): string | undefined {
  const existing = names.get(text)
  if (
    existing ||
    names.size >= maxPrepared ||
    text.length > maxLength ||
    text.startsWith(unprepared) ||
    selectsAllColumns(text) ||
    hasList.test(text)
  )
    return existing
  const seen = (runs.get(text) ?? 0) + 1
  if (seen < minRuns) {
    runs.set(text, seen)
    return undefined
  }
  runs.delete(text)
  const name = `auto ${createHash('sha256').update(text).digest('base64url').slice(0, 22)}`
  names.set(text, name)
  return name
}

/** Whether a statement returns all columns of a table. Prepared, it would fail after a migration that adds a column. */
const selectsAllColumns = (text: string): boolean =>
  text.includes('select *') || text.includes('.*') || text.includes('returning *')

/** A list of parameters, which makes another text for each length. Lists that are one array parameter have one text. */
const hasList = / in \(\$\d+, \$\d+/

type Query = { text?: unknown; name?: unknown; values?: unknown; submit?: unknown }

/** A client of pg for pools that prepares frequent statements by itself. */
export class PreparingClient extends Client {
  // pg has many signatures; the parts of a query are the same in all of them.
  override query = ((query: string | Query, ...rest: unknown[]): unknown => {
    const send = Client.prototype.query as (...all: unknown[]) => unknown
    const config: Query = typeof query === 'string' ? { text: query } : query
    const values = Array.isArray(rest[0]) ? rest[0] : config.values
    const isPlain =
      typeof config.text === 'string' && !config.name && !config.submit && Array.isArray(values) && values.length > 0
    const name = isPlain ? nameOf(config.text as string) : undefined
    return send.call(this, name ? { ...config, name } : query, ...rest)
  }) as Client['query']
}
