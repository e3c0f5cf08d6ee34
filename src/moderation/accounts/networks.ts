/**
 * Accounts by the addresses of their clients, one address or a network. Addresses are stored as text, in the form of RFC 5952, so a
 * network is read by the beginnings that its addresses have in common, which an index serves, and then exactly.
 */
import { sql } from 'drizzle-orm'
import ipaddr from 'ipaddr.js'
import type { Cidr } from '../../platform/config.ts'
import type { Reader } from '../../platform/db/index.ts'
import { isWithin } from '../../platform/http/client-address.ts'
import type { AccountId } from '../../platform/ids.ts'
import { parseNetwork } from '../../rules/addresses/networks.ts'

/** Wider networks are not searched. */
const leastBits = { ipv4: 8, ipv6: 16 }
/** Rows that are read for each beginning, so that a wide network does not read a whole table. */
const maxRows = 10_000
/** Sessions have an index of whole addresses only: those of a network are asked one by one. */
const maxSessionAddresses = 4_096

/** Reads an address or network as `parseNetwork` does; null also for networks that are too wide to search. */
export function searchedNetwork(text: string): Cidr | null {
  const network = parseNetwork(text)
  return network && network[1] >= leastBits[network[0].kind()] ? network : null
}

/** The accounts that signed up from an address or network, used it as far as the security log knows, or have a session there. */
export async function accountsAt(db: Reader, network: Cidr): Promise<AccountId[]> {
  const beginnings = beginningsOf(network)
  const ranges = sql`unnest(${arrayOfTexts(beginnings)}::text[], ${arrayOfTexts(beginnings.map(afterAll))}::text[]) r(low, high)`
  const { rows } = await db.execute<{ id: AccountId; address: string }>(sql`
    select account_id::text as id, address from ${ranges} cross join lateral (
      select account_id, sign_up_address as address from users where sign_up_address ~>=~ r.low and sign_up_address ~<~ r.high limit ${maxRows}) u
    union select account_id::text, address from ${ranges} cross join lateral (
      select account_id, address from security_events where address ~>=~ r.low and address ~<~ r.high limit ${maxRows}) e
    union select account_id::text, address from sessions where address = any(${arrayOfTexts(addressesOf(network))}::text[])`)
  return [...new Set(rows.filter(({ address }) => isWithin(address, [network])).map(({ id }) => id))]
}

/** Texts of addresses and their beginnings need no quotes. */
const arrayOfTexts = (texts: readonly string[]): string => `{${texts.join(',')}}`

/** The first text after all that begin like this one. */
const afterAll = (beginning: string): string =>
  beginning.slice(0, -1) + String.fromCharCode(beginning.charCodeAt(beginning.length - 1) + 1)

/** Beginnings of texts, at least one of which each address of the network has. */
function beginningsOf([base, bits]: Cidr): string[] {
  return base instanceof ipaddr.IPv4 ? beginningsOfIPv4(base.octets, bits) : beginningsOfIPv6(base.parts, bits)
}

function beginningsOfIPv4(octets: number[], bits: number): string[] {
  const [whole, rest] = [Math.floor(bits / 8), bits % 8]
  if (whole === 4) return [octets.join('.')]
  const head = octets
    .slice(0, whole)
    .map((octet) => `${octet}.`)
    .join('')
  if (rest === 0 || whole === 3) return [head]
  const width = 2 ** (8 - rest)
  const first = Math.floor((octets[whole] ?? 0) / width) * width
  return Array.from({ length: width }, (_, at) => `${head}${first + at}.`)
}

function beginningsOfIPv6(parts: number[], bits: number): string[] {
  const [whole, rest] = [Math.floor(bits / 16), bits % 16]
  let head = ''
  for (const [at, part] of parts.slice(0, whole).entries()) {
    // `::` may stand for a zero and all that follow.
    if (part === 0) return at === 0 ? ['::', '0:'] : [head]
    head += at === 7 ? part.toString(16) : `${part.toString(16)}:`
  }
  if (rest === 0) return [head]
  const width = 2 ** (16 - rest)
  const low = Math.floor((parts[whole] ?? 0) / width) * width
  if (low === 0) return [head]
  // The texts of all numbers from low on have as many digits; the last ones are free.
  const unit = 16 ** Math.floor((16 - rest) / 4)
  return Array.from({ length: width / unit }, (_, at) => head + (low / unit + at).toString(16))
}

/** All addresses of a small IPv4 network, or the one address; none for others. */
function addressesOf([base, bits]: Cidr): string[] {
  if (base instanceof ipaddr.IPv6) return bits === 128 ? [base.toString()] : []
  const count = 2 ** (32 - bits)
  if (count > maxSessionAddresses) return []
  const number = base.octets.reduce((sum, octet) => sum * 256 + octet, 0)
  const first = Math.floor(number / count) * count
  return Array.from({ length: count }, (_, at) =>
    [24, 16, 8, 0].map((shift) => Math.floor((first + at) / 2 ** shift) % 256).join('.'),
  )
}
