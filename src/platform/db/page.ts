/** Pages of lists that run newest first by id, as Mastodon's `max_id`, `since_id` and `min_id` ask for them. */
import { and, asc, desc, gt, lt, type AnyColumn, type Placeholder, type SQL, sql } from 'drizzle-orm'
import { unseen } from './statement.ts'

/** `maxId`: older than. `sinceId`: newer than, the newest of them. `minId`: newer than, the nearest of them. */
export type Page = {
  maxId?: string | undefined
  sinceId?: string | undefined
  minId?: string | undefined
  limit: number
}

/** Newer than every id. */
export const maxBigint = String(2n ** 63n - 1n)

/** What cuts a page out of a query, to be followed by `settle`: condition, order, and how many rows to read at most. */
export function slice(
  column: AnyColumn,
  page: Page,
): { where: SQL | undefined; orderBy: SQL; limit: SQL & Placeholder } {
  const above = page.minId ?? page.sinceId
  return {
    where: and(page.maxId ? lt(column, unseen(page.maxId)) : undefined, above ? gt(column, unseen(above)) : undefined),
    orderBy: page.minId ? asc(column) : desc(column),
    limit: roundLimit(page.limit),
  }
}

/** From here on, limits are doubled for the next one. */
const smallestLimit = 5

/**
 * A limit as a number in the statement's text, the same for about as many rows. Where it is a parameter, PostgreSQL expects a tenth of
 * all rows to be read, finds any plan that it could keep too dear, and plans each time anew. Drizzle takes SQL for a limit as well as
 * placeholders, but doesn't say so.
 */
const roundLimit = (limit: number): SQL & Placeholder => sql.raw(String(roundedLimit(limit))) as SQL & Placeholder

function roundedLimit(limit: number): number {
  let rounded = smallestLimit
  while (rounded < limit) rounded *= 2
  return rounded
}

export type Cursors = { maxId: string | null; sinceId: string | null; minId: string | null }

/** The values of a page, for a statement that is built once. */
export const cursorsOf = ({ maxId, sinceId, minId }: Page): Cursors => ({
  maxId: maxId ?? null,
  sinceId: sinceId ?? null,
  minId: minId ?? null,
})

/** The shape of a page: a name for it, and the page with placeholders for its values. */
export function shapeOf({ maxId, sinceId, minId, limit }: Page): { name: string; of: (values: Cursors) => Page } {
  const has = { maxId: Boolean(maxId), sinceId: Boolean(sinceId), minId: Boolean(minId) }
  const name = [
    ...Object.entries(has).flatMap(([cursor, isGiven]) => (isGiven ? cursor : [])),
    roundedLimit(limit),
  ].join(' ')
  const pick = (values: Cursors, cursor: keyof Cursors) => (has[cursor] ? (values[cursor] ?? undefined) : undefined)
  return {
    name,
    of: (values) => ({
      maxId: pick(values, 'maxId'),
      sinceId: pick(values, 'sinceId'),
      minId: pick(values, 'minId'),
      limit,
    }),
  }
}

/** The rows of a page, newest first, whichever way they were read. */
export function settle<Row>(page: Page, rows: Row[]): Row[] {
  const cut = rows.slice(0, page.limit)
  return page.minId ? cut.toReversed() : cut
}
