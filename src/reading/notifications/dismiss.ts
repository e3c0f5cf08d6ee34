import { and, eq, inArray } from 'drizzle-orm'
import type { Tx } from '../../platform/db/index.ts'
import { notifications } from '../../platform/db/schema/notifications.ts'
import { notFound } from '../../platform/errors.ts'
import type { AccountId, NotificationId } from '../../platform/ids.ts'
import { ofGroup } from './groups.ts'

/**
 * Removes one notification of an account. Its status, report or collection stays.
 *
 * @throws Refusal `not_found` when it has no such notification
 */
export async function dismissNotification(tx: Tx, viewer: AccountId, id: NotificationId): Promise<void> {
  const removed = await tx
    .delete(notifications)
    .where(and(eq(notifications.id, id), eq(notifications.accountId, viewer)))
    .returning({ id: notifications.id })
  if (removed.length === 0) throw notFound()
}

/** Removes some notifications of an account. Ignores missing ones. */
export async function dismissNotifications(tx: Tx, viewer: AccountId, ids: NotificationId[]): Promise<void> {
  if (ids.length > 0)
    await tx.delete(notifications).where(and(inArray(notifications.id, ids), eq(notifications.accountId, viewer)))
}

/** Removes a group of notifications. Ignores a missing one. */
export async function dismissGroup(tx: Tx, viewer: AccountId, key: string): Promise<void> {
  await tx.delete(notifications).where(and(ofGroup(key), eq(notifications.accountId, viewer)))
}

/** Removes all notifications of an account. */
export async function clearNotifications(tx: Tx, viewer: AccountId): Promise<void> {
  await tx.delete(notifications).where(eq(notifications.accountId, viewer))
}
