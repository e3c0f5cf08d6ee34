import { and, eq } from 'drizzle-orm'
import type { Tx } from '../platform/db/index.ts'
import { mutes } from '../platform/db/schema/relationships.ts'
import { type AccountId, newId } from '../platform/ids.ts'
import { refuse } from '../text/refusals.ts'

/** `durationSeconds` null or 0: for good. */
export type MuteOptions = { hidesNotifications?: boolean; durationSeconds?: number | null }

/** 100 years; PostgreSQL has no dates far beyond. */
const maxSeconds = 100 * 365 * 86_400

/**
 * Hides an account from another's timelines, by default with its notifications, for a time or for good. It is private.
 * Repeating it replaces the options.
 */
export async function mute(
  tx: Tx,
  accountId: AccountId,
  targetId: AccountId,
  options: MuteOptions = {},
): Promise<void> {
  if (accountId === targetId) throw refuse('unprocessable', 'muteSelf')
  const { hidesNotifications = true, durationSeconds } = options
  const expiresAt =
    durationSeconds && durationSeconds > 0 ? new Date(Date.now() + Math.min(durationSeconds, maxSeconds) * 1_000) : null
  await tx
    .insert(mutes)
    .values({ id: newId(), accountId, targetId, hidesNotifications, expiresAt })
    .onConflictDoUpdate({ target: [mutes.accountId, mutes.targetId], set: { hidesNotifications, expiresAt } })
}

export async function unmute(tx: Tx, accountId: AccountId, targetId: AccountId): Promise<void> {
  await tx.delete(mutes).where(and(eq(mutes.accountId, accountId), eq(mutes.targetId, targetId)))
}
