import { requirePermission, type Staff } from '../../accounts/roles/staff.ts'
import { emit } from '../../outbox/emit.ts'
import type { Tx } from '../../platform/db/index.ts'
import type { AccountId } from '../../platform/ids.ts'
import { refuse } from '../../text/refusals.ts'
import { lockTarget } from './strike.ts'

/**
 * Has the profile of a remote account fetched again soon.
 *
 * @throws Refusal `not_permitted`, `not_found`, `invalid` for local accounts
 */
export async function refetchProfile(tx: Tx, staff: Staff, accountId: AccountId): Promise<void> {
  requirePermission(staff, 'manage_users')
  const target = await lockTarget(tx, accountId)
  if (target.domain === null) throw refuse('invalid', 'onlyRemoteAccounts')
  await emit(tx, { type: 'profile.stale', accountId, isUrgent: true })
}
