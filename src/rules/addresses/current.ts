/**
 * The current rules about the addresses of clients. Every request asks for them, so a process keeps them in memory until they change.
 */
import { sql } from 'drizzle-orm'
import { cached, cachedUntilChanged } from '../../platform/db/cache.ts'
import { stateOf } from '../../platform/db/changes.ts'
import { type Db, isDatabaseAway, type Reader } from '../../platform/db/index.ts'
import { ipBlocks, type ipSeverities } from '../../platform/db/schema/moderation.ts'
import { isInSet, type NetworkSet, networkSet } from './networks.ts'

export type IpSeverity = (typeof ipSeverities)[number]

/** More than the longest shared lists have, and few enough to keep in memory. */
export const maxNetworks = 50_000

/** While changes are not notified of, the rules are read once a second instead of at each request. */
const unnotifiedMs = 1_000

type Networks = Readonly<Record<IpSeverity, NetworkSet>>

async function load(db: Reader): Promise<Networks> {
  const rows = await db
    .select({
      network: sql<string>`${ipBlocks.network}::text`,
      severity: ipBlocks.severity,
      expiresAt: ipBlocks.expiresAt,
    })
    .from(ipBlocks)
    .limit(maxNetworks)
  const of = (wanted: IpSeverity) => networkSet(rows.filter(({ severity }) => severity === wanted))
  return {
    no_access: of('no_access'),
    sign_up_block: of('sign_up_block'),
    sign_up_requires_approval: of('sign_up_requires_approval'),
  }
}

const untilChanged = cachedUntilChanged('networks', load)
const briefly = cached(unnotifiedMs, load)
const networks = (db: Db): Promise<Networks> => (stateOf(db, 'networks') ? untilChanged(db) : briefly(db))

/** For requests while the database is away. */
const lastKnown = new WeakMap<Db, Networks>()

/** Whether requests of an address are refused. While the database is away, the rules count as they were read last. */
export async function isShutOut(db: Db, address: string): Promise<boolean> {
  const current = await networks(db).catch((error: unknown) => {
    if (isDatabaseAway(error)) return lastKnown.get(db)
    throw error
  })
  if (!current) return false
  lastKnown.set(db, current)
  return isInSet(current.no_access, address)
}

/** What the rules say about a sign-up of an address. */
export async function signUpRule(db: Db, address: string): Promise<'open' | 'approval' | 'blocked'> {
  const current = await networks(db)
  if (isInSet(current.no_access, address) || isInSet(current.sign_up_block, address)) return 'blocked'
  return isInSet(current.sign_up_requires_approval, address) ? 'approval' : 'open'
}
