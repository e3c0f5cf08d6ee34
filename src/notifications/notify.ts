import { and, eq, isNull, sql } from 'drizzle-orm'
import type { Tx } from '../db/index.ts'
import { notifications, type NotificationType } from '../db/schema/notifications.ts'
import type { AccountId, NotificationId, ReportId, StatusId } from '../ids.ts'
import { emit } from '../outbox.ts'

export type Notice = { type: NotificationType; for: AccountId; from: AccountId; statusId?: StatusId; reportId?: ReportId }

/**
 * Tells a local account that somebody did something. Does nothing for remote accounts, for oneself, where one of the two
 * blocks the other, where the sender is muted with notifications, and the second time.
 */
export async function notify(tx: Tx, notice: Notice): Promise<void> {
  const statusId = notice.statusId ?? null
  const { rows } = await tx.execute<{ id: NotificationId; mails: boolean }>(sql`
    insert into notifications (account_id, type, from_account_id, status_id, report_id)
    select u.account_id, ${notice.type}, ${notice.from}::bigint, ${statusId}::bigint, ${notice.reportId ?? null}::bigint
    from users u
    where u.account_id = ${notice.for} and u.account_id <> ${notice.from}::bigint
      and not exists (select from blocks b where b.account_id = u.account_id and b.target_id = ${notice.from})
      and not exists (select from blocks b where b.account_id = ${notice.from} and b.target_id = u.account_id)
      and not exists (select from mutes m where m.account_id = u.account_id and m.target_id = ${notice.from} and m.hides_notifications)
      and not exists (select from accounts a where a.id = ${notice.from} and a.suspended_at is not null)
    on conflict do nothing
    returning id, (select mails_mentions and confirmed_at is not null and disabled_at is null from users where account_id = notifications.account_id) as mails`)
  const added = rows[0]
  if (added) await emit(tx, { type: 'notification.created', notificationId: added.id, mails: notice.type === 'mention' && added.mails })
}

/** Takes a notification back, since what it told of was undone. */
export async function unnotify(tx: Tx, notice: Notice): Promise<void> {
  await tx.delete(notifications).where(
    and(
      eq(notifications.accountId, notice.for),
      eq(notifications.type, notice.type),
      eq(notifications.fromAccountId, notice.from),
      notice.statusId ? eq(notifications.statusId, notice.statusId) : isNull(notifications.statusId),
    ),
  )
}
