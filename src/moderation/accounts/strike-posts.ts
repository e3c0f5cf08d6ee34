/** What strikes keep of the posts that they deleted or changed: written with the strike, read by its person and by staff. */
import { sql } from 'drizzle-orm'
import { isOneOfIds } from '../../platform/db/arrays.ts'
import { deleteSome } from '../../platform/db/delete-some.ts'
import type { Reader, Tx } from '../../platform/db/index.ts'
import { strikePosts, type StruckStatus } from '../../platform/db/schema/moderation.ts'
import { firstIdAt, type StatusId, type StrikeId } from '../../platform/ids.ts'
import { dayMs } from '../../platform/time.ts'

/** What is kept of a post. */
export type KeptWords = StruckStatus

/** Long enough for an appeal, and for staff to see what a later strike repeats. */
const strikePostsDays = 365

/** Stores the words of those posts that a strike is about, as they were before it. */
export async function keepPosts(
  tx: Tx,
  strikeId: StrikeId,
  words: readonly StruckStatus[],
  statusIds: readonly StatusId[],
): Promise<void> {
  const posts = words.filter(({ id }) => statusIds.includes(id))
  if (posts.length > 0) await tx.insert(strikePosts).values({ strikeId, posts })
}

/** What some strikes keep. A strike that keeps nothing is left out. The caller has checked who may read it. */
export async function loadKeptPosts(
  db: Reader,
  strikeIds: readonly StrikeId[],
): Promise<Map<StrikeId, StruckStatus[]>> {
  if (strikeIds.length === 0) return new Map()
  const rows = await db
    .select()
    .from(strikePosts)
    .where(isOneOfIds(strikePosts.strikeId, [...strikeIds]))
  return new Map(rows.map(({ strikeId, posts }) => [strikeId, posts]))
}

/** Forgets up to `limit` of what strikes of more than a year ago keep; returns their number. */
export async function forgetKeptPosts(tx: Tx, limit: number): Promise<number> {
  // Ids go by time, so that the primary key finds them.
  const first = firstIdAt<StrikeId>(new Date(Date.now() - strikePostsDays * dayMs))
  return (await deleteSome(tx, 'strike_posts', sql`strike_id < ${first}::bigint`, limit, { skipsLocked: true })).length
}
