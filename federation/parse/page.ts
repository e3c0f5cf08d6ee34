import { webUrl } from '#src/html/web-url.ts'
import type { HttpResponse } from '#src/http/client.ts'

const maxScanned = 200_000

/** The ActivityStreams document that a page for people names as its other form, in a header or in its head. Null for none. */
export function htmlAlternate(page: HttpResponse): string | null {
  for (const link of (page.headers.get('link') ?? '').split(/,\s*(?=<)/).slice(0, 32)) {
    const href = /^\s*<([^>]*)>/.exec(link)?.[1]
    if (href !== undefined && /;\s*rel="?alternate"?/i.test(link) && isActivityType(link)) return absolute(href, page.url)
  }
  if (!/^text\/html\b/i.test(page.headers.get('content-type') ?? '')) return null
  for (const [tag] of page.body.toString().slice(0, maxScanned).matchAll(/<link\s[^>]{1,2000}>/gi)) {
    const href = attribute(tag, 'href')
    if (href !== null && attribute(tag, 'rel')?.toLowerCase() === 'alternate' && isActivityType(attribute(tag, 'type') ?? '')) return absolute(href, page.url)
  }
  return null
}

const isActivityType = (text: string): boolean => /application\/(activity\+json|ld\+json;\s*profile=)/i.test(text)

function attribute(tag: string, name: string): string | null {
  const [, quoted, single, bare] = new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s"'>]+))`, 'i').exec(tag) ?? []
  const value = quoted ?? single ?? bare
  return value === undefined ? null : value.replaceAll('&amp;', '&').replaceAll('&quot;', '"').trim()
}

const absolute = (href: string, base: string): string | null => (URL.canParse(href, base) ? webUrl(new URL(href, base).href) : null)
