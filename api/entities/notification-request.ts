import type { AccountId } from '#src/platform/ids.ts'
import type { Uris } from '#src/platform/uris.ts'
import type { RequestView } from '#src/reading/notifications/requests.ts'
import { toAccount } from './account.ts'
import { toDateTime } from './dates.ts'
import { toStatus } from './status.ts'

/** @see https://docs.joinmastodon.org/entities/NotificationRequest/ */
export const toNotificationRequest = (view: RequestView, uris: Uris, viewer: AccountId) => ({
  id: view.id,
  created_at: toDateTime(view.createdAt),
  updated_at: toDateTime(view.updatedAt),
  account: toAccount(view.account, uris),
  notifications_count: String(view.count),
  last_status: view.lastStatus && toStatus(view.lastStatus, uris, viewer),
})
