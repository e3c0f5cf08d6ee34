import { desc, eq } from 'drizzle-orm'
import type { AccountView } from '../../accounts/views.ts'
import { type EmojiView, loadEmojiViews } from '../../media/emojis/views.ts'
import { isOneOfIds } from '../../platform/db/arrays.ts'
import type { Reader } from '../../platform/db/index.ts'
import { media } from '../../platform/db/schema/media.ts'
import { statusEdits } from '../../platform/db/schema/statuses.ts'
import { notFound } from '../../platform/errors.ts'
import type { AccountId, StatusId } from '../../platform/ids.ts'
import { maxRevisions } from '../revisions.ts'
import { loadStatusView, type MediaView } from './views.ts'

/** A version of a status; `createdAt` is the time from which on it was shown. */
export type RevisionView = {
  account: AccountView
  /** Safe HTML. */
  content: string
  spoilerText: string
  isSensitive: boolean
  language: string | null
  createdAt: Date
  media: MediaView[]
  /** The options of its poll; null without one. */
  pollOptions: string[] | null
  emojis: EmojiView[]
}

/**
 * All revisions of a status, oldest first; the last one is the current version.
 *
 * @throws Refusal `not_found` when the viewer may not see it
 */
export async function loadHistory(db: Reader, viewer: AccountId | null, statusId: StatusId): Promise<RevisionView[]> {
  const view = await loadStatusView(db, viewer, statusId)
  const status = view?.reblog ?? view
  if (!status) throw notFound()
  const isSensitized = status.account.sensitizedAt !== null && status.accountId !== viewer
  const edits = (
    await db
      .select()
      .from(statusEdits)
      .where(eq(statusEdits.statusId, status.id))
      .orderBy(desc(statusEdits.id))
      .limit(maxRevisions + 1)
  ).toReversed()
  const fileIds = [...new Set(edits.flatMap((edit) => edit.mediaIds))]
  const files = fileIds.length === 0 ? [] : await db.select().from(media).where(isOneOfIds(media.id, fileIds))
  const fileOf = new Map(files.map((file) => [file.id, file]))

  const revisions = edits.map((edit) => ({
    content: edit.content,
    spoilerText: edit.spoilerText,
    isSensitive: edit.isSensitive || isSensitized,
    language: edit.language,
    createdAt: edit.createdAt,
    media: edit.mediaIds.flatMap((id, i) => {
      const file = fileOf.get(id)
      return file ? [{ ...file, description: edit.mediaDescriptions[i] ?? '' }] : []
    }),
    pollOptions: edit.pollOptions,
  }))
  const { content, spoilerText, isSensitive, language } = status
  const current = {
    content,
    spoilerText,
    isSensitive,
    language,
    createdAt: status.editedAt ?? status.createdAt,
    media: status.media,
    pollOptions: status.poll?.options.map(({ title }) => title) ?? null,
  }
  const all = [...revisions, current].map((revision) => ({
    ...revision,
    account: status.account,
    texts: [revision.content, revision.spoilerText, ...(revision.pollOptions ?? [])],
  }))
  const emojisIn = await loadEmojiViews(
    db,
    all.map(({ texts }) => ({ domain: status.account.domain, texts })),
  )
  return all.map(({ texts, ...revision }) => ({ ...revision, emojis: emojisIn(status.account.domain, texts) }))
}
