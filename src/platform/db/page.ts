/** Pages of lists, newest first by id, as selected by Mastodon's `max_id`, `since_id` and `min_id`. */
import { and, asc, desc, gt, lt, type AnyColumn, type Placeholder, type SQL, sql } from 'drizzle-orm'
import { unseen } from './statement.ts'

/** `maxId`: rows older than it. `sinceId`: the newest rows that are newer than it. `minId`: the oldest rows that are newer than it. */
export type Page = {
  maxId?: string | undefined
  sinceId?: string | undefined
  minId?: string | undefined
  limit: number
}

/** An id that is newer than every other. */
export const maxBigint = String(2n ** 63n - 1n)

/** The parts of a query that select a page: condition, order and limit, which may be larger than the page. `settle` the rows afterwards. */
export function slice(
  column: AnyColumn,
  page: Page,
): { where: SQL | undefined; orderBy: SQL; limit: SQL & Placeholder } {
  const above = page.minId ?? page.sinceId
  return {
    where: and(page.maxId ? lt(column, unseen(page.maxId)) : undefined, above ? gt(column, unseen(above)) : undefined),
    orderBy: page.minId ? asc(column) : desc(column),
    limit: limitSql(page.limit),
  }
}

/** Each larger limit is twice the one before. */
const smallestLimit = 5

/**
 * A limit as a number in the statement's text, rounded up so that similar limits share a text. With a parameter instead, PostgreSQL
 * expects to read a tenth of all rows, finds any plan that it could keep too expensive, and plans each time. Drizzle takes SQL for a
 * limit as well as placeholders, but its types don't say so.
 */
const limitSql = (limit: number): SQL & Placeholder => sql.raw(String(roundedLimit(limit))) as SQL & Placeholder

function roundedLimit(limit: number): number {
  let rounded = smallestLimit
  while (rounded < limit) rounded *= 2
  return rounded
}

export type Cursors = { maxId: string | null; sinceId: string | null; minId: string | null }

/** The cursors of a page, as values for a statement that is built once. */
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

/** Cuts rows to a page and sorts them newest first, in whichever order they were read. */
export function settle<Row>(page: Page, rows: Row[]): Row[] {
  const cut = rows.slice(0, page.limit)
  return page.minId ? cut.toReversed() : cut
}
