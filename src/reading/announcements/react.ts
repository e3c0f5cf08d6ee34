/** Dismissing announcements, and reacting to them with an emoji. */
import { and, eq, sql } from 'drizzle-orm'
import { emojisNamed } from '../../media/emojis/views.ts'
import { emit } from '../../outbox/emit.ts'
import type { Reader, Tx } from '../../platform/db/index.ts'
import { announcementDismissals, announcementReactions, announcements } from '../../platform/db/schema/instance.ts'
import { notFound } from '../../platform/errors.ts'
import type { AccountId, AnnouncementId } from '../../platform/ids.ts'
import { refuse } from '../../text/refusals.ts'

/** Different emojis on one announcement. */
const maxNames = 8

/** Marks an announcement as read. @throws Refusal `not_found` */
export async function dismissAnnouncement(tx: Tx, accountId: AccountId, id: AnnouncementId): Promise<void> {
  await assertPublished(tx, id)
  await tx.insert(announcementDismissals).values({ announcementId: id, accountId }).onConflictDoNothing()
}

/**
 * Reacts to an announcement.
 *
 * @param name an emoji, or the shortcode of a local one
 * @throws Refusal `not_found`; `invalid` for a name that is no emoji, and when the limit of different emojis is reached
 */
export async function addReaction(tx: Tx, accountId: AccountId, id: AnnouncementId, name: string): Promise<void> {
  await assertPublished(tx, id)
  if (!(await isEmoji(tx, name))) throw refuse('invalid', 'emojiUnknown')
  // The row is locked, so that two reactions at once don't exceed the limit.
  await tx.execute(sql`select from announcements where id = ${id} for update`)
  const { rows: used } = await tx.execute<{ name: string }>(
    sql`select distinct name from announcement_reactions where announcement_id = ${id}`,
  )
  if (used.length >= maxNames && !used.some((one) => one.name === name)) throw refuse('invalid', 'tooManyReactions')
  const added = await tx
    .insert(announcementReactions)
    .values({ announcementId: id, accountId, name })
    .onConflictDoNothing()
    .returning({ name: announcementReactions.name })
  if (added.length > 0) await emit(tx, { type: 'announcement.reaction', announcementId: id, name })
}

/** Takes a reaction back. @throws Refusal `not_found` */
export async function removeReaction(tx: Tx, accountId: AccountId, id: AnnouncementId, name: string): Promise<void> {
  await assertPublished(tx, id)
  const removed = await tx
    .delete(announcementReactions)
    .where(
      and(
        eq(announcementReactions.announcementId, id),
        eq(announcementReactions.accountId, accountId),
        eq(announcementReactions.name, name),
      ),
    )
    .returning({ name: announcementReactions.name })
  if (removed.length > 0) await emit(tx, { type: 'announcement.reaction', announcementId: id, name })
}

async function assertPublished(db: Reader, id: AnnouncementId): Promise<void> {
  const found = await db
    .select({ id: announcements.id })
    .from(announcements)
    .where(and(eq(announcements.id, id), sql`${announcements.publishedAt} is not null`))
  if (found.length === 0) throw notFound()
}

async function isEmoji(db: Reader, name: string): Promise<boolean> {
  if (/^\p{RGI_Emoji}$/v.test(name)) return true
  return /^[A-Za-z0-9_]{1,64}$/.test(name) && (await emojisNamed(db, null, [name])).length > 0
}
