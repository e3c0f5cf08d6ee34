import { and, eq } from 'drizzle-orm'
import type { Reader } from '../../platform/db/index.ts'
import { notifications } from '../../platform/db/schema/notifications.ts'
import type { AccountId, NotificationId } from '../../platform/ids.ts'

/** The recipient of a notification; null when it is gone, or waits among the requests. */
export async function recipientOf(db: Reader, id: NotificationId): Promise<AccountId | null> {
  const [found] = await db
    .select({ accountId: notifications.accountId })
    .from(notifications)
    .where(and(eq(notifications.id, id), eq(notifications.isFiltered, false)))
  return found?.accountId ?? null
}
