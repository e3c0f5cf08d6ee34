/** Which of a person's notifications lists show: the conditions that all of them share. */
import { and, eq, not, type SQL, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import { arrayOf, isOneOf } from '../../platform/db/arrays.ts'
import { notifications, type NotificationType, notificationTypes } from '../../platform/db/schema/notifications.ts'
import type { AccountId, StatusId } from '../../platform/ids.ts'
import { mutesNotificationsOf } from '../../rules/avoidance.ts'

/** Types that nobody knows are ignored: of unknown ones alone there are none. */
export type NotificationFilter = {
  types?: string[]
  excludeTypes?: string[]
  accountId?: AccountId
  withFiltered?: boolean
  exceptStatuses?: StatusId[]
}

/** The table of notifications under another name, for statements that look at it more than once. */
export const notificationsAs = (name: string) => alias(notifications, name)
type Table = typeof notifications | ReturnType<typeof notificationsAs>

/**
 * Leaves out what comes from accounts that are suspended or muted since, what is filtered unless it is asked for or all of one
 * account is, and what only moderators see after they are none any more.
 */
export function shownTo(viewer: AccountId, filter: NotificationFilter = {}, n: Table = notifications): SQL {
  return and(
    eq(n.accountId, viewer),
    filter.types ? isOneOf(n.type, known(filter.types)) : undefined,
    filter.excludeTypes ? not(isOneOf(n.type, known(filter.excludeTypes))) : undefined,
    filter.accountId
      ? eq(n.fromAccountId, filter.accountId)
      : filter.withFiltered
        ? undefined
        : sql`not ${n.isFiltered}`,
    filter.exceptStatuses
      ? sql`(${n.statusId} is null or ${n.statusId} <> all(${arrayOf(filter.exceptStatuses)}::bigint[]))`
      : undefined,
    // Not `not exists`: as few are suspended, PostgreSQL would read all accounts for them.
    sql`(select a.suspended_at is null from accounts a where a.id = ${n.fromAccountId})`,
    sql`not ${mutesNotificationsOf(viewer, n.fromAccountId)}`,
    sql`(${n.type} not in ('admin.sign_up', 'admin.report') or (select role <> 'user' from users where account_id = ${viewer}))`,
  )!
}

const known = (types: string[]): NotificationType[] => notificationTypes.filter((type) => types.includes(type))
