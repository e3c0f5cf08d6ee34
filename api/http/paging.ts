/** Pages of lists: `max_id`, `since_id`, `min_id` and `limit` in, a `Link` header (RFC 8288) out. */
import { z } from 'zod'
import type { Page } from '#src/platform/db/page.ts'
import type { ApiContext } from '../env.ts'
import { integer } from './numbers.ts'
import { isBlank, text } from './params.ts'

/** A position in a list. It need not be an existing id; it is capped at the largest possible id. */
export const cursor = () =>
  text().transform((value, context) => {
    if (isBlank(value)) return undefined
    if (/^\d{1,30}$/.test(value)) return BigInt(value) > maxCursor ? String(maxCursor) : String(BigInt(value))
    context.addIssue('is not an id')
    return z.NEVER
  })
const maxCursor = 2n ** 63n - 1n

/** As with Mastodon: ignores the sign, and is at most twice the default. */
export const limitOf = (usual: number, max = 2 * usual) =>
  integer()
    .optional()
    .transform((wanted) => Math.min(Math.abs(wanted ?? usual), max))

/** The offset of a page in a list without ids. */
export const offset = () =>
  integer()
    .optional()
    .refine((wanted) => wanted === undefined || wanted >= 0, { error: 'must not be negative', params: { isBad: true } })
    .transform((wanted) => Math.min(wanted ?? 0, 10_000))

/** The parameters of a list, to be spread into `params`. */
export const paged = (usual: number) => ({
  max_id: cursor().optional(),
  since_id: cursor().optional(),
  min_id: cursor().optional(),
  limit: limitOf(usual),
})

type Paged = { max_id?: string | undefined; since_id?: string | undefined; min_id?: string | undefined; limit: number }

export const toPage = ({ max_id: maxId, since_id: sinceId, min_id: minId, limit }: Paged): Page => ({
  maxId,
  sinceId,
  minId,
  limit,
})

/**
 * Adds the `Link` header of the next and previous page.
 *
 * @param cursors ids of the page's entries, newest first; in a list of relations, the ids of the relations
 * @param newer the parameter for newer entries: the nearest ones for statuses, the newest ones for accounts
 */
export function linkPage(
  c: ApiContext,
  page: Page,
  cursors: readonly string[],
  newer: 'min_id' | 'since_id' = 'min_id',
): void {
  const [first, last] = [cursors[0], cursors.at(-1)]
  const links: string[] = []
  // A page that isn't full is the last one: a `next` that never ends would have apps ask for ever.
  if (last !== undefined && cursors.length >= page.limit) links.push(`<${pageUrl(c, 'max_id', last)}>; rel="next"`)
  if (first !== undefined) links.push(`<${pageUrl(c, newer, first)}>; rel="prev"`)
  if (links.length > 0) c.header('Link', links.join(', '))
}

/**
 * The same for a list with `offset`.
 *
 * @param fixed parameters that all pages share, if they follow from the first request
 */
export function linkOffset(
  c: ApiContext,
  { limit, offset }: { limit: number; offset: number },
  found: number,
  fixed: Record<string, string> = {},
): void {
  const links: string[] = []
  if (found > 0 && found >= limit) links.push(`<${pageUrl(c, 'offset', String(offset + limit), fixed)}>; rel="next"`)
  if (offset > 0) links.push(`<${pageUrl(c, 'offset', String(Math.max(offset - limit, 0)), fixed)}>; rel="prev"`)
  if (links.length > 0) c.header('Link', links.join(', '))
}

/** The URL of a page, at the configured origin, with all other parameters kept but the token. */
function pageUrl(c: ApiContext, name: string, value: string, fixed: Record<string, string> = {}): string {
  const url = new URL(c.req.path, c.var.app.config.origin)
  const query = new URL(c.req.url).searchParams
  for (const other of ['max_id', 'since_id', 'min_id', 'access_token', 'bearer_token']) query.delete(other)
  for (const [key, one] of Object.entries({ ...fixed, [name]: value })) query.set(key, one)
  url.search = query.toString()
  return url.href
}
