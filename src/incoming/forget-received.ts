/**
 * Forgets which activities took effect once nobody repeats them any more. Their table has no index on the time: each run looks
 * through a part of it, where the one before ended. A B-tree would be as large again as a third of the table; a BRIN index
 * says of pages that were emptied and filled again that their oldest row is still there, so that all of them would be looked through.
 */
import { sql } from 'drizzle-orm'
import type { Tx } from '../platform/db/index.ts'
import { readValue, writeValue } from '../platform/db/kv.ts'
import { deleteSome } from '../platform/db/some.ts'

const keptDays = 30
/** Pages of 8 kB that a statement looks through: no more than ten thousand rows. */
const pagesAtOnce = 64
const mostRowsOfPage = 160
/** Runs, of one an hour, in which a large table is looked through; a smaller one is in each. */
const runsOfRound = 24
const smallestPart = 640
const placeKey = 'round received-activities'

/** What is left of a run's part, in pages. */
export type Round = { pagesLeft?: number }

/** Looks through the next pages; returns how many rows went, and whether this run's part has more pages. */
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
