/**
 * Mails about mentions in posts: checks that a mail is still wanted when its job runs, and sends none twice.
 *
 * A mail server can't take part in a transaction. The mail is marked as sent when all but its end was handed over, and
 * the mark is removed again if the server refuses it. So a process that is killed before that sends the mail again
 * later, and one that is killed while the server decides does not.
 */
import { and, eq, isNotNull, isNull, sql } from 'drizzle-orm'
import type { Recipient } from '../../accounts/recipient.ts'
import { addJobs } from '../../outbox/add-jobs.ts'
import type { App } from '../../platform/app.ts'
import type { Db, Reader } from '../../platform/db/index.ts'
import { accounts, users } from '../../platform/db/schema/accounts.ts'
import { notifications } from '../../platform/db/schema/notifications.ts'
import type { AccountId, NotificationId } from '../../platform/ids.ts'
import { mutesAccount } from '../../rules/avoidance.ts'
import { hides } from '../../statuses/views/filters.ts'
import { loadStatusView, type StatusView } from '../../statuses/views/views.ts'

/** A mail that is still wanted. */
export type MentionNotice = {
  notificationId: NotificationId
  createdAt: Date
  accountId: AccountId
  recipient: Recipient
  /** As the recipient sees it, with its author. */
  status: StatusView
}

/** Notification mails for one person in one hour; further mails wait for the next hour. */
const hourlyMails = 10

/**
 * The mail that a notification asks for; null when it was sent, or is not wanted any more: the person turned mails off
 * or can't log in, muted or blocked the author or is blocked by them, the author was suspended, the policy or a filter
 * of the person keeps it back, or the post is gone or hidden.
 */
export async function pendingMentionMail(db: Reader, notificationId: NotificationId): Promise<MentionNotice | null> {
  const [found] = await db
    .select({
      notificationId: notifications.id,
      createdAt: notifications.createdAt,
      accountId: notifications.accountId,
      statusId: notifications.statusId,
      recipient: { email: users.email, username: accounts.username, locale: users.locale },
    })
    .from(notifications)
    .innerJoin(users, eq(users.accountId, notifications.accountId))
    .innerJoin(accounts, eq(accounts.id, notifications.accountId))
    .where(
      and(
        eq(notifications.id, notificationId),
        eq(notifications.type, 'mention'),
        isNull(notifications.mailedAt),
        eq(users.mailsMentions, true),
        isNotNull(users.confirmedAt),
        isNotNull(users.approvedAt),
        isNull(users.disabledAt),
        isNull(accounts.suspendedAt),
        eq(notifications.isFiltered, false),
        sql`not ${mutesAccount(notifications.accountId, notifications.fromAccountId)}`,
      ),
    )
  if (!found?.statusId) return null
  const { statusId, ...notice } = found
  // The visibility of a status includes blocks either way, and suspended authors.
  const status = await loadStatusView(db, notice.accountId, statusId)
  return status && !hides(status.filtered, 'notifications') ? { ...notice, status } : null
}

/**
 * Takes one mail from a person's hourly allowance. The hour begins with its first mail.
 *
 * @returns null when the mail may be sent now, else the time of the next try
 */
export async function reserveMail(db: Db, accountId: AccountId): Promise<Date | null> {
  const key = allowanceOf(accountId)
  const {
    rows: [row],
  } = await db.execute<{ isFree: boolean; untilMs: number }>(sql`
    insert into attempts (key, count, expires_at) values (${key}, 1, now() + interval '1 hour')
    on conflict (key) do update set
      count = case when attempts.expires_at < now() then 1 else least(attempts.count + 1, ${hourlyMails + 1}) end,
      expires_at = case when attempts.expires_at < now() then excluded.expires_at else attempts.expires_at end
    returning count <= ${hourlyMails} as "isFree", extract(epoch from expires_at)::float8 * 1000 as "untilMs"`)
  return !row || row.isFree ? null : new Date(row.untilMs + 1_000)
}

/** Gives a mail back to the hourly allowance, as it could not be sent. */
export async function releaseMail(db: Db, accountId: AccountId): Promise<void> {
  await db.execute(sql`update attempts set count = count - 1 where key = ${allowanceOf(accountId)} and count > 1`)
}

const allowanceOf = (accountId: AccountId): string => `mails to ${accountId}`

/** Postpones a mail. Doing it again changes only the time. */
export async function postponeMentionMail(
  app: Pick<App, 'db'>,
  notificationId: NotificationId,
  runAt: Date,
): Promise<void> {
  await app.db.transaction((tx) =>
    addJobs(tx, [{ name: 'mention-mail', payload: { notificationId }, runAt, key: `mention-mail ${notificationId}` }]),
  )
}

/** Removes the mark of a sent mail, as the mail server refused it. */
export async function unmarkMailed(db: Db, notificationId: NotificationId): Promise<void> {
  await db.update(notifications).set({ mailedAt: null }).where(eq(notifications.id, notificationId))
}

/** Marks the mail of a notification as sent. */
export async function markMailed(db: Db, notificationId: NotificationId): Promise<void> {
  await db
    .update(notifications)
    .set({ mailedAt: sql`now()` })
    .where(eq(notifications.id, notificationId))
}
