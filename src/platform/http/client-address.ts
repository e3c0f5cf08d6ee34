import ipaddr from 'ipaddr.js'
import type { Cidr } from '../config.ts'

/** Whether an address lies in one of the blocks. A text that is not an address lies in none. */
export function isWithin(address: string, blocks: readonly Cidr[]): boolean {
  if (!ipaddr.isValid(address)) return false
  const parsed = ipaddr.process(address)
  return blocks.some(([base, bits]) => base.kind() === parsed.kind() && parsed.match(base, bits))
}

/**
 * The address that a request came from: the peer of the connection, or, behind trusted proxies, the last hop of
 * `X-Forwarded-For` that is no trusted proxy. The client may forge earlier hops.
 */
export function clientAddress(peer: string, forwardedFor: string | null, trustedProxies: readonly Cidr[]): string {
  let address = peer
  for (const hop of (forwardedFor ?? '')
    .split(',')
    .map((part) => part.trim())
    .toReversed()) {
    if (!isWithin(address, trustedProxies) || !ipaddr.isValid(hop)) break
    address = hop
  }
  return ipaddr.isValid(address) ? ipaddr.process(address).toString() : address
}

/** The client that limits count: an IPv4 address, or the /64 of an IPv6 address, since a single home has many addresses in it. */
export function addressGroup(address: string): string {
  if (!ipaddr.isValid(address)) return address
  const parsed = ipaddr.process(address)
  return parsed.kind() === 'ipv4'
    ? parsed.toString()
    : `${ipaddr.IPv6.networkAddressFromCIDR(`${parsed.toString()}/64`).toString()}/64`
}
