/**
 * Connections that prepare what they are asked often. PostgreSQL parses and plans a statement each time, which takes longer
 * than running most of ours; one with a name it parses once a connection, and after five runs it keeps a plan that doesn't
 * depend on the values, where that is as good. Names are given to statements with parameters, by their text, once a
 * process has seen it a few times: so the shape counts, wherever it was built.
 *
 * Statements whose best plan depends on the values begin with `unprepared`.
 */
import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { Client } from 'pg'

/** Seen less often, a statement isn't worth the memory that its plan takes in each connection. */
const minUses = 3
/** Plans take some 50 kB each, in each connection. What is asked first is mostly what is asked often. */
const maxPrepared = 250
/** Texts that are counted: those of lists of any length are many. */
const maxCounted = 2_000
/** Longer ones are made of values. */
const maxLength = 20_000

/** At the start of a statement that is to stay without a name. */
export const unprepared = '/* unprepared */'

const names = new Map<string, string>()
const uses = new LRUCache<string, number>({ max: maxCounted })

/** The name of a statement that is asked often; undefined for others. */
function nameOf(text: string): string | undefined {
  const known = names.get(text)
  if (
    known ||
    names.size >= maxPrepared ||
    text.length > maxLength ||
    text.startsWith(unprepared) ||
    returnsWhatever(text) ||
    ofAnyLength.test(text)
  )
    return known
  const seen = (uses.get(text) ?? 0) + 1
  if (seen < minUses) {
    uses.set(text, seen)
    return undefined
  }
  uses.delete(text)
  const name = `auto ${createHash('sha256').update(text).digest('base64url').slice(0, 22)}`
  names.set(text, name)
  return name
}

/** Whether columns come as the table has them: after a migration that adds one, a prepared statement would fail. */
const returnsWhatever = (text: string): boolean =>
  text.includes('select *') || text.includes('.*') || text.includes('returning *')

/** A list of values: one text for each length. Lists that come as one value, an array, have one text. */
const ofAnyLength = / in \(\$\d+, \$\d+/

type Query = { text?: unknown; name?: unknown; values?: unknown; submit?: unknown }

/** A client of pg for pools, which prepares on its own. */
export class PreparingClient extends Client {
  // The signatures of pg are many; what a query is made of is the same in all.
  override query = ((query: string | Query, ...rest: unknown[]): unknown => {
    const ask = Client.prototype.query as (...all: unknown[]) => unknown
    const config: Query = typeof query === 'string' ? { text: query } : query
    const values = Array.isArray(rest[0]) ? rest[0] : config.values
    const isPlain =
      typeof config.text === 'string' && !config.name && !config.submit && Array.isArray(values) && values.length > 0
    const name = isPlain ? nameOf(config.text as string) : undefined
    return ask.call(this, name ? { ...config, name } : query, ...rest)
  }) as Client['query']
}
