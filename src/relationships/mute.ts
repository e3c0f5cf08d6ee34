import { and, eq } from 'drizzle-orm'
import type { Tx } from '../db/index.ts'
import { mutes } from '../db/schema/relationships.ts'
import { Refusal } from '../errors.ts'
import { type AccountId, newId } from '../ids.ts'

/** Hides an account from another's timelines, and its notifications too unless told otherwise. Nobody else learns of it. */
export async function mute(tx: Tx, accountId: AccountId, targetId: AccountId, hidesNotifications = true): Promise<void> {
  if (accountId === targetId) throw new Refusal('unprocessable', 'You can’t mute yourself')
  await tx
    .insert(mutes)
    .values({ id: newId(), accountId, targetId, hidesNotifications })
    .onConflictDoUpdate({ target: [mutes.accountId, mutes.targetId], set: { hidesNotifications } })
}

export async function unmute(tx: Tx, accountId: AccountId, targetId: AccountId): Promise<void> {
  await tx.delete(mutes).where(and(eq(mutes.accountId, accountId), eq(mutes.targetId, targetId)))
}
