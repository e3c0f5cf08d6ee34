/** Notes of staff to each other about a report. */
import { and, asc, eq } from 'drizzle-orm'
import type { Reader, Tx } from '../../platform/db/index.ts'
import { accounts } from '../../platform/db/schema/accounts.ts'
import { moderationNotes } from '../../platform/db/schema/moderation.ts'
import { notFound } from '../../platform/errors.ts'
import { type Id, newId, type ReportId } from '../../platform/ids.ts'
import { countCharacters } from '../../rules/count.ts'
import { plainText } from '../../text/clean.ts'
import { refuse } from '../../text/refusals.ts'
import { audit } from '../audit.ts'
import { requirePermission, type Staff } from '../staff.ts'
import { lockReport, reportTarget } from './lock.ts'

export type NoteId = Id<'moderation-note'>
/** `author`: username; null for the command line and deleted accounts. */
export type ReportNote = { id: NoteId; text: string; createdAt: Date; author: string | null; isOwn: boolean }

export const maxNoteLength = 2_000
const maxNotes = 200

/**
 * Writes a note about a report.
 *
 * @throws Refusal `not_permitted`, `not_found`; `invalid` for a blank or long text, and after 200 notes
 */
export async function writeReportNote(tx: Tx, staff: Staff, reportId: ReportId, input: string): Promise<NoteId> {
  await lockReport(tx, staff, reportId)
  const text = plainText(input).trim()
  if (text === '') throw refuse('invalid', 'noteBlank')
  if (countCharacters(text) > maxNoteLength) throw refuse('invalid', 'noteTooLong', { max: maxNoteLength })
  if ((await tx.$count(moderationNotes, eq(moderationNotes.reportId, reportId))) >= maxNotes)
    throw refuse('invalid', 'tooManyNotes', { max: maxNotes })
  const id = newId<NoteId>()
  await tx.insert(moderationNotes).values({ id, authorId: staff.accountId, reportId, text })
  await audit(tx, staff, 'note', 'write', { id, name: reportTarget(reportId).name }, { reportId })
  return id
}

/**
 * Deletes an own note.
 *
 * @throws Refusal `not_permitted`; `not_found`, also for notes of others
 */
export async function deleteReportNote(tx: Tx, staff: Staff, reportId: ReportId, id: NoteId): Promise<void> {
  requirePermission(staff, 'manage_reports')
  if (staff.accountId === null) throw notFound()
  const deleted = await tx
    .delete(moderationNotes)
    .where(
      and(
        eq(moderationNotes.id, id),
        eq(moderationNotes.reportId, reportId),
        eq(moderationNotes.authorId, staff.accountId),
      ),
    )
    .returning({ id: moderationNotes.id })
  if (deleted.length === 0) throw notFound()
  await audit(tx, staff, 'note', 'delete', { id, name: reportTarget(reportId).name }, { reportId })
}

/** The notes about a report, the oldest first. */
export async function loadReportNotes(db: Reader, staff: Staff, reportId: ReportId): Promise<ReportNote[]> {
  const rows = await db
    .select({
      id: moderationNotes.id,
      text: moderationNotes.text,
      createdAt: moderationNotes.createdAt,
      authorId: moderationNotes.authorId,
      author: accounts.username,
    })
    .from(moderationNotes)
    .leftJoin(accounts, eq(accounts.id, moderationNotes.authorId))
    .where(eq(moderationNotes.reportId, reportId))
    .orderBy(asc(moderationNotes.id))
    .limit(maxNotes)
  return rows.map(({ authorId, ...note }) => ({ ...note, isOwn: authorId !== null && authorId === staff.accountId }))
}
