import { and, eq, isNotNull } from 'drizzle-orm'
import { emitAll } from '../../outbox/emit.ts'
import type { Event } from '../../outbox/events.ts'
import { isOneOfIds } from '../../platform/db/arrays.ts'
import type { Tx } from '../../platform/db/index.ts'
import { invites, users } from '../../platform/db/schema/accounts.ts'
import type { AccountId } from '../../platform/ids.ts'

/**
 * Tells of new accounts as soon as they are active, and lets them follow the people who invited them, where their links say so. Call
 * it when an address is confirmed, and when a sign-up is approved: whichever comes last counts.
 */
export async function arrived(tx: Tx, accountIds: readonly AccountId[]): Promise<void> {
  const active = await tx
    .select({ accountId: users.accountId, follows: invites.follows })
    .from(users)
    .leftJoin(invites, eq(invites.id, users.inviteId))
    .where(and(isOneOfIds(users.accountId, accountIds), isNotNull(users.confirmedAt), isNotNull(users.approvedAt)))
  await emitAll(
    tx,
    active.flatMap(({ accountId, follows }): Event[] => [
      { type: 'account.ready', accountId },
      ...(follows ? [{ type: 'account.arrived', accountId } as const] : []),
    ]),
  )
}
