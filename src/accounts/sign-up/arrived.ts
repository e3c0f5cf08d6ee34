import { and, eq, isNotNull } from 'drizzle-orm'
import { emitAll } from '../../outbox/emit.ts'
import { isOneOfIds } from '../../platform/db/arrays.ts'
import type { Tx } from '../../platform/db/index.ts'
import { invites, users } from '../../platform/db/schema/accounts.ts'
import type { AccountId } from '../../platform/ids.ts'

/**
 * Lets new accounts follow the people who invited them, where their links say so, as soon as they are active. Call it when an address
 * is confirmed, and when a sign-up is approved: whichever comes last counts.
 */
export async function arrived(tx: Tx, accountIds: readonly AccountId[]): Promise<void> {
  const following = await tx
    .select({ accountId: users.accountId })
    .from(users)
    .innerJoin(invites, eq(invites.id, users.inviteId))
    .where(
      and(
        isOneOfIds(users.accountId, accountIds),
        isNotNull(users.confirmedAt),
        isNotNull(users.approvedAt),
        eq(invites.follows, true),
      ),
    )
  await emitAll(
    tx,
    following.map(({ accountId }) => ({ type: 'account.arrived', accountId })),
  )
}
