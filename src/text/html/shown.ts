import { LRUCache } from 'lru-cache'
import { sanitizeHtml, sanitizeOwnHtml } from './sanitize.ts'

/** Cleaning takes about 0.2 ms a status, and the same ones are shown again and again. Sizes are in UTF-16 units. */
const cleaned = { own: cache(), foreign: cache() }

function cache() {
  return new LRUCache<string, string>({
    maxSize: 4_000_000,
    sizeCalculation: (value, key) => value.length + key.length + 1,
  })
}

/** HTML from the database, made safe once more where it is shown: what was stored before a rule was tightened is held to it, too. */
export function shownHtml(html: string, isOwn: boolean): string {
  if (!/[<&]/.test(html)) return html
  const known = isOwn ? cleaned.own : cleaned.foreign
  const found = known.get(html)
  if (found !== undefined) return found
  const safe = isOwn ? sanitizeOwnHtml(html) : sanitizeHtml(html)
  known.set(html, safe)
  return safe
}
