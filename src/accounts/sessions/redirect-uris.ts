/** Where apps may be sent back to with a code. */

/** Instead of an address: the code is shown on a page, for the person to copy. */
export const outOfBand = 'urn:ietf:wg:oauth:2.0:oob'

const maxLength = 2_000
const maxCount = 20

/** Schemes that a browser runs, or reads files by. */
const dangerous = new Set([
  'javascript:',
  'data:',
  'vbscript:',
  'blob:',
  'file:',
  'about:',
  'view-source:',
  'filesystem:',
])
const loopback = new Set(['localhost', '127.0.0.1', '[::1]'])

/**
 * The redirect URIs of a registration, as they were written, since they are compared byte by byte later.
 * Null when there is none, or one that can't be allowed.
 *
 * @param given one URI an entry or a line
 */
export function parseRedirectUris(given: readonly string[]): string[] | null {
  const uris = [...new Set(given.flatMap((entry) => entry.split(/\s+/)).filter((uri) => uri !== ''))]
  return uris.length > 0 && uris.length <= maxCount && uris.every(isAllowed) ? uris : null
}

/** https, http on the device itself, a scheme that an app claimed for itself (RFC 8252, 7), or out of band. */
function isAllowed(uri: string): boolean {
  if (uri === outOfBand) return true
  // Only what may stand in a header as it is.
  if (uri.length > maxLength || !/^[!-~]+$/.test(uri) || !URL.canParse(uri)) return false
  const { protocol, hostname, hash, username, password } = new URL(uri)
  if (hash !== '' || username !== '' || password !== '' || dangerous.has(protocol)) return false
  if (protocol === 'https:') return true
  if (protocol === 'http:') return loopback.has(hostname)
  return !['ftp:', 'ws:', 'wss:', 'mailto:', 'tel:', 'sms:', 'urn:'].includes(protocol)
}
