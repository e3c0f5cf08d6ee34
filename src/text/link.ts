import { normalizeDomain } from '../platform/handle.ts'
import { otherSchemes } from '../platform/web-url.ts'
import { charBefore, hostEnd, portEnd } from './host.ts'

/** A URL in running text: `text` is its spelling, `url` is for `href`. */
export type LinkToken = { type: 'link'; text: string; url: string }

/** A text that begins like a URL but is none. All of it is text, so that it is not scanned again. */
export type NoLinkToken = { type: 'text'; text: string }

/** Longer URLs stay text. */
const maxUrlLength = 2048

const scheme = /https?:\/\//iy
/** The characters after schemes without a host; other schemes have `://`. */
const withoutHost: Partial<Record<(typeof otherSchemes)[number], string>> = { magnet: ':\\?', xmpp: ':' }
const otherBegins = otherSchemes.map((scheme) => scheme + (withoutHost[scheme] ?? ':\\/\\/')).join('|')
const otherScheme = new RegExp(otherBegins, 'iy')
/** The beginnings of links, as part of a regular expression. */
export const linkBegins = `https?:\\/\\/|${otherBegins}`

/** Before a URL these make it part of another word. Other scripts write URLs without a space before them. */
const joinsBefore = /[A-Za-z0-9@$#]/

/**
 * Characters that end a URL: blanks, controls, characters that are always escaped in URLs, invisible ones that reorder text,
 * and the brackets, quotes and full stops of scripts that put no space after a URL.
 */
const stop =
  /[\s\p{Cc}<>"`\\\u200B\u200E\u200F\u2028-\u202E\u2060-\u206F«»“”\u3001\u3002\u3008-\u3011\u3014-\u301F！（），：；？［］｛｝\uFF5F-\uFF64]/u

/** The bulk of a URL, matched at once because that is quick. */
const plain = /[A-Za-z0-9/:._~%=&?#-]{1,2048}/y

/** Punctuation that belongs to the sentence when it ends the URL. */
const trailing = /[.,;:!?'*_~([…‘’،؛؟।॥۔]/u

/** A password, after a name that looked like a host. */
const userinfo = /^:[^\s/?#@]*@/

const closers: Record<string, string> = { ')': '(', ']': '[' }

/** The link that starts at `start`, or a text that only looks like one; null for neither. Reads at most the link itself. */
export const linkAt = (text: string, start: number): LinkToken | NoLinkToken | null =>
  webLinkAt(text, start) ?? otherLinkAt(text, start)

/** Links of protocols that have hosts of another kind, or none. */
function otherLinkAt(text: string, start: number): LinkToken | NoLinkToken | null {
  otherScheme.lastIndex = start
  const prefix = otherScheme.exec(text)?.[0]
  if (prefix === undefined || joinsBefore.test(charBefore(text, start))) return null
  const end = pathEnd(text, start + prefix.length)
  const written = text.slice(start, end)
  if (written.length > maxUrlLength || !/[\p{L}\p{N}]/u.test(written.slice(prefix.length)) || !URL.canParse(written))
    return { type: 'text', text: written }
  return { type: 'link', text: written, url: href(written) }
}

function webLinkAt(text: string, start: number): LinkToken | NoLinkToken | null {
  scheme.lastIndex = start
  const prefix = scheme.exec(text)?.[0]
  if (prefix === undefined || joinsBefore.test(charBefore(text, start))) return null

  const hostStart = start + prefix.length
  const hostStop = hostEnd(text, hostStart)
  const domain = normalizeDomain(text.slice(hostStart, hostStop))
  if (domain === null || !(domain.includes('.') || domain === 'localhost')) return null

  const authorityEnd = portEnd(text, hostStop)
  // User names before the host exist to deceive: https://bank.example@evil.example
  if (text.charAt(authorityEnd) === '@' || userinfo.test(text.slice(authorityEnd, authorityEnd + 100))) return null

  const end = /[/?#]/.test(text.charAt(authorityEnd)) ? pathEnd(text, authorityEnd) : authorityEnd
  const written = text.slice(start, end)
  if (written.length > maxUrlLength || !URL.canParse(written)) return { type: 'text', text: written }
  return { type: 'link', text: written, url: href(written) }
}

/** The end of path, query and fragment: before a closing bracket that was not opened inside, and before trailing punctuation. */
function pathEnd(text: string, start: number): number {
  const open: Record<string, number> = { '(': 0, '[': 0 }
  let end = start
  while (end < text.length) {
    plain.lastIndex = end
    const run = plain.exec(text)?.[0].length ?? 0
    if (run > 0) {
      end += run
      continue
    }
    const char = text.charAt(end)
    if (stop.test(char)) break
    const opener = closers[char]
    if (opener !== undefined) {
      const depth = open[opener] ?? 0
      if (depth === 0) break
      open[opener] = depth - 1
    } else if (char in open) {
      open[char] = (open[char] ?? 0) + 1
    }
    end += 1
  }
  while (end > start + 1 && trailing.test(text.charAt(end - 1))) end -= 1
  return end
}

/** An ASCII URL stays unchanged, so that apps find it in the text; others become a URI (RFC 3987, section 3.1). */
function href(written: string): string {
  return /^[!-~]+$/.test(written) ? written : new URL(written).href
}

/** A link's text in three parts: the hidden beginning, at most 30 visible characters, the hidden end. */
export function linkParts(written: string): { before: string; shown: string; after: string } {
  const before = /^https?:\/\/(?:www\.)?/i.exec(written)?.[0] ?? ''
  const rest = written.slice(before.length)
  const shown = Array.from(rest.slice(0, 60)).slice(0, 30).join('')
  return { before, shown, after: rest.slice(shown.length) }
}
