/** Notes of staff to each other about a report. */
import { requirePermission, type Staff } from '../../accounts/roles/staff.ts'
import type { Tx } from '../../platform/db/index.ts'
import type { ReportId } from '../../platform/ids.ts'
import { type NoteId, removeNote, storeNote } from '../notes.ts'
import { lockReport, reportTarget } from './lock.ts'

/**
 * Writes a note about a report.
 *
 * @throws Refusal `not_permitted`, `not_found`; `invalid` for a blank or long text, and after 200 notes
 */
export async function writeReportNote(tx: Tx, staff: Staff, reportId: ReportId, input: string): Promise<NoteId> {
  await lockReport(tx, staff, reportId)
  return storeNote(tx, staff, { reportId }, reportTarget(reportId).name, input)
}

/**
 * Deletes an own note.
 *
 * @throws Refusal `not_permitted`; `not_found`, also for notes of others
 */
export async function deleteReportNote(tx: Tx, staff: Staff, reportId: ReportId, id: NoteId): Promise<void> {
  requirePermission(staff, 'manage_reports')
  await removeNote(tx, staff, { reportId }, reportTarget(reportId).name, id)
}
