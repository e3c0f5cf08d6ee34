import { and, eq, isNull } from 'drizzle-orm'
import type { Tx } from '../db/index.ts'
import { users } from '../db/schema/accounts.ts'
import { Refusal } from '../errors.ts'
import type { AccountId } from '../ids.ts'

/**
 * Makes sure that somebody else owns the instance before an owner goes. Owners that are locked out own nothing.
 *
 * @throws Refusal `not_permitted`
 */
export async function keepAnOwner(tx: Tx, leaving: AccountId): Promise<void> {
  const owners = await tx
    .select({ id: users.accountId })
    .from(users)
    .where(and(eq(users.role, 'owner'), isNull(users.disabledAt)))
    .for('update')
  const leaves = owners.some(({ id }) => id === leaving)
  if (leaves && owners.length === 1) throw new Refusal('not_permitted', 'The instance would be left without an owner')
}
