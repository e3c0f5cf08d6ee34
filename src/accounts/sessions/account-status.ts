import { eq } from 'drizzle-orm'
import type { Reader } from '../../platform/db/index.ts'
import { accounts, users } from '../../platform/db/schema/accounts.ts'
import { Refusal } from '../../platform/errors.ts'
import type { AccountId } from '../../platform/ids.ts'
import { type Viewer, viewerColumns } from './sessions.ts'

/** What a person who is logged in may do: everything, or nothing yet until a step is taken. Who has moved goes on elsewhere. */
export type AccountStatus = 'active' | 'unconfirmed' | 'waiting' | 'disabled' | 'moved'

export function accountStatusOf(viewer: Viewer): AccountStatus {
  if (viewer.isDisabled) return 'disabled'
  if (!viewer.isConfirmed) return 'unconfirmed'
  if (!viewer.isApproved) return 'waiting'
  return viewer.hasMoved ? 'moved' : 'active'
}

const reasons: Record<Exclude<AccountStatus, 'active'>, string> = {
  disabled: 'Your login is currently disabled',
  unconfirmed: 'Your login is missing a confirmed e-mail address',
  waiting: 'Your login is currently pending approval',
  moved: 'Your account has moved, and can be used again only when you call that off',
}

/** What somebody is told who may do nothing yet, or no more. */
const notActive = (standing: keyof typeof reasons): Refusal => new Refusal('not_permitted', reasons[standing])

/** The one guard before everything personal. Throws Refusal `not_permitted` with the step that is missing. */
export function assertActive(viewer: Viewer): void {
  const standing = accountStatusOf(viewer)
  if (standing !== 'active') throw notActive(standing)
}

/** Whether a local account may act now, as when something is due that it asked for long ago. */
export async function canAct(db: Reader, accountId: AccountId): Promise<boolean> {
  const [viewer] = await db
    .select(viewerColumns)
    .from(users)
    .innerJoin(accounts, eq(accounts.id, users.accountId))
    .where(eq(users.accountId, accountId))
  return viewer !== undefined && accountStatusOf(viewer) === 'active'
}
