/** Uploads that no status has yet: their uploader finds, describes and deletes them. */
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { and, eq, inArray, isNull, or } from 'drizzle-orm'
import { emit } from '../outbox/emit.ts'
import type { App } from '../platform/app.ts'
import type { Reader, Tx } from '../platform/db/index.ts'
import { media } from '../platform/db/schema/media.ts'
import { notFound } from '../platform/errors.ts'
import type { AccountId, MediaId, StatusId } from '../platform/ids.ts'
import { refuse } from '../text/refusals.ts'
import { type Focus, validDescription } from './details.ts'
import { processPreview } from './images.ts'
import { pendingFiles } from './pending-files.ts'
import { focusColumns, storePreview } from './upload.ts'

export type Attachment = typeof media.$inferSelect

export type AttachmentChange = { description?: string; focus?: Focus; thumbnailPath?: string }

const waitMs = 20_000
const pollMs = 250

const own = (accountId: AccountId, id: MediaId) => and(eq(media.id, id), eq(media.accountId, accountId))
const free = (accountId: AccountId, id: MediaId) =>
  and(own(accountId, id), isNull(media.statusId), isNull(media.scheduledStatusId))

/** @throws Refusal `not_found` when it belongs to another account, or is attached already */
export async function findAttachment(db: Reader, accountId: AccountId, id: MediaId): Promise<Attachment> {
  const [attachment] = await db.select().from(media).where(free(accountId, id))
  if (!attachment) throw notFound()
  return attachment
}

/**
 * Those files of an account that a form names and that it may use: uploads that no status has, and files of the status that it
 * edits. In the order of `ids`; others are left out.
 */
export async function usableFiles(
  db: Reader,
  accountId: AccountId,
  ids: readonly MediaId[],
  editedId: StatusId | null = null,
): Promise<Attachment[]> {
  if (ids.length === 0) return []
  const isUsable = and(eq(media.accountId, accountId), isNull(media.scheduledStatusId))
  const isFree = editedId ? or(isNull(media.statusId), eq(media.statusId, editedId)) : isNull(media.statusId)
  const rows = await db
    .select()
    .from(media)
    .where(and(inArray(media.id, [...ids]), isUsable, isFree))
  return ids.flatMap((id) => rows.find((row) => row.id === id) ?? [])
}

/** The file of `findAttachment`, once it is processed, or after 20 seconds in its current state. */
export async function awaitAttachment(db: Reader, accountId: AccountId, id: MediaId): Promise<Attachment> {
  const deadline = performance.now() + waitMs
  for (;;) {
    const attachment = await findAttachment(db, accountId, id)
    if (attachment.state !== 'processing' || performance.now() > deadline) return attachment
    await sleep(pollMs)
  }
}

/**
 * Changes the description, focus or thumbnail of a file.
 *
 * @throws Refusal `not_found` when it belongs to another account or is attached already,
 *   `invalid` for a description that is too long or a thumbnail that is no image
 */
export async function changeAttachment(
  app: App,
  accountId: AccountId,
  id: MediaId,
  { description, focus, thumbnailPath }: AttachmentChange,
): Promise<void> {
  await findAttachment(app.db, accountId, id)
  await using stored = pendingFiles(app.storage)
  const preview =
    thumbnailPath === undefined ? {} : await storePreview(stored, await processPreview(await readFile(thumbnailPath)))
  const change = {
    ...(description === undefined ? {} : { description: validDescription(description) }),
    ...focusColumns(focus),
    ...preview,
  }
  if (Object.keys(change).length === 0) return
  await app.db.transaction(async (tx) => {
    const [before] = await tx
      .select({ previewFile: media.previewFile })
      .from(media)
      .where(free(accountId, id))
      .for('update')
    if (!before) throw notFound()
    await tx.update(media).set(change).where(eq(media.id, id))
    if (thumbnailPath !== undefined && before.previewFile)
      await emit(tx, { type: 'files.orphaned', files: [before.previewFile] })
  })
  stored.keep()
}

/**
 * Deletes an upload with its files.
 *
 * @throws Refusal `not_found` when it belongs to another account, `unprocessable` when a status has it
 */
export async function deleteAttachment(tx: Tx, accountId: AccountId, id: MediaId): Promise<void> {
  const [gone] = await tx
    .delete(media)
    .where(free(accountId, id))
    .returning({ file: media.file, previewFile: media.previewFile })
  if (gone) {
    const files = [gone.file, gone.previewFile].filter((file) => file !== null)
    if (files.length > 0) await emit(tx, { type: 'files.orphaned', files })
    return
  }
  const [used] = await tx.select({ id: media.id }).from(media).where(own(accountId, id))
  throw used ? refuse('unprocessable', 'mediaInUse') : notFound()
}
