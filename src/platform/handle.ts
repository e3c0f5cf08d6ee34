import { domainToASCII } from 'node:url'

/** A handle, `@username@domain`; a null domain stands for this server. The username keeps its case, which does not count in comparisons. */
export type Handle = { username: string; domain: string | null }

/** The characters of a host before IDNA, which maps the dots of East Asian keyboards. */
const writtenHost = /^[\p{L}\p{M}\p{N}\p{Join_Control}_.。．｡-]+$/u
const label = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/

/** Port of https. Handles are always looked up by https. */
const defaultPort = 443

/**
 * Parses `alice`, `@alice`, `@alice@social.example` or `acct:alice@social.example`.
 * Null for any other text, so that search boxes may try it on anything.
 */
export function parseHandle(text: string): Handle | null {
  const trimmed = text.trim()
  if (trimmed.length > 400) return null
  const bare = trimmed.replace(/^acct:/i, '').replace(/^@/, '')
  const at = bare.indexOf('@')
  const username = at === -1 ? bare : bare.slice(0, at)
  if (!/^[A-Za-z0-9_.-]{1,64}$/.test(username)) return null
  if (at === -1) return { username, domain: null }
  const domain = normalizeDomain(bare.slice(at + 1))
  return domain === null ? null : { username, domain }
}

/**
 * The form in which hosts are stored and compared: lower case, A-label, no final dot, with a port unless it is the port of https.
 * Null for a text that is not a host.
 */
export function normalizeDomain(host: string): string | null {
  if (host.length > 300) return null
  const [, written, digits] = /^([^:]+)(?::(\d{1,5}))?$/.exec(host.trim()) ?? []
  if (written === undefined || !writtenHost.test(written)) return null
  const ascii = domainToASCII(written.replace(/[.。．｡]$/u, '')).toLowerCase()
  if (ascii === '' || ascii.length > 253 || !ascii.split('.').every((part) => label.test(part))) return null
  if (digits === undefined) return ascii
  const port = Number(digits)
  if (port < 1 || port > 65_535) return null
  return port === defaultPort ? ascii : `${ascii}:${port}`
}
