import { LRUCache } from 'lru-cache'
import { sanitizeHtml, sanitizeOwnHtml } from './sanitize.ts'

/** Sanitising takes about 0.2 ms a status, and the same ones are shown again and again. Sizes are in UTF-16 units. */
const sanitized = { own: cache(), foreign: cache() }

function cache() {
  return new LRUCache<string, string>({
    maxSize: 4_000_000,
    sizeCalculation: (value, key) => value.length + key.length + 1,
  })
}

/** HTML from the database, sanitised again where it is shown, so that stricter rules hold for older rows, too. */
export function shownHtml(html: string, isOwn: boolean): string {
  if (!/[<&]/.test(html)) return html
  const results = isOwn ? sanitized.own : sanitized.foreign
  const cached = results.get(html)
  if (cached !== undefined) return cached
  const safe = isOwn ? sanitizeOwnHtml(html) : sanitizeHtml(html)
  results.set(html, safe)
  return safe
}
