import { sql } from 'drizzle-orm'
import { hasRoleOf, notifyStaff, roleLists } from '../../notices/notify.ts'
import { emitAll } from '../../outbox/emit.ts'
import { changed } from '../../platform/db/changes.ts'
import type { Tx } from '../../platform/db/index.ts'
import type { AccountId } from '../../platform/ids.ts'
import { rolesWith } from '../roles/roles.ts'

/**
 * Notifies those who manage accounts of a new one as soon as its address is confirmed. If the person waits for approval, those of
 * them who want mails get one, too.
 */
export async function notifyStaffOfSignUp(tx: Tx, accountId: AccountId): Promise<void> {
  const {
    rows: [confirmed],
  } = await tx.execute<{ isWaiting: boolean }>(
    sql`select approved_at is null as "isWaiting" from users where account_id = ${accountId} and confirmed_at is not null`,
  )
  if (!confirmed) return
  const roles = await rolesWith(tx, 'manage_users')
  await notifyStaff(tx, roles, { type: 'admin.sign_up', from: accountId })
  if (!confirmed.isWaiting) return
  await changed(tx, 'applicants')
  const { rows: staff } = await tx.execute<{ id: AccountId }>(
    sql`select account_id as id from users where ${hasRoleOf(roleLists(roles))} and mails_mentions and confirmed_at is not null and disabled_at is null`,
  )
  await emitAll(
    tx,
    staff.map(({ id }) => ({ type: 'applicant.waits', staffId: id })),
  )
}
