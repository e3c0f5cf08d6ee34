/** Removal of all second factors of an account by staff, for a person who lost them. */
import { eq } from 'drizzle-orm'
import type { Tx } from '../../platform/db/index.ts'
import { users } from '../../platform/db/schema/accounts.ts'
import { passkeys } from '../../platform/db/schema/security.ts'
import { notFound } from '../../platform/errors.ts'
import type { AccountId } from '../../platform/ids.ts'
import { refuse } from '../../text/refusals.ts'
import { logSecurity } from '../security/log.ts'
import { endStatesOf } from '../security/states.ts'
import { isAtLeast, type Role } from '../sessions/roles.ts'
import { closeSessions, type Viewer } from '../sessions/sessions.ts'
import { changeFactors } from './since.ts'

/**
 * Whether a role may remove the second factors of an account with another role: admins and owners may, for lower roles. An admin who
 * knows the password of another admin could otherwise take over that account. Only the command line does so for owners.
 */
const mayResetFactors = (role: Role, of: Role): boolean => isAtLeast(role, 'admin') && !isAtLeast(of, role)

/**
 * Removes authenticator app, passkeys and recovery codes of an account, and ends its sessions; apps keep their access.
 *
 * @param actor null: the command line
 * @returns false when there was nothing to remove
 * @throws Refusal `not_found`, `not_permitted`
 */
export async function resetFactors(
  tx: Tx,
  actor: Pick<Viewer, 'accountId' | 'role'> | null,
  accountId: AccountId,
): Promise<boolean> {
  const [target] = await tx
    .select({ role: users.role, since: users.secondFactorSince })
    .from(users)
    .where(eq(users.accountId, accountId))
    .for('no key update')
  if (!target) throw notFound()
  if (actor && !mayResetFactors(actor.role, target.role)) throw refuse('not_permitted', 'notAllowed')
  if (!target.since) return false
  await changeFactors(tx, accountId, async () => {
    await tx.update(users).set({ totpSecret: null, totpStep: null }).where(eq(users.accountId, accountId))
    await tx.delete(passkeys).where(eq(passkeys.accountId, accountId))
  })
  await closeSessions(tx, accountId)
  await endStatesOf(tx, accountId)
  await logSecurity(tx, accountId, 'factorsReset', { client: null, ...(actor ? { actorId: actor.accountId } : {}) })
  return true
}
