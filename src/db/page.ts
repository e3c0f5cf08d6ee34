/** Pages of lists that run newest first by id, as Mastodon's `max_id`, `since_id` and `min_id` ask for them. */
import { and, asc, desc, gt, lt, type AnyColumn, type SQL } from 'drizzle-orm'

/** `maxId`: older than. `sinceId`: newer than, the newest of them. `minId`: newer than, the nearest of them. */
export type Page = { maxId?: string | undefined; sinceId?: string | undefined; minId?: string | undefined; limit: number }

/** Newer than every id. */
export const maxBigint = String(2n ** 63n - 1n)

/** Condition and order that cut a page out of a query, to be followed by `settle`. */
export function slice(column: AnyColumn, page: Page): { where: SQL | undefined; orderBy: SQL } {
  const above = page.minId ?? page.sinceId
  return {
    where: and(page.maxId ? lt(column, page.maxId) : undefined, above ? gt(column, above) : undefined),
    orderBy: page.minId ? asc(column) : desc(column),
  }
}

/** The rows of a page, newest first, whichever way they were read. */
export function settle<Row>(page: Page, rows: Row[]): Row[] {
  return page.minId ? rows.toReversed() : rows
}
