/** Statuses among the trends as moderators see them: also those that nobody else sees there. */
import { and, desc, eq, isNull, sql } from 'drizzle-orm'
import type { Reader, Tx } from '../platform/db/index.ts'
import { statuses } from '../platform/db/schema/statuses.ts'
import { trendingStatuses } from '../platform/db/schema/trends.ts'
import { notFound } from '../platform/errors.ts'
import type { StatusId } from '../platform/ids.ts'

/** `decision`: what a moderator said of it; null: nothing yet. */
export type ScoredStatus = { id: StatusId; decision: boolean | null; isShown: boolean }

/** Those that trend, the highest score first. */
export async function scoredStatuses(db: Reader, limit: number): Promise<ScoredStatus[]> {
  return db
    .select({ id: statuses.id, decision: statuses.isTrendable, isShown: trendingStatuses.isAllowed })
    .from(trendingStatuses)
    .innerJoin(statuses, eq(statuses.id, trendingStatuses.statusId))
    .where(isNull(statuses.deletedAt))
    .orderBy(desc(trendingStatuses.score), statuses.id)
    .limit(limit)
}

/** Lets a public status trend, or never. @throws Refusal `not_found` */
export async function decideStatus(tx: Tx, id: StatusId, isTrendable: boolean): Promise<void> {
  const isPublic = and(eq(statuses.visibility, 'public'), isNull(statuses.reblogOfId), isNull(statuses.deletedAt))
  const decided = await tx
    .update(statuses)
    .set({ isTrendable })
    .where(and(eq(statuses.id, id), isPublic))
    .returning({ id: statuses.id })
  if (decided.length === 0) throw notFound()
  await tx.execute(sql`update trending_statuses set is_allowed = ${isTrendable} where status_id = ${id}`)
}
