import { and, eq } from 'drizzle-orm'
import { canAct } from '../accounts/sessions/account-status.ts'
import type { Db } from '../platform/db/index.ts'
import { invites, users } from '../platform/db/schema/accounts.ts'
import { Refusal } from '../platform/errors.ts'
import type { AccountId } from '../platform/ids.ts'
import type { Uris } from '../platform/uris.ts'
import { follow } from './follow.ts'

/**
 * Makes a person who came by an invitation follow its maker, where the link says so. A maker who is gone, or was blocked meanwhile, is
 * not followed. It may be repeated.
 */
export async function followInviter(db: Db, uris: Uris, accountId: AccountId): Promise<void> {
  const [invite] = await db
    .select({ makerId: invites.accountId })
    .from(users)
    .innerJoin(invites, eq(invites.id, users.inviteId))
    .where(and(eq(users.accountId, accountId), eq(invites.follows, true)))
  if (!invite || !(await canAct(db, accountId)) || !(await canAct(db, invite.makerId))) return
  try {
    await db.transaction((tx) => follow(tx, uris, accountId, invite.makerId))
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
  }
}
