/**
 * Groups notifications of the same type about the same status that are close together in time. The key of a group is
 * `type[-statusId]-hour`, with the hour (since 1970) in which the group began; the group accepts notifications for 12 hours.
 */
import type { NotificationType } from '../platform/db/schema/notifications.ts'
import { type Id, isId, type StatusId } from '../platform/ids.ts'
import { hourMs } from '../platform/time.ts'

/** Types whose notifications are shown as one, with their number. */
export const groupableTypes = ['favourite', 'reblog', 'follow', 'admin.sign_up'] as const satisfies NotificationType[]

export const isGroupable = (type: NotificationType): boolean => (groupableTypes as readonly string[]).includes(type)

const groupHours = 12

/** The keys of the groups that a new notification may join; the last key is for a new group. Null: it is shown alone. */
export function groupKeys(
  type: NotificationType,
  statusId: StatusId | null,
  now = Date.now(),
): [string, ...string[]] | null {
  if (!isGroupable(type)) return null
  const hour = Math.floor(now / hourMs)
  const keyOf = (hoursAgo: number) => [type, ...(statusId ? [statusId] : []), hour - hoursAgo].join('-')
  return [keyOf(groupHours - 1), ...Array.from({ length: groupHours - 1 }, (_, i) => keyOf(groupHours - 2 - i))]
}

/** The key of a notification that is shown alone. */
export const loneKey = (id: Id<string>): string => `ungrouped-${id}`

/** The id in the key of a notification that is shown alone; null for the key of a group. */
export function idInLoneKey(key: string): string | null {
  const [, id = ''] = /^ungrouped-(\d+)$/.exec(key) ?? []
  return isId(id) ? id : null
}
