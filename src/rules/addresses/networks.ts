import { gt, isNull, or, sql } from 'drizzle-orm'
/**
 * Rules about the addresses of clients. Every request is checked, so a process keeps the rules in memory: a map for each length of
 * prefix that occurs, so that a look-up takes as many steps as there are lengths, however many rules there are.
 */
import ipaddr from 'ipaddr.js'
import { cachedUntilChanged } from '../../platform/db/cache.ts'
import { isDatabaseAway, type Reader } from '../../platform/db/index.ts'
import { ipBlocks, ipSeverities } from '../../platform/db/schema/moderation.ts'

export type NetworkSeverity = (typeof ipSeverities)[number]

type Rule = { severity: NetworkSeverity; expiresAt: Date | null }
/** By the length of the prefix, then by the prefix. */
type Prefixes = Map<number, Map<bigint, Rule>>
type Networks = Record<'ipv4' | 'ipv6', Prefixes>

const bitsOf = { ipv4: 32, ipv6: 128 } as const

/** The prefix of an address as a number. */
function prefixOf(address: ipaddr.IPv4 | ipaddr.IPv6, bits: number): bigint {
  const value = BigInt(`0x${Buffer.from(address.toByteArray()).toString('hex')}`)
  return value >> BigInt(bitsOf[address.kind()] - bits)
}

const networks = cachedUntilChanged('networks', async (db): Promise<Networks> => {
  const rows = await db
    .select({ network: ipBlocks.network, severity: ipBlocks.severity, expiresAt: ipBlocks.expiresAt })
    .from(ipBlocks)
    .where(or(isNull(ipBlocks.expiresAt), gt(ipBlocks.expiresAt, sql`now()`)))
  const found: Networks = { ipv4: new Map(), ipv6: new Map() }
  for (const { network, ...rule } of rows) {
    const [address, bits] = ipaddr.parseCIDR(network)
    const prefixes = found[address.kind()]
    const rules = prefixes.get(bits) ?? new Map<bigint, Rule>()
    prefixes.set(bits, rules.set(prefixOf(address, bits), rule))
  }
  return found
})

/** The rules read last, by which requests are judged while the database is away. */
const known = new WeakMap<Reader, Networks>()

async function current(db: Reader): Promise<Networks> {
  try {
    const found = await networks(db)
    known.set(db, found)
    return found
  } catch (error) {
    const before = known.get(db)
    if (before && isDatabaseAway(error)) return before
    throw error
  }
}

/** The strictest rule about a client's address; null without one. An IPv4-mapped IPv6 address counts as IPv4. */
export async function networkSeverity(db: Reader, address: string): Promise<NetworkSeverity | null> {
  const found = await current(db)
  if (found.ipv4.size + found.ipv6.size === 0 || !ipaddr.isValid(address)) return null
  const parsed = ipaddr.process(address)
  const now = new Date()
  let strictest = -1
  for (const [bits, rules] of found[parsed.kind()]) {
    const rule = rules.get(prefixOf(parsed, bits))
    if (rule && (!rule.expiresAt || rule.expiresAt > now))
      strictest = Math.max(strictest, ipSeverities.indexOf(rule.severity))
  }
  return ipSeverities[strictest] ?? null
}
