import { and, eq, gt, inArray, notInArray, sql } from 'drizzle-orm'
import { type AccountView, loadAccountMap } from '../accounts/views.ts'
import type { Reader } from '../db/index.ts'
import { type Page, settle, slice } from '../db/page.ts'
import { markers, notifications, type NotificationType, notificationTypes } from '../db/schema/notifications.ts'
import type { AccountId, NotificationId, StatusId } from '../ids.ts'
import { loadStatusViews, type StatusView } from '../statuses/views.ts'

export type NotificationFilter = { types?: string[]; excludeTypes?: string[]; accountId?: AccountId }

export type NotificationView = {
  id: NotificationId
  type: NotificationType
  createdAt: Date
  account: AccountView
  status: StatusView | null
}

/**
 * A page of an account's notifications, newest first. Those about statuses that it may no longer see have an id, from which
 * the list goes on, and no view.
 */
export async function loadNotificationPage(db: Reader, viewer: AccountId, filter: NotificationFilter, page: Page): Promise<{ ids: NotificationId[]; views: NotificationView[] }> {
  const { where, orderBy } = slice(notifications.id, page)
  const rows = await db
    .select()
    .from(notifications)
    .where(and(shown(viewer, filter), where))
    .orderBy(orderBy)
    .limit(page.limit)
  const settled = settle(page, rows)
  return { ids: settled.map(({ id }) => id), views: await toViews(db, viewer, settled) }
}

const shown = (viewer: AccountId, filter: NotificationFilter) =>
  and(
    eq(notifications.accountId, viewer),
    filter.types ? inArray(notifications.type, known(filter.types)) : undefined,
    filter.excludeTypes ? notInArray(notifications.type, known(filter.excludeTypes)) : undefined,
    filter.accountId ? eq(notifications.fromAccountId, filter.accountId) : undefined,
    sql`not exists (select from accounts a where a.id = ${notifications.fromAccountId} and a.suspended_at is not null)`,
    sql`not exists (select from mutes m where m.account_id = ${viewer} and m.target_id = ${notifications.fromAccountId} and m.hides_notifications)`,
  )

/** One notification of an account, or null. */
export async function loadNotification(db: Reader, viewer: AccountId, id: NotificationId): Promise<NotificationView | null> {
  const rows = await db.select().from(notifications).where(and(eq(notifications.id, id), eq(notifications.accountId, viewer)))
  return (await toViews(db, viewer, rows))[0] ?? null
}

async function toViews(db: Reader, viewer: AccountId, rows: (typeof notifications.$inferSelect)[]): Promise<NotificationView[]> {
  const accountsById = await loadAccountMap(db, rows.map((row) => row.fromAccountId))
  const views = await loadStatusViews(db, viewer, rows.flatMap((row) => row.statusId ?? []))
  const statusesById = new Map<StatusId, StatusView>(views.map((view) => [view.id, view]))
  return rows.flatMap((row) => {
    const account = accountsById.get(row.fromAccountId)
    const status = row.statusId ? statusesById.get(row.statusId) : null
    return account && status !== undefined ? [{ id: row.id, type: row.type, createdAt: row.createdAt, account, status }] : []
  })
}

const known = (types: string[]): NotificationType[] => notificationTypes.filter((type) => types.includes(type))

/** How many notifications are newer than the last that was read, at most `max`. */
export async function countUnread(db: Reader, viewer: AccountId, max = 100, filter: NotificationFilter = {}): Promise<number> {
  const read = db
    .select({ id: markers.lastReadId })
    .from(markers)
    .where(and(eq(markers.accountId, viewer), eq(markers.timeline, 'notifications')))
  const newer = await db
    .select({ id: notifications.id })
    .from(notifications)
    .where(and(shown(viewer, filter), gt(notifications.id, sql`coalesce(${read}, 0)`)))
    .limit(max)
  return newer.length
}
