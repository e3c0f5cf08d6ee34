/** Trending statuses as moderators see them, including those that are not shown to others. */
import { and, desc, eq, isNull, sql } from 'drizzle-orm'
import { requirePermission, type Staff } from '../accounts/roles/staff.ts'
import type { Reader, Tx } from '../platform/db/index.ts'
import { statuses } from '../platform/db/schema/statuses.ts'
import { trendingStatuses } from '../platform/db/schema/trends.ts'
import { notFound } from '../platform/errors.ts'
import type { StatusId } from '../platform/ids.ts'

/** `decision`: whether a moderator allowed it; null: not decided. */
export type ScoredStatus = { id: StatusId; decision: boolean | null; isShown: boolean }

/** The trending statuses, the highest score first. @throws Refusal `not_permitted` */
export async function scoredStatuses(db: Reader, staff: Staff, limit: number, offset = 0): Promise<ScoredStatus[]> {
  requirePermission(staff, 'manage_taxonomies')
  return db
    .select({ id: statuses.id, decision: statuses.isTrendable, isShown: trendingStatuses.isAllowed })
    .from(trendingStatuses)
    .innerJoin(statuses, eq(statuses.id, trendingStatuses.statusId))
    .where(isNull(statuses.deletedAt))
    .orderBy(desc(trendingStatuses.score), statuses.id)
    .limit(limit)
    .offset(offset)
}

/** Allows or forbids a public status to trend. @throws Refusal `not_found` */
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
