/** Notes of staff to each other, about an account or a report. */
import { and, asc, eq, type SQL } from 'drizzle-orm'
import { audit } from '../accounts/roles/audit.ts'
import type { Staff } from '../accounts/roles/staff.ts'
import type { Reader, Tx } from '../platform/db/index.ts'
import { accounts } from '../platform/db/schema/accounts.ts'
import { moderationNotes } from '../platform/db/schema/moderation.ts'
import { notFound } from '../platform/errors.ts'
import { type AccountId, type Id, newId, type ReportId } from '../platform/ids.ts'
import { countCharacters } from '../rules/count.ts'
import { plainText } from '../text/clean.ts'
import { refuse } from '../text/refusals.ts'

export type NoteId = Id<'moderation-note'>
/** `author`: username; null for the command line and deleted accounts. */
export type Note = { id: NoteId; text: string; createdAt: Date; author: string | null; isOwn: boolean }
export type NoteSubject = { reportId: ReportId } | { accountId: AccountId }

export const maxNoteLength = 2_000
const maxNotes = 200

const isAbout = (subject: NoteSubject): SQL =>
  'reportId' in subject
    ? eq(moderationNotes.reportId, subject.reportId)
    : eq(moderationNotes.accountId, subject.accountId)

/**
 * Stores a note. The caller has checked the permission, and locked what the note is about.
 *
 * @param name of the subject, for the audit log
 * @throws Refusal `invalid` for a blank or long text, and after 200 notes
 */
export async function storeNote(
  tx: Tx,
  staff: Staff,
  subject: NoteSubject,
  name: string,
  input: string,
): Promise<NoteId> {
  const text = plainText(input).trim()
  if (text === '') throw refuse('invalid', 'noteBlank')
  if (countCharacters(text) > maxNoteLength) throw refuse('invalid', 'noteTooLong', { max: maxNoteLength })
  if ((await tx.$count(moderationNotes, isAbout(subject))) >= maxNotes)
    throw refuse('invalid', 'tooManyNotes', { max: maxNotes })
  const id = newId<NoteId>()
  await tx.insert(moderationNotes).values({ id, authorId: staff.accountId, text, ...subject })
  await audit(tx, staff, 'note', 'write', { id, name }, subject)
  return id
}

/**
 * Deletes an own note. The caller has checked the permission.
 *
 * @throws Refusal `not_found`, also for notes of others
 */
export async function removeNote(tx: Tx, staff: Staff, subject: NoteSubject, name: string, id: NoteId): Promise<void> {
  if (staff.accountId === null) throw notFound()
  const deleted = await tx
    .delete(moderationNotes)
    .where(and(eq(moderationNotes.id, id), isAbout(subject), eq(moderationNotes.authorId, staff.accountId)))
    .returning({ id: moderationNotes.id })
  if (deleted.length === 0) throw notFound()
  await audit(tx, staff, 'note', 'delete', { id, name }, subject)
}

/** The notes about something, the oldest first. */
export async function loadNotes(db: Reader, staff: Staff, subject: NoteSubject): Promise<Note[]> {
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
    .where(isAbout(subject))
    .orderBy(asc(moderationNotes.id))
    .limit(maxNotes)
  return rows.map(({ authorId, ...note }) => ({ ...note, isOwn: authorId !== null && authorId === staff.accountId }))
}
