import { type SQL, sql } from 'drizzle-orm'
import { cached } from '../../platform/db/cache.ts'
import type { Reader } from '../../platform/db/index.ts'
import { minuteMs } from '../../platform/time.ts'
import { loadRulebook } from './current.ts'
import { effectiveRule } from './rulebook.ts'

const maxAgeMs = 10 * minuteMs
const maxPeers = 50_000

/** The servers of all known remote accounts, at most ten minutes old. */
export const loadPeers = cached(maxAgeMs, findPeers)

/** The servers whose name starts with a text. */
export async function searchPeers(db: Reader, text: string, limit: number): Promise<string[]> {
  const start = text.trim().toLowerCase()
  if (start === '') return []
  return (await loadPeers(db)).filter((domain) => domain.startsWith(start)).slice(0, limit)
}

/** The domains of all known remote accounts, in order. Leaps from one domain to the next in the index, however many accounts each has. */
export const peerDomains: SQL = sql`
  with recursive peers as (
    (select domain from accounts where domain is not null order by domain limit 1)
    union all
    select (select a.domain from accounts a where a.domain is not null and a.domain > peers.domain order by a.domain limit 1) from peers where peers.domain is not null
  )
  select domain from peers where domain is not null`

/** Suspended servers are left out: nothing is to be found there. */
async function findPeers(db: Reader): Promise<string[]> {
  const { rows } = await db.execute<{ domain: string }>(sql`${peerDomains} limit ${maxPeers}`)
  const book = await loadRulebook(db)
  return rows.map(({ domain }) => domain).filter((domain) => effectiveRule(book, domain).severity !== 'suspend')
}
