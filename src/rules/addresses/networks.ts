/**
 * Networks: blocks of addresses. An IPv4 address that is written as an IPv6 address (`::ffff:192.0.2.1`) is the IPv4 address, in rules
 * as in requests.
 */
import ipaddr from 'ipaddr.js'
import type { Cidr } from '../../platform/config.ts'

type Address = ipaddr.IPv4 | ipaddr.IPv6

/** Bits of `::ffff:0:0/96` before the IPv4 address. */
const mappedBits = 96

/** Reads an address or a network, such as `192.0.2.0/24`; bits behind the prefix are cleared. Null for any other text. */
export function parseNetwork(written: string): Cidr | null {
  const [, text = '', digits] = /^([\d.]{7,15}|[\da-f:.]{2,45})(?:\/(\d{1,3}))?$/i.exec(written.trim()) ?? []
  if (!ipaddr.IPv4.isValidFourPartDecimal(text) && !ipaddr.IPv6.isValid(text)) return null
  const parsed = ipaddr.parse(text)
  const full = parsed.kind() === 'ipv4' ? 32 : 128
  const bits = digits === undefined ? full : Number(digits)
  if (bits > full) return null
  const isMapped = parsed instanceof ipaddr.IPv6 && parsed.isIPv4MappedAddress() && bits >= mappedBits
  return isMapped ? cleared(parsed.toIPv4Address(), bits - mappedBits) : cleared(parsed, bits)
}

const cleared = (address: Address, bits: number): Cidr =>
  address instanceof ipaddr.IPv6
    ? [ipaddr.IPv6.networkAddressFromCIDR(`${address.toString()}/${bits}`), bits]
    : [ipaddr.IPv4.networkAddressFromCIDR(`${address.toString()}/${bits}`), bits]

export const networkText = ([base, bits]: Cidr): string => `${base.toString()}/${bits}`

/** Whether two networks have addresses in common. */
export function overlaps([base, bits]: Cidr, [other, otherBits]: Cidr): boolean {
  return base.kind() === other.kind() && base.match(other, Math.min(bits, otherBits))
}

/** Networks of one prefix length: the moment at which each ends, in milliseconds since 1970, by the bits of its prefix. */
type Level = { shift: bigint; ends: Map<bigint, number> }

/**
 * A set of networks to look addresses up in. It takes a look-up in a map for each prefix length that occurs, however many networks
 * there are.
 */
export type NetworkSet = Readonly<Record<'ipv4' | 'ipv6', readonly Level[]>>

/** @param networks in the form of `networkText`, with the time until which each counts; null: for good */
export function networkSet(networks: readonly { network: string; expiresAt: Date | null }[]): NetworkSet {
  const levels = { ipv4: new Map<bigint, Level>(), ipv6: new Map<bigint, Level>() }
  for (const { network, expiresAt } of networks) {
    const [address = '', bits] = network.split('/')
    const base = ipaddr.parse(address)
    const shift = BigInt((base.kind() === 'ipv4' ? 32 : 128) - Number(bits))
    const level = levels[base.kind()].get(shift) ?? { shift, ends: new Map() }
    level.ends.set(bitsOf(base) >> shift, expiresAt?.getTime() ?? Number.POSITIVE_INFINITY)
    levels[base.kind()].set(shift, level)
  }
  return { ipv4: [...levels.ipv4.values()], ipv6: [...levels.ipv6.values()] }
}

/** Whether an address lies in one of the networks. A text that is no address lies in none. */
export function isInSet(set: NetworkSet, address: string, now: number = Date.now()): boolean {
  if (set.ipv4.length === 0 && set.ipv6.length === 0) return false
  if (!ipaddr.isValid(address)) return false
  const parsed = ipaddr.process(address)
  const levels = set[parsed.kind()]
  if (levels.length === 0) return false
  const bits = bitsOf(parsed)
  return levels.some(({ shift, ends }) => (ends.get(bits >> shift) ?? 0) > now)
}

const bitsOf = (address: Address): bigint =>
  address instanceof ipaddr.IPv6
    ? address.parts.reduce((bits, part) => (bits << 16n) | BigInt(part), 0n)
    : BigInt(address.octets.reduce((bits, octet) => bits * 256 + octet, 0))
