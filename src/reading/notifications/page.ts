import { and, eq, gt } from 'drizzle-orm'
import type { Reader } from '../../platform/db/index.ts'
import { type Page, settle, slice } from '../../platform/db/page.ts'
import { notifications } from '../../platform/db/schema/notifications.ts'
import type { AccountId, NotificationId } from '../../platform/ids.ts'
import { type NotificationFilter, shownTo } from './conditions.ts'
import { hiddenUnread } from './hidden.ts'
import { lastRead } from './last-read.ts'
import { type NotificationView, toNotificationViews } from './views.ts'

export type { NotificationFilter, NotificationView }

/**
 * A page of an account's notifications, newest first. A notification about a status that the account may no longer
 * see has an id, as a cursor, but no view.
 */
export async function loadNotificationPage(
  db: Reader,
  viewer: AccountId,
  filter: NotificationFilter,
  page: Page,
): Promise<{ ids: NotificationId[]; views: NotificationView[] }> {
  const { where, orderBy, limit } = slice(notifications.id, page)
  const rows = await db
    .select()
    .from(notifications)
    .where(and(shownTo(viewer, filter), where))
    .orderBy(orderBy)
    .limit(limit)
  const settled = settle(page, rows)
  return { ids: settled.map(({ id }) => id), views: await toNotificationViews(db, viewer, settled) }
}

/**
 * One notification of an account, also a filtered one; null where there is none, or the account may not see its
 * subject.
 */
export async function loadNotification(
  db: Reader,
  viewer: AccountId,
  id: NotificationId,
): Promise<NotificationView | null> {
  const rows = await db
    .select()
    .from(notifications)
    .where(and(eq(notifications.id, id), shownTo(viewer, { withFiltered: true })))
  return (await toNotificationViews(db, viewer, rows))[0] ?? null
}

/** Number of unread notifications, at most `max`. Leaves out notifications that a filter hides. */
export async function countUnread(
  db: Reader,
  viewer: AccountId,
  max = 100,
  filter: NotificationFilter = {},
): Promise<number> {
  const count = async (shown: NotificationFilter) => {
    const newer = await db
      .select({ id: notifications.id })
      .from(notifications)
      .where(and(shownTo(viewer, shown), gt(notifications.id, lastRead(viewer))))
      .limit(max)
    return newer.length
  }
  const all = await count(filter)
  const hidden = all === 0 ? [] : await hiddenUnread(db, viewer, filter)
  return hidden.length === 0 ? all : count({ ...filter, exceptStatuses: hidden })
}
