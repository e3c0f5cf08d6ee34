/** Redirect URIs: the addresses of apps that may receive a code. */

/** Stands for no address: a page shows the code, and the person copies it. */
export const outOfBand = 'urn:ietf:wg:oauth:2.0:oob'

const maxLength = 2_000
const maxCount = 20

/** Schemes by which a browser runs code or reads files. */
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
 * The redirect URIs of a registration, unchanged, since they are compared byte by byte later.
 * Null when there is none, or one is not allowed.
 *
 * @param entries each with one or more URIs, separated by whitespace
 */
export function parseRedirectUris(entries: readonly string[]): string[] | null {
  const uris = [...new Set(entries.flatMap((entry) => entry.split(/\s+/)).filter((uri) => uri !== ''))]
  return uris.length > 0 && uris.length <= maxCount && uris.every(isAllowed) ? uris : null
}

/** Allowed are https, http on the device itself, an app's own scheme (RFC 8252, 7), and out of band. */
function isAllowed(uri: string): boolean {
  if (uri === outOfBand) return true
  // Only characters that are safe in a header.
  if (uri.length > maxLength || !/^[!-~]+$/.test(uri) || !URL.canParse(uri)) return false
  const { protocol, hostname, hash, username, password } = new URL(uri)
  if (hash !== '' || username !== '' || password !== '' || dangerous.has(protocol)) return false
  if (protocol === 'https:') return true
  if (protocol === 'http:') return loopback.has(hostname)
  return !['ftp:', 'ws:', 'wss:', 'mailto:', 'tel:', 'sms:', 'urn:'].includes(protocol)
}
