import { and, eq, isNull, not } from 'drizzle-orm'
import type { Tx } from '../platform/db/index.ts'
import { accounts, users } from '../platform/db/schema/accounts.ts'
import type { AccountId } from '../platform/ids.ts'
import { refuse } from '../text/refusals.ts'

/**
 * Makes sure that the instance has another owner before an owner leaves. Disabled, suspended and memorial accounts don't count as owners.
 *
 * @throws Refusal `not_permitted`
 */
export async function keepAnOwner(tx: Tx, leaving: AccountId): Promise<void> {
  const owners = await tx
    .select({ id: users.accountId })
    .from(users)
    .innerJoin(accounts, eq(accounts.id, users.accountId))
    .where(
      and(eq(users.role, 'owner'), isNull(users.disabledAt), isNull(accounts.suspendedAt), not(accounts.isMemorial)),
    )
    .for('update', { of: users })
  const leaves = owners.some(({ id }) => id === leaving)
  if (leaves && owners.length === 1) throw refuse('not_permitted', 'withoutOwner')
}
