import type { HttpResponse } from '#src/platform/http/client.ts'
import { maxUrlLength, webUrl } from '#src/platform/web-url.ts'
import { readTags } from '#src/text/html/tags.ts'

const maxScanned = 200_000

/** The ActivityStreams document that an HTML page links as its alternate, in a header or in its head. Null for none. */
export function htmlAlternate(page: HttpResponse): string | null {
  for (const link of (page.headers.get('link') ?? '').split(/,\s*(?=<)/).slice(0, 32)) {
    const href = /^\s*<([^>]*)>/.exec(link)?.[1]
    if (href !== undefined && /;\s*rel="?alternate"?/i.test(link) && isActivityType(link))
      return absolute(href, page.url)
  }
  if (!/^text\/html\b/i.test(page.headers.get('content-type') ?? '')) return null
  let found: string | undefined
  readTags(page.body.toString().slice(0, maxScanned), {
    onOpen(name, { href, rel, type = '' }) {
      if (name === 'link' && rel?.trim().toLowerCase() === 'alternate' && isActivityType(type)) found ??= href?.trim()
    },
  })
  return found === undefined ? null : absolute(found, page.url)
}

const isActivityType = (text: string): boolean => /application\/(activity\+json|ld\+json;\s*profile=)/i.test(text)

function absolute(href: string, base: string): string | null {
  const url = href.length <= maxUrlLength ? URL.parse(href, base) : null
  return url && webUrl(url.href)
}
