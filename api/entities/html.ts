import { LRUCache } from 'lru-cache'
import { sanitizeHtml, sanitizeOwnHtml } from '#src/html/sanitize.ts'

/** Cleaning takes a parser two passes, and the same statuses are asked for again and again. Counted in UTF-16 units. */
const cleaned = { own: cache(), foreign: cache() }

function cache() {
  return new LRUCache<string, string>({ maxSize: 4_000_000, sizeCalculation: (value, key) => value.length + key.length + 1 })
}

/** HTML from the database, made safe once more: what was stored before a rule was tightened is held to it, too. */
export function toHtml(html: string, isLocal: boolean): string {
  if (!/[<&]/.test(html)) return html
  const known = isLocal ? cleaned.own : cleaned.foreign
  const found = known.get(html)
  if (found !== undefined) return found
  const safe = isLocal ? sanitizeOwnHtml(html) : sanitizeHtml(html)
  known.set(html, safe)
  return safe
}
