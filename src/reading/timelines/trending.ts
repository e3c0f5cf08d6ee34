import { and, eq, sql } from 'drizzle-orm'
import type { Reader } from '../../platform/db/index.ts'
import { statuses } from '../../platform/db/schema/statuses.ts'
import { trendingStatuses } from '../../platform/db/schema/trends.ts'
import type { AccountId, StatusId } from '../../platform/ids.ts'
import { notMutedBy, visibleTo } from '../../statuses/access/visibility.ts'

/** Ids of trending statuses, highest score first, without statuses by accounts that the viewer mutes or blocks. */
export async function trendingTimeline(
  db: Reader,
  viewer: AccountId | null,
  { limit, offset }: { limit: number; offset: number },
): Promise<StatusId[]> {
  const rows = await db
    .select({ id: statuses.id })
    .from(trendingStatuses)
    .innerJoin(statuses, eq(statuses.id, trendingStatuses.statusId))
    .where(and(trendingStatuses.isAllowed, visibleTo(viewer), viewer ? notMutedBy(viewer) : undefined))
    .orderBy(sql`${trendingStatuses.score} desc`, statuses.id)
    .limit(limit)
    .offset(offset)
  return rows.map(({ id }) => id)
}
