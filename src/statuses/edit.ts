/** Edits of local statuses. An edit replaces everything but the audience and what the status replies to. */
import { and, asc, eq, isNotNull, isNull, sql } from 'drizzle-orm'
import type { App } from '../app.ts'
import { remember } from '../conversations/remember.ts'
import type { Tx } from '../db/index.ts'
import { polls } from '../db/schema/interactions.ts'
import { media } from '../db/schema/media.ts'
import { statuses } from '../db/schema/statuses.ts'
import { notFound, Refusal } from '../errors.ts'
import type { AccountId, MediaId, StatusId } from '../ids.ts'
import { limits } from '../instance/limits.ts'
import { notifyEach } from '../notifications/notify.ts'
import { emit } from '../outbox.ts'
import { countGraphemes, plainText } from '../text/clean.ts'
import { withQuoteLine } from '../text/quote-line.ts'
import { attach } from './attach.ts'
import { changePoll, optionTitles, type PollDraft, type PollInput, preparePoll, queueTally } from './polls.ts'
import { linkCard } from './link-card.ts'
import { checkedFiles, prepareWords, type StatusInput, type Words } from './prepare.ts'
import { quotedPage } from './quote.ts'
import { keepRevision, renameMentions } from './revisions.ts'
import { indexStatus } from './search/index-status.ts'
import { retagStatus } from './tags.ts'

/** What an edit says of a file that hangs on the status. Undefined stays as it was. */
export type FileChange = { id: MediaId; description?: string; focus?: { x: number; y: number } }

export type EditInput = Pick<StatusInput, 'text' | 'format' | 'spoilerText' | 'isSensitive' | 'language' | 'mediaIds'> & {
  fileChanges?: FileChange[]
  /** `kept`: whatever poll it has. Undefined: none. */
  poll?: PollInput | 'kept'
}

/** An edit that is fit to be made. */
export type EditDraft = Words & {
  isSensitive: boolean
  /** Undefined: as before. */
  language: string | null | undefined
  mediaIds: MediaId[]
  fileChanges: FileChange[]
  poll: PollDraft | 'kept' | null
}

/**
 * Checks an edit as a new status is checked. May reach the network, so it runs outside of any transaction.
 *
 * @throws Refusal `not_found` when the account has no such status, `unprocessable` when the status may not be like this
 */
export async function prepareEdit(app: App, authorId: AccountId, statusId: StatusId, input: EditInput): Promise<EditDraft> {
  const [status] = await app.db
    .select({ format: statuses.textFormat, reblogOfId: statuses.reblogOfId, pollOf: polls.statusId })
    .from(statuses)
    .leftJoin(polls, eq(polls.statusId, statuses.id))
    .where(ownStatus(authorId, statusId))
  if (!status) throw notFound()
  if (status.reblogOfId) throw new Refusal('unprocessable', 'Validation failed: A boost cannot be edited')
  const mediaIds = checkedFiles(input.mediaIds)
  const kept = input.poll === 'kept' && status.pollOf !== null ? input.poll : null
  const poll = input.poll && input.poll !== 'kept' ? preparePoll(input.poll) : kept
  const words = await prepareWords(app, { format: status.format, ...input }, mediaIds.length > 0 || poll !== null)
  const quoted = await quotedPage(app.db, statusId)
  if (quoted !== null && (mediaIds.length > 0 || poll)) throw new Refusal('unprocessable', 'Validation failed: A quote can’t have files or a poll')
  return {
    ...words,
    ...(quoted === null ? {} : { content: withQuoteLine(words.content, quoted) }),
    isSensitive: words.spoilerText !== '' || (input.isSensitive ?? false),
    language: input.language,
    mediaIds,
    fileChanges: (input.fileChanges ?? []).filter(({ id }) => mediaIds.includes(id)).map(checkedChange),
    poll,
  }
}

/** Makes an edit. One that changes nothing leaves no trace. */
export async function editStatus(tx: Tx, authorId: AccountId, statusId: StatusId, draft: EditDraft): Promise<void> {
  const [status] = await tx.select().from(statuses).where(ownStatus(authorId, statusId)).for('update')
  if (!status) throw notFound()
  const language = draft.language === undefined ? status.language : draft.language
  const words = { text: draft.text, textFormat: draft.format, spoilerText: draft.spoilerText, isSensitive: draft.isSensitive, language }
  const hasNewWords = Object.entries(words).some(([name, value]) => status[name as keyof typeof words] !== value)
  if (!hasNewWords && !(await changesFiles(tx, statusId, draft)) && !(await changesQuestion(tx, statusId, draft.poll))) {
    if (draft.poll !== 'kept' && (await changePoll(tx, statusId, draft.poll)) === 'moved') await queueTally(tx, statusId)
    return
  }

  await keepRevision(tx, status)
  await attach(tx, authorId, statusId, draft.mediaIds)
  for (const change of draft.fileChanges) await changeFile(tx, change)
  if (draft.poll !== 'kept') await changePoll(tx, statusId, draft.poll)
  await tx
    .update(statuses)
    .set({ ...words, content: draft.content, hasMedia: draft.mediaIds.length > 0, editedAt: sql`now()` })
    .where(eq(statuses.id, statusId))
  await retagStatus(tx, statusId, draft.tags)
  await linkCard(tx, statusId)
  const told = await notifyEach(tx, { type: 'mention', from: authorId, statusId }, await renameMentions(tx, statusId, draft.mentionedIds))
  if (status.visibility === 'direct') await remember(tx, told.map((accountId) => ({ accountId, statusId })))
  await indexStatus(tx, statusId)
  await emit(tx, { type: 'status.edited', statusId })
}

const ownStatus = (authorId: AccountId, statusId: StatusId) =>
  and(eq(statuses.id, statusId), eq(statuses.accountId, authorId), eq(statuses.isLocal, true), isNull(statuses.deletedAt))

async function changesFiles(tx: Tx, statusId: StatusId, { mediaIds, fileChanges }: EditDraft): Promise<boolean> {
  const files = await tx
    .select({ id: media.id, description: media.description, x: media.focusX, y: media.focusY })
    .from(media)
    .where(and(eq(media.statusId, statusId), isNotNull(media.position)))
    .orderBy(asc(media.position))
  if (files.length !== mediaIds.length || files.some(({ id }, i) => id !== mediaIds[i])) return true
  return fileChanges.some(({ id, description, focus }) => {
    const file = files.find((file) => file.id === id)
    return file && ((description !== undefined && description !== file.description) || (focus && (focus.x !== file.x || focus.y !== file.y)))
  })
}

async function changesQuestion(tx: Tx, statusId: StatusId, poll: EditDraft['poll']): Promise<boolean> {
  if (poll === 'kept') return false
  const [current] = await tx.select({ kind: polls.kind }).from(polls).where(eq(polls.statusId, statusId))
  if (!current || !poll) return (current === undefined) !== (poll === null)
  const titles = await optionTitles(tx, statusId)
  return current.kind !== poll.kind || titles.length !== poll.options.length || titles.some((title, i) => title !== poll.options[i])
}

function checkedChange(change: FileChange): FileChange {
  if (change.description === undefined) return change
  const description = plainText(change.description).trim()
  if (countGraphemes(description) > limits.media.maxDescriptionLength) {
    throw new Refusal('unprocessable', `Validation failed: Description is too long: at most ${limits.media.maxDescriptionLength} characters`)
  }
  return { ...change, description }
}

async function changeFile(tx: Tx, { id, description, focus }: FileChange): Promise<void> {
  const change = { ...(description === undefined ? {} : { description }), ...(focus ? { focusX: focus.x, focusY: focus.y } : {}) }
  if (Object.keys(change).length > 0) await tx.update(media).set(change).where(eq(media.id, id))
}
