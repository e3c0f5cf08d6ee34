import { and, eq } from 'drizzle-orm'
import type { Tx } from '../db/index.ts'
import { notifications } from '../db/schema/notifications.ts'
import type { AccountId, NotificationId } from '../ids.ts'

/** Removes one notification of an account; a missing one is fine. What it told of stays. */
export async function dismissNotification(tx: Tx, viewer: AccountId, id: NotificationId): Promise<void> {
  await tx.delete(notifications).where(and(eq(notifications.id, id), eq(notifications.accountId, viewer)))
}

/** Removes all notifications of an account. */
export async function clearNotifications(tx: Tx, viewer: AccountId): Promise<void> {
  await tx.delete(notifications).where(eq(notifications.accountId, viewer))
}
