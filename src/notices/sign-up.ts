import { sql } from 'drizzle-orm'
import type { Tx } from '../platform/db/index.ts'
import type { AccountId } from '../platform/ids.ts'
import { notifyStaff } from './notify.ts'

/** Notifies moderators of a new account, as soon as others can see it: with its address confirmed, and approved. */
export async function notifyStaffOfSignUp(tx: Tx, accountId: AccountId): Promise<void> {
  const { rows } = await tx.execute(
    sql`select from users where account_id = ${accountId} and confirmed_at is not null and approved_at is not null`,
  )
  if (rows.length > 0) await notifyStaff(tx, { type: 'admin.sign_up', from: accountId })
}
