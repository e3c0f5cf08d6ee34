/** The custom emojis of this instance. */
import { and, asc, eq, isNull, sql } from 'drizzle-orm'
import { emit } from '../../outbox/emit.ts'
import { forgetEmojis } from '../../outbox/forget-documents.ts'
import type { App } from '../../platform/app.ts'
import type { Reader, Tx } from '../../platform/db/index.ts'
import { customEmojis } from '../../platform/db/schema/instance.ts'
import { Refusal } from '../../platform/errors.ts'
import { type EmojiId, newId } from '../../platform/ids.ts'
import { limits } from '../../rules/limits.ts'
import { cleanName } from '../../text/clean.ts'
import { pendingFiles } from '../pending-files.ts'
import { emojiColumns, type EmojiView } from './views.ts'

export type NewEmoji = { shortcode: string; image: Buffer; category?: string; isListed?: boolean }

const ours = (shortcode: string) => and(eq(customEmojis.shortcode, shortcode), isNull(customEmojis.domain))

/**
 * Adds an emoji, or replaces the picture of the one with that name. The picture is encoded again and scaled down; an
 * animation is stored with its first frame.
 *
 * @throws Refusal `invalid` for a name that can't be written between colons, and for what is no small PNG, GIF or WebP image
 */
export async function addEmoji(
  app: App,
  { shortcode, image, category, isListed = true }: NewEmoji,
): Promise<EmojiView> {
  if (!/^[A-Za-z0-9_]{2,64}$/.test(shortcode))
    throw new Refusal('invalid', 'Shortcode must be 2 to 64 letters (a to z), digits and underscores')
  // Imported here, since it loads the libraries for images, which few commands need.
  const { processEmoji } = await import('../images.ts')
  const { whole, still } = await processEmoji(image)
  await using stored = pendingFiles(app.storage)
  const file = await stored.put('webp', whole)
  const staticFile = await stored.put('png', still)
  const columns = {
    file,
    staticFile,
    isListed,
    category: category === undefined ? null : cleanName(category, limits.emoji.maxCategoryLength) || null,
  }
  const view = await app.db.transaction(async (tx) => {
    const [before] = await tx
      .select({ id: customEmojis.id, file: customEmojis.file, staticFile: customEmojis.staticFile })
      .from(customEmojis)
      .where(ours(shortcode))
      .for('update')
    if (before) await orphan(tx, before)
    const [row] = before
      ? await tx
          .update(customEmojis)
          .set({ ...columns, disabledAt: null, updatedAt: sql`now()` })
          .where(eq(customEmojis.id, before.id))
          .returning(emojiColumns)
      : await tx
          .insert(customEmojis)
          .values({ ...columns, id: newId<EmojiId>(), shortcode })
          .returning(emojiColumns)
    if (!row) throw new Error('The emoji was not stored')
    await forgetEmojis(tx)
    return row
  })
  stored.keep()
  return view
}

/** @throws Refusal `not_found` when there is none of that name */
export async function removeEmoji(tx: Tx, shortcode: string): Promise<void> {
  const [gone] = await tx
    .delete(customEmojis)
    .where(ours(shortcode))
    .returning({ file: customEmojis.file, staticFile: customEmojis.staticFile })
  if (!gone) throw new Refusal('not_found', `There is no emoji :${shortcode}:`)
  await orphan(tx, gone)
  await forgetEmojis(tx)
}

async function orphan(tx: Tx, { file, staticFile }: { file: string | null; staticFile: string | null }): Promise<void> {
  const files = [file, staticFile].filter((name) => name !== null)
  if (files.length > 0) await emit(tx, { type: 'files.orphaned', files })
}

/** All emojis of this instance that may be used, by category and name. */
export async function listEmojis(db: Reader): Promise<EmojiView[]> {
  return db
    .select(emojiColumns)
    .from(customEmojis)
    .where(and(isNull(customEmojis.domain), isNull(customEmojis.disabledAt)))
    .orderBy(sql`${customEmojis.category} nulls first`, asc(sql`lower(${customEmojis.shortcode})`))
    .limit(limits.emoji.maxListed)
}
