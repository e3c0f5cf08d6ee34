import { and, eq, isNotNull } from 'drizzle-orm'
import { notifyStaffOfSignUp } from '../../notices/sign-up.ts'
import { emit } from '../../outbox/emit.ts'
import type { Tx } from '../../platform/db/index.ts'
import { invites, users } from '../../platform/db/schema/accounts.ts'
import type { AccountId } from '../../platform/ids.ts'

/**
 * What follows as soon as others can see a new account. Call it when its address is confirmed, and when it is approved: whichever
 * comes last counts.
 */
export async function arrived(tx: Tx, accountId: AccountId): Promise<void> {
  await notifyStaffOfSignUp(tx, accountId)
  const [invited] = await tx
    .select({ follows: invites.follows })
    .from(users)
    .innerJoin(invites, eq(invites.id, users.inviteId))
    .where(and(eq(users.accountId, accountId), isNotNull(users.confirmedAt), isNotNull(users.approvedAt)))
  if (invited?.follows) await emit(tx, { type: 'account.arrived', accountId })
}
