/** The addresses that outgoing requests may connect to. */
import ipaddr from 'ipaddr.js'
import type { Cidr } from '../config.ts'
import { isWithin } from './client-address.ts'

/**
 * Whether an address belongs to the open internet. Everything else is refused: this machine, its networks, and the special
 * blocks that `ipaddr.js` knows, also when the address is written as an IPv4-mapped, NAT64, 6to4 or Teredo address.
 *
 * @see https://www.iana.org/assignments/iana-ipv6-special-registry
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false
  const parsed = ipaddr.process(address)
  // Addresses outside of 2000::/3 are not assigned; `range` calls them unicast, too.
  if (parsed.kind() === 'ipv6' && !parsed.match(globalUnicast)) return false
  return parsed.range() === 'unicast'
}

/**
 * Whether a connection may be made. Listed private addresses may be reached in any way, all others only by https on its
 * own port.
 */
export function mayDial(
  address: string,
  { protocol, port }: { protocol: string; port: number },
  listed: readonly Cidr[],
): boolean {
  if (isWithin(address, listed)) return true
  return protocol === 'https:' && port === 443 && isPublicAddress(address)
}

/** Whether a host name is reserved and never in use (RFC 6761). The servers of a demo have such names; they get no requests. */
export const isUnusableName = (hostname: string): boolean => /(?:^|\.)(?:example|invalid)\.?$/i.test(hostname)

const globalUnicast = ipaddr.parseCIDR('2000::/3')
