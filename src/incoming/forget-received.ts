/**
 * Deletes records of received activities once no server repeats them any more. Their table has no index on the time:
 * each run scans a part of it, from where the last run ended. A B-tree would take as much space as a third of the
 * table. A BRIN index keeps the oldest time of pages that were emptied and filled again, so that all pages would be
 * scanned.
 */
import { sql } from 'drizzle-orm'
import { deleteSome } from '../platform/db/delete-some.ts'
import type { Tx } from '../platform/db/index.ts'
import { readValue, writeValue } from '../platform/db/kv.ts'

const keptDays = 30
/** Pages of 8 kB that one statement scans: at most about 10,000 rows. */
const pagesAtOnce = 64
const mostRowsOfPage = 160
/** Hourly runs that scan a large table once; a small table is scanned by each run. */
const runsOfRound = 24
const smallestPart = 640
const placeKey = 'round received-activities'

/** Pages left of a run's part. */
export type Round = { pagesLeft?: number }

/** Scans the next pages; returns the number of deleted rows, and whether this run's part has more pages. */
export async function forgetReceived(tx: Tx, round: Round): Promise<{ count: number; hasMore: boolean }> {
  const { rows } = await tx.execute<{ pages: number }>(
    sql`select (pg_relation_size('received_activities') / current_setting('block_size')::int)::int as pages`,
  )
  const pages = rows[0]?.pages ?? 0
  const place = await readValue(tx, placeKey)
  const from = typeof place === 'number' && place < pages ? place : 0
  const to = from + pagesAtOnce
  const gone = await deleteSome(
    tx,
    'received_activities',
    sql`ctid >= ${`(${from},0)`}::tid and ctid < ${`(${to},0)`}::tid and received_at < now() - ${keptDays}::int * interval '1 day'`,
    pagesAtOnce * mostRowsOfPage,
    { skipsLocked: true },
  )
  const isAtEnd = to >= pages
  await writeValue(tx, placeKey, isAtEnd ? 0 : to, null)
  round.pagesLeft = (round.pagesLeft ?? Math.max(smallestPart, Math.ceil(pages / runsOfRound))) - pagesAtOnce
  return { count: gone.length, hasMore: !isAtEnd && round.pagesLeft > 0 }
}
