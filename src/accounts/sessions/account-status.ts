import { eq } from 'drizzle-orm'
import type { Reader } from '../../platform/db/index.ts'
import { accounts, users } from '../../platform/db/schema/accounts.ts'
import type { AccountId } from '../../platform/ids.ts'
import { refuse } from '../../text/refusals.ts'
import { type StoredViewer, viewerColumns } from './sessions.ts'

/** Whether a logged-in account may act, or why it may not. */
export type AccountStatus = 'active' | 'unconfirmed' | 'waiting' | 'unsecured' | 'disabled' | 'moved'

export function accountStatusOf(viewer: StoredViewer): AccountStatus {
  if (viewer.isDisabled) return 'disabled'
  if (!viewer.isConfirmed) return 'unconfirmed'
  if (!viewer.isApproved) return 'waiting'
  if (viewer.lacksFactor) return 'unsecured'
  return viewer.hasMoved ? 'moved' : 'active'
}

const reasons = {
  disabled: 'accountDisabled',
  unconfirmed: 'accountUnconfirmed',
  waiting: 'accountWaiting',
  unsecured: 'accountUnsecured',
  moved: 'accountMoved',
} as const satisfies Record<Exclude<AccountStatus, 'active'>, string>

/** The one guard before everything that an account does. Throws Refusal `not_permitted` with the reason. */
export function assertActive(viewer: StoredViewer): void {
  const status = accountStatusOf(viewer)
  if (status !== 'active') throw refuse('not_permitted', reasons[status])
}

/** The guard before every log-in. @throws Refusal `not_permitted` when nobody can log in to the account */
export async function assertMayLogIn(db: Reader, accountId: AccountId): Promise<void> {
  const [user] = await db
    .select({ isDisabled: viewerColumns.isDisabled })
    .from(users)
    .innerJoin(accounts, eq(accounts.id, users.accountId))
    .where(eq(users.accountId, accountId))
  if (!user || user.isDisabled) throw refuse('not_permitted', 'loginClosed')
}

/** Whether a local account may act now. For jobs that an account queued long ago, such as scheduled statuses. */
export async function canAct(db: Reader, accountId: AccountId): Promise<boolean> {
  const [viewer] = await db
    .select(viewerColumns)
    .from(users)
    .innerJoin(accounts, eq(accounts.id, users.accountId))
    .where(eq(users.accountId, accountId))
  return viewer !== undefined && accountStatusOf(viewer) === 'active'
}
