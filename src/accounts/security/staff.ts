/** What staff see of an account's security, and may end. */
import { eq } from 'drizzle-orm'
import type { Reader, Tx } from '../../platform/db/index.ts'
import type { Page } from '../../platform/db/page.ts'
import { accounts, users } from '../../platform/db/schema/accounts.ts'
import { notFound } from '../../platform/errors.ts'
import type { AccountId } from '../../platform/ids.ts'
import { audit } from '../roles/audit.ts'
import { hasPermission } from '../roles/permissions.ts'
import { isAbove } from '../roles/staff.ts'
import { endOtherSessions, endSession, loadSessions, type OpenSession } from '../sessions/open-sessions.ts'
import type { Viewer } from '../sessions/sessions.ts'
import { type LogEntry, loadSecurityLog } from './read-log.ts'

export type AccountSecurity = {
  username: string
  createdAt: Date
  /** Whether the viewer may see addresses. Otherwise all addresses are null. */
  showsAddresses: boolean
  signUpAddress: string | null
  sessions: OpenSession[]
  log: LogEntry[]
}

/**
 * The sessions of an account and a page of its log, for staff.
 *
 * @throws Refusal `not_found` for accounts that the viewer may not look into
 */
export async function loadAccountSecurity(
  db: Reader,
  viewer: Viewer,
  accountId: AccountId,
  page: Page,
): Promise<AccountSecurity> {
  const { username, createdAt, signUpAddress } = await inspected(db, viewer, accountId)
  const showsAddresses = hasPermission(viewer.permissions, 'manage_user_access')
  const [sessions, log] = await Promise.all([
    loadSessions(db, accountId, null),
    loadSecurityLog(db, accountId, page, { showsAddresses }),
  ])
  return {
    username,
    createdAt,
    showsAddresses,
    signUpAddress: showsAddresses ? signUpAddress : null,
    sessions: showsAddresses ? sessions : sessions.map((session) => ({ ...session, address: null })),
    log,
  }
}

/**
 * Ends a session of an account.
 *
 * @param id of the session; null: all of them
 * @throws Refusal `not_found`
 */
export async function endSessionByStaff(
  tx: Tx,
  viewer: Viewer,
  accountId: AccountId,
  id: string | null,
): Promise<void> {
  const { username } = await inspected(tx, viewer, accountId)
  const by = { actorId: viewer.accountId }
  if (id === null) await endOtherSessions(tx, accountId, null, by)
  else if (!(await endSession(tx, accountId, id, by))) throw notFound()
  const staff = { ...viewer, name: viewer.username }
  await audit(tx, staff, 'account', 'endSessions', { id: accountId, name: `@${username}` }, { all: id === null })
}

/** An account that the viewer may look into: one of a lower role; owners look into all. */
async function inspected(db: Reader, viewer: Viewer, accountId: AccountId) {
  const [account] = await db
    .select({
      username: accounts.username,
      role: users.role,
      roleId: users.roleId,
      createdAt: users.createdAt,
      signUpAddress: users.signUpAddress,
    })
    .from(users)
    .innerJoin(accounts, eq(accounts.id, users.accountId))
    .where(eq(users.accountId, accountId))
  const mayInspect =
    account && hasPermission(viewer.permissions, 'manage_users') && (await isAbove(db, viewer, account))
  if (!mayInspect) throw notFound()
  return account
}
