/** Announcements: news for all local accounts, published and changed by admins. */
import { desc, eq, sql } from 'drizzle-orm'
import { audit } from '../accounts/roles/audit.ts'
import { requirePermission, type Staff } from '../accounts/roles/staff.ts'
import { emit } from '../outbox/emit.ts'
import { changed } from '../platform/db/changes.ts'
import type { Reader, Tx } from '../platform/db/index.ts'
import { announcements } from '../platform/db/schema/instance.ts'
import { notFound, Refusal, type RefusalText } from '../platform/errors.ts'
import { type AnnouncementId, newId } from '../platform/ids.ts'
import { countGraphemes, plainText } from '../text/clean.ts'
import { problemWith } from '../text/refusals.ts'

/** `startsAt` and `endsAt` are the times of the announced event; after its end the announcement is hidden. */
export type AnnouncementInput = { text: string; startsAt?: Date | null; endsAt?: Date | null; isAllDay?: boolean }

const maxLength = 5_000
const maxListed = 100

export type ManagedAnnouncement = Pick<
  typeof announcements.$inferSelect,
  'id' | 'text' | 'startsAt' | 'endsAt' | 'isAllDay' | 'publishedAt'
>

/** The announcements, past ones too, newest first. */
export async function listAnnouncements(db: Reader): Promise<ManagedAnnouncement[]> {
  const { id, text, startsAt, endsAt, isAllDay, publishedAt } = announcements
  return db
    .select({ id, text, startsAt, endsAt, isAllDay, publishedAt })
    .from(announcements)
    .orderBy(desc(id))
    .limit(maxListed)
}

/**
 * Publishes an announcement.
 *
 * @throws Refusal `invalid` for a text that is blank or too long, and for an end before the start
 */
export async function publishAnnouncement(tx: Tx, staff: Staff, input: AnnouncementInput): Promise<AnnouncementId> {
  requirePermission(staff, 'manage_announcements')
  const id = newId<AnnouncementId>()
  await tx.insert(announcements).values({ ...checked(input), id, publishedAt: sql`now()` })
  await emit(tx, { type: 'announcement.published', announcementId: id })
  await changed(tx, 'announcements')
  await audit(tx, staff, 'announcement', 'publish', { id, name: input.text.trim() })
  return id
}

/**
 * Changes an announcement. It does not become unread again.
 *
 * @throws Refusal `not_found`, `invalid` as `publishAnnouncement`
 */
export async function editAnnouncement(
  tx: Tx,
  staff: Staff,
  id: AnnouncementId,
  input: AnnouncementInput,
): Promise<void> {
  requirePermission(staff, 'manage_announcements')
  const edited = await tx
    .update(announcements)
    .set({ ...checked(input), updatedAt: sql`now()` })
    .where(eq(announcements.id, id))
    .returning({ id: announcements.id })
  if (edited.length === 0) throw notFound()
  await emit(tx, { type: 'announcement.updated', announcementId: id })
  await changed(tx, 'announcements')
  await audit(tx, staff, 'announcement', 'change', { id, name: input.text.trim() })
}

/** Deletes an announcement. @throws Refusal `not_found` */
export async function removeAnnouncement(tx: Tx, staff: Staff, id: AnnouncementId): Promise<void> {
  requirePermission(staff, 'manage_announcements')
  const [removed] = await tx
    .delete(announcements)
    .where(eq(announcements.id, id))
    .returning({ text: announcements.text })
  if (!removed) throw notFound()
  await emit(tx, { type: 'announcement.removed', announcementId: id })
  await changed(tx, 'announcements')
  await audit(tx, staff, 'announcement', 'delete', { id, name: removed.text })
}

function checked({ text, startsAt = null, endsAt = null, isAllDay = false }: AnnouncementInput) {
  const plain = plainText(text).trim()
  if (plain === '') throw wrong('announcement', 'blank')
  if (countGraphemes(plain) > maxLength) throw wrong('announcement', 'tooManyCharacters', { max: maxLength })
  if (startsAt && endsAt && endsAt < startsAt) throw wrong('ends_at', 'endBeforeStart')
  return { text: plain, startsAt, endsAt, isAllDay }
}

function wrong(field: string, key: RefusalText['key'], values?: RefusalText['values']): Refusal {
  const problem = problemWith(field, 'ERR_INVALID', key, values)
  return new Refusal('invalid', `${field} ${problem.message}`, [problem])
}
