/** Which addresses outgoing requests may be dialled at. */
import ipaddr from 'ipaddr.js'
import type { Cidr } from '../config.ts'
import { isWithin } from './client-address.ts'

/**
 * Whether an address belongs to the open internet. Everything else is refused: this machine, its networks, and what has a
 * special meaning, also when it is written as an IPv4-mapped, NAT64, 6to4 or Teredo address.
 *
 * @see https://www.iana.org/assignments/iana-ipv6-special-registry
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false
  const parsed = ipaddr.process(address)
  // Beyond 2000::/3 no address has been given out; `range` calls those unicast, too.
  if (parsed.kind() === 'ipv6' && !parsed.match(globalUnicast)) return false
  return parsed.range() === 'unicast' && !isWithin(address, overlooked)
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

/** Names that are nobody's, now and for ever (RFC 6761), and that the servers of a demo have: nothing is asked of them. */
export const isUnusableName = (hostname: string): boolean => /(?:^|\.)(?:example|invalid)\.?$/i.test(hostname)

const globalUnicast = ipaddr.parseCIDR('2000::/3')

/** Special blocks that the library does not tell from others. */
const overlooked: Cidr[] = [
  '0.0.0.0/8',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '240.0.0.0/4',
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '3fff::/20',
].map((block) => ipaddr.parseCIDR(block))
