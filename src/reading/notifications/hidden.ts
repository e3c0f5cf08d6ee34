import { and, gt, isNotNull, sql } from 'drizzle-orm'
import type { Reader } from '../../platform/db/index.ts'
import { notifications } from '../../platform/db/schema/notifications.ts'
import type { AccountId, StatusId } from '../../platform/ids.ts'
import { loadFilters } from '../../statuses/views/filters.ts'
import { type NotificationFilter, shownTo } from './conditions.ts'
import { lastRead } from './last-read.ts'
import { loadSubjects } from './views.ts'

/** Statuses that are checked. A person with more unread ones gets too high a count rather than a long wait. */
const maxLookedAt = 200

/**
 * Statuses of unread notifications that filters of the viewer hide. Lists leave them out; counted with the others, they
 * would be unread for ever. One query for a viewer who hides nothing.
 */
export async function hiddenUnread(db: Reader, viewer: AccountId, filter: NotificationFilter): Promise<StatusId[]> {
  const filters = await loadFilters(db, viewer)
  if (!filters.some(({ action, contexts }) => action === 'hide' && contexts.includes('notifications'))) return []
  const rows = await db
    .select({ statusId: sql<StatusId>`${notifications.statusId}` })
    .from(notifications)
    .where(and(shownTo(viewer, filter), gt(notifications.id, lastRead(viewer)), isNotNull(notifications.statusId)))
    .groupBy(notifications.statusId)
    .orderBy(sql`max(${notifications.id}) desc`)
    .limit(maxLookedAt)
  const { statuses } = await loadSubjects(
    db,
    viewer,
    rows.map(({ statusId }) => ({ statusId, reportId: null, collectionId: null, severanceId: null })),
    [],
  )
  return rows.flatMap(({ statusId }) => (statuses.has(statusId) ? [] : statusId))
}
