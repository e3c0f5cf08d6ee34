/** Reads what staff type into the one field of the search for accounts. */
import { type Handle, normalizeDomain, parseHandle } from '../../platform/handle.ts'
import type { AccountFilter } from './find.ts'
import { searchedNetwork } from './networks.ts'

const maxLength = 300

/**
 * What a text asks for: `@a`, `@a@b.example` or `a@b.example`, which may also be a mail address; an address of clients or a network of
 * them; a host; or the beginning of a name. Empty for an empty text.
 *
 * @param handleHost the host of this server's handles
 */
export function readSearch(typed: string, handleHost: string): AccountFilter {
  const text = typed.trim().slice(0, maxLength)
  if (text === '') return {}
  if (searchedNetwork(text)) return { address: text }
  if (text.startsWith('@')) {
    const handle = parseHandle(text)
    return handle?.domain ? { handle: own(handle, handleHost) } : { username: text.slice(1) }
  }
  if (/^[^@\s]+@[^@\s]+$/.test(text)) {
    const handle = parseHandle(text)
    return handle ? { emailOrHandle: { email: text, handle: own(handle, handleHost) } } : { email: text }
  }
  // Usernames of people here have no dots, so a text with dots and nothing else is the name of a server.
  const host = /[.:]/.test(text) ? normalizeDomain(text) : null
  if (host === handleHost) return { origin: 'local' }
  return host && /\.[a-z]|:\d/.test(host) ? { domain: host } : { name: text }
}

const own = ({ username, domain }: Handle, handleHost: string): Handle => ({
  username,
  domain: domain === handleHost ? null : domain,
})
