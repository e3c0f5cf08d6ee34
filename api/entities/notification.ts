import type { AccountId } from '#src/ids.ts'
import type { NotificationView } from '#src/notifications/page.ts'
import type { Uris } from '#src/uris.ts'
import { toAccount } from './account.ts'
import { toDateTime } from './dates.ts'
import { toStatus } from './status.ts'

/** @see https://docs.joinmastodon.org/entities/Notification/ */
export function toNotification(view: NotificationView, uris: Uris, viewer: AccountId) {
  return {
    id: view.id,
    type: view.type,
    created_at: toDateTime(view.createdAt),
    group_key: `ungrouped-${view.id}`,
    account: toAccount(view.account, uris),
    ...(view.status ? { status: toStatus(view.status, uris, viewer) } : {}),
  }
}
