import { sql } from 'drizzle-orm'
import type { Reader } from '../db/index.ts'

const keptMs = 10 * 60_000
const maxPeers = 50_000
const remembered = new WeakMap<Reader, { at: number; peers: Promise<string[]> }>()

/** The servers from which we know somebody, at most ten minutes old. */
export function loadPeers(db: Reader): Promise<string[]> {
  const known = remembered.get(db)
  if (known && Date.now() - known.at < keptMs) return known.peers
  const peers = findPeers(db)
  remembered.set(db, { at: Date.now(), peers })
  peers.catch(() => remembered.delete(db))
  return peers
}

/** Those of them whose name starts with a text. */
export async function searchPeers(db: Reader, text: string, limit: number): Promise<string[]> {
  const start = text.trim().toLowerCase()
  if (start === '') return []
  return (await loadPeers(db)).filter((domain) => domain.startsWith(start)).slice(0, limit)
}

/** Leaps from one domain to the next in the index, however many accounts each has. */
async function findPeers(db: Reader): Promise<string[]> {
  const { rows } = await db.execute<{ domain: string }>(sql`
    with recursive peers as (
      (select domain from accounts where domain is not null order by domain limit 1)
      union all
      select (select a.domain from accounts a where a.domain is not null and a.domain > peers.domain order by a.domain limit 1) from peers where peers.domain is not null
    )
    select domain from peers where domain is not null limit ${maxPeers}`)
  return rows.map(({ domain }) => domain)
}
