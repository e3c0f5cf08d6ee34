/** The conditions that all lists of a person's notifications share. */
import { and, eq, not, type SQL, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import { arrayOf, isOneOf } from '../../platform/db/arrays.ts'
import { notifications, type NotificationType, notificationTypes } from '../../platform/db/schema/notifications.ts'
import type { AccountId, StatusId } from '../../platform/ids.ts'
import { mutesNotificationsOf } from '../../rules/avoidance.ts'

/** Unknown types are ignored. A filter of unknown types alone matches no notification. */
export type NotificationFilter = {
  types?: string[]
  excludeTypes?: string[]
  accountId?: AccountId
  withFiltered?: boolean
  /** Whether only filtered ones are included. */
  onlyFiltered?: boolean
  /** Whether types about requests for consent are included, if no types are named: some apps fail at types that they don't know. */
  withRequests?: boolean
  exceptStatuses?: StatusId[]
  /** Whether only favourites are included whose account reacted to the post with an emoji. */
  withReaction?: boolean
}

/** The table of notifications under another name, for statements that look at it more than once. */
export const notificationsAs = (name: string) => alias(notifications, name)
type Table = typeof notifications | ReturnType<typeof notificationsAs>

/**
 * Leaves out notifications from accounts that are suspended or muted since; filtered ones, unless they or one account's
 * are asked for; and those for moderators, when the person is no moderator any more.
 */
export function shownTo(viewer: AccountId, filter: NotificationFilter = {}, n: Table = notifications): SQL {
  return and(
    eq(n.accountId, viewer),
    filter.types
      ? isOneOf(n.type, knownTypes(filter.types))
      : filter.withRequests
        ? undefined
        : not(isOneOf(n.type, requestNotices)),
    filter.excludeTypes ? not(isOneOf(n.type, knownTypes(filter.excludeTypes))) : undefined,
    filter.accountId
      ? eq(n.fromAccountId, filter.accountId)
      : filter.withFiltered
        ? undefined
        : sql`not ${n.isFiltered}`,
    filter.onlyFiltered ? sql`${n.isFiltered}` : undefined,
    filter.exceptStatuses
      ? sql`(${n.statusId} is null or ${n.statusId} <> all(${arrayOf(filter.exceptStatuses)}::bigint[]))`
      : undefined,
    filter.withReaction
      ? sql`(${n.type} = 'favourite' and (select true from reactions r where r.account_id = ${n.fromAccountId} and r.status_id = ${n.statusId} limit 1))`
      : undefined,
    // Not `not exists`: as few are suspended, PostgreSQL would read all accounts for them.
    sql`(select a.suspended_at is null from accounts a where a.id = ${n.fromAccountId})`,
    sql`not ${mutesNotificationsOf(viewer, n.fromAccountId)}`,
    sql`(${n.type} not in ('admin.sign_up', 'admin.report') or (select role <> 'user' or role_id is not null from users where account_id = ${viewer}))`,
  )!
}

/** Types about requests for consent, which Mastodon does not have. */
const requestNotices: readonly NotificationType[] = notificationTypes.filter((type) => type.startsWith('pending.'))
export const isRequestNotice = (type: NotificationType): boolean => requestNotices.includes(type)

const knownTypes = (types: string[]): NotificationType[] => notificationTypes.filter((type) => types.includes(type))
