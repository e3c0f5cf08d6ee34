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
