/** Longer addresses are no links. */
export const maxUrlLength = 4096

/**
 * An absolute http or https URL that may stand in `href`, or null for anything else.
 * Printable ASCII comes back as it was, so that apps can compare it with the URLs in entities; the rest as the URL standard writes it.
 */
export function webUrl(href: string): string | null {
  const written = href.trim()
  if (written.length > maxUrlLength || !/^https?:\/\//i.test(written)) return null
  const url = URL.parse(written)
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) return null
  return /^[!#-;=?-[\]-_a-~]+$/.test(written) ? written : url.href
}

/** Protocols besides http and https whose addresses may stand in `href`: the list of Mastodon. None of them runs anything in a page. */
export const otherSchemes = ['dat', 'dweb', 'ipfs', 'ipns', 'ssb', 'gopher', 'xmpp', 'magnet', 'gemini'] as const

const isOther = (written: string): boolean => {
  const colon = written.indexOf(':')
  return (
    colon > 0 &&
    colon < written.length - 1 &&
    (otherSchemes as readonly string[]).includes(written.slice(0, colon).toLowerCase())
  )
}

/** An address that a link in a text may lead to, written as `webUrl` does; null for anything else. */
export function linkUrl(href: string): string | null {
  const written = href.trim()
  if (written.length > maxUrlLength || !isOther(written)) return webUrl(written)
  const url = URL.parse(written)
  return url && (/^[!#-;=?-[\]-_a-~]+$/.test(written) ? written : url.href)
}
