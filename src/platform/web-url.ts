/** Longer addresses are no links. */
export const maxUrlLength = 4096

/**
 * An absolute http or https URL that may stand in `href`, or null for anything else.
 * A URL of printable ASCII is returned unchanged, so that apps can compare it with the URLs in entities. Others are normalized by the URL standard.
 */
export function webUrl(href: string): string | null {
  const written = href.trim()
  if (written.length > maxUrlLength || !/^https?:\/\//i.test(written)) return null
  const url = URL.parse(written)
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) return null
  return /^[!#-;=?-[\]-_a-~]+$/.test(written) ? written : url.href
}

/** Protocols besides http and https that are allowed in `href`: Mastodon's list. None of them runs anything in a page. */
export const otherSchemes = ['dat', 'dweb', 'ipfs', 'ipns', 'ssb', 'gopher', 'xmpp', 'magnet', 'gemini'] as const

const hasOtherScheme = (written: string): boolean => {
  const colon = written.indexOf(':')
  return (
    colon > 0 &&
    colon < written.length - 1 &&
    (otherSchemes as readonly string[]).includes(written.slice(0, colon).toLowerCase())
  )
}

/** An address that a link in a text may lead to, normalized as by `webUrl`; null for anything else. */
export function linkUrl(href: string): string | null {
  const written = href.trim()
  if (written.length > maxUrlLength || !hasOtherScheme(written)) return webUrl(written)
  const url = URL.parse(written)
  return url && (/^[!#-;=?-[\]-_a-~]+$/.test(written) ? written : url.href)
}
