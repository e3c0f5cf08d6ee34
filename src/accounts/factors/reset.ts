/** Removal of all second factors of an account by staff, for a person who lost them. */
import { eq } from 'drizzle-orm'
import type { Tx } from '../../platform/db/index.ts'
import { accounts, users } from '../../platform/db/schema/accounts.ts'
import { passkeys } from '../../platform/db/schema/security.ts'
import { notFound } from '../../platform/errors.ts'
import type { AccountId } from '../../platform/ids.ts'
import { audit } from '../roles/audit.ts'
import { requireAbove, requirePermission, type Staff } from '../roles/staff.ts'
import { logSecurity } from '../security/log.ts'
import { endStatesOf } from '../security/states.ts'
import { closeSessions } from '../sessions/sessions.ts'
import { changeFactors } from './since.ts'

/**
 * Removes authenticator app, passkeys and recovery codes of an account, and ends its sessions; apps keep their access.
 * Staff with the permission to do so may, for lower roles: an admin who knows the password of another admin could otherwise take over
 * that account. Only the command line does so for owners.
 *
 * @returns false when there was nothing to remove
 * @throws Refusal `not_found`, `not_permitted`
 */
export async function resetFactors(tx: Tx, staff: Staff, accountId: AccountId): Promise<boolean> {
  const [target] = await tx
    .select({ since: users.secondFactorSince, name: accounts.username })
    .from(users)
    .innerJoin(accounts, eq(accounts.id, users.accountId))
    .where(eq(users.accountId, accountId))
    .for('no key update', { of: users })
  if (!target) throw notFound()
  requirePermission(staff, 'manage_user_access')
  await requireAbove(tx, staff, accountId)
  if (!target.since) return false
  await changeFactors(tx, accountId, async () => {
    await tx.update(users).set({ totpSecret: null, totpStep: null }).where(eq(users.accountId, accountId))
    await tx.delete(passkeys).where(eq(passkeys.accountId, accountId))
  })
  await closeSessions(tx, accountId)
  await endStatesOf(tx, accountId)
  await audit(tx, staff, 'account', 'resetFactors', { id: accountId, name: `@${target.name}` })
  await logSecurity(tx, accountId, 'factorsReset', {
    client: null,
    ...(staff.accountId ? { actorId: staff.accountId } : {}),
  })
  return true
}
