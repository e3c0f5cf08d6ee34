import { loneKey } from '#src/notices/grouping.ts'
import type { AccountId } from '#src/platform/ids.ts'
import type { Uris } from '#src/platform/uris.ts'
import type { NotificationView } from '#src/reading/notifications/page.ts'
import { isByVisitor } from '#src/reading/notifications/reports.ts'
import { toAccount } from './account.ts'
import { toCollection } from './collection.ts'
import { toDateTime } from './dates.ts'
import { toInstanceAccount } from './instance-account.ts'
import { toFallback } from './notification-fallback.ts'
import { toNotifiedEmoji } from './reaction.ts'
import { toReport } from './report.ts'
import { toSeverance } from './severance.ts'
import { toStatus } from './status.ts'
import { toStrike } from './strike.ts'

/**
 * @param supported types that the app supports; other types get a fallback text
 * @see https://docs.joinmastodon.org/entities/Notification/
 */
export function toNotification(view: NotificationView, uris: Uris, viewer: AccountId, supported?: readonly string[]) {
  const { id, type, account, status, report, collection, severance, strike } = view
  return {
    id,
    type,
    created_at: toDateTime(view.createdAt),
    group_key: view.groupKey ?? loneKey(id),
    account: report && isByVisitor(view) ? toInstanceAccount(uris, report.createdAt) : toAccount(account, uris),
    ...(status ? { status: toStatus(status, uris, viewer) } : {}),
    ...(report ? { report: toReport(report, uris) } : {}),
    ...(collection ? { collection: toCollection(collection, uris) } : {}),
    ...(severance ? { event: toSeverance(severance) } : {}),
    ...(strike ? { moderation_warning: toStrike(strike, uris) } : {}),
    ...(view.emoji ? toNotifiedEmoji(view.emoji, uris) : {}),
    ...(view.isFiltered ? { filtered: true } : {}),
    ...toFallback(type, account, view, viewer, supported),
  }
}
