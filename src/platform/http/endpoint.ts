import type { Config } from '../config.ts'
import { mayDial } from './addresses.ts'

const maxLength = 2_048

/**
 * Whether a URL may be an address that this server sends to, as people choose it for push services and webhooks. Host names are
 * resolved when the connection is made, and refused there if they lead into the server's own network.
 */
export function isEndpoint({ allowPrivateAddresses }: Pick<Config, 'allowPrivateAddresses'>, text: string): boolean {
  const url = text.length <= maxLength && !/[\s\p{C}]/u.test(text) ? URL.parse(text) : null
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:') || url.username || url.password) return false
  const target = { protocol: url.protocol, port: Number(url.port) || (url.protocol === 'https:' ? 443 : 80) }
  const host = url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '')
  const address = host === 'localhost' || host.endsWith('.localhost') ? '127.0.0.1' : host
  const isName = !/^[\d.]+$|:/.test(address)
  return isName
    ? target.protocol === 'https:' && target.port === 443 && address.includes('.')
    : mayDial(address, target, allowPrivateAddresses)
}
