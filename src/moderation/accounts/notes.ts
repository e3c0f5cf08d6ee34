/** Notes of staff to each other about an account. */
import { requirePermission, type Staff } from '../../accounts/roles/staff.ts'
import type { Tx } from '../../platform/db/index.ts'
import type { AccountId } from '../../platform/ids.ts'
import { type NoteId, removeNote, storeNote } from '../notes.ts'
import { lockTarget, targetOf } from './strike.ts'

/**
 * Writes a note about an account. Also about equals: nothing is done to them.
 *
 * @throws Refusal `not_permitted`, `not_found`; `invalid` for a blank or long text, and after 200 notes
 */
export async function writeAccountNote(tx: Tx, staff: Staff, accountId: AccountId, input: string): Promise<NoteId> {
  requirePermission(staff, 'manage_users')
  const target = await lockTarget(tx, accountId)
  return storeNote(tx, staff, { accountId }, targetOf(target).name, input)
}

/**
 * Deletes an own note.
 *
 * @throws Refusal `not_permitted`; `not_found`, also for notes of others
 */
export async function deleteAccountNote(tx: Tx, staff: Staff, accountId: AccountId, id: NoteId): Promise<void> {
  requirePermission(staff, 'manage_users')
  const target = await lockTarget(tx, accountId)
  await removeNote(tx, staff, { accountId }, targetOf(target).name, id)
}
