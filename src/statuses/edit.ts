/** Edits of local statuses. An edit can replace everything but the audience and the status it replies to. */
import { and, asc, eq, isNotNull, isNull, sql } from 'drizzle-orm'
import { type Focus, validDescription } from '../media/details.ts'
import { processPreview } from '../media/images.ts'
import { type PendingFiles, pendingFiles } from '../media/pending-files.ts'
import { focusColumns, storePreview } from '../media/upload.ts'
import { notifyEach } from '../notices/notify.ts'
import { emit } from '../outbox/emit.ts'
import type { App } from '../platform/app.ts'
import { isOneOfIds } from '../platform/db/arrays.ts'
import type { Tx } from '../platform/db/index.ts'
import { users } from '../platform/db/schema/accounts.ts'
import { polls } from '../platform/db/schema/interactions.ts'
import { media } from '../platform/db/schema/media.ts'
import { notifications } from '../platform/db/schema/notifications.ts'
import { statuses } from '../platform/db/schema/statuses.ts'
import { notFound, Refusal } from '../platform/errors.ts'
import type { AccountId, MediaId, StatusId } from '../platform/ids.ts'
import { languageTag } from '../text/language-tag.ts'
import { withQuoteLine } from '../text/quote-line.ts'
import type { InteractionPolicy } from './access/interaction-policy.ts'
import { setPolicy } from './access/own-policy.ts'
import { attachFiles, freeRemoved } from './attach-files.ts'
import { linkCard } from './cards/link-card.ts'
import { rewindConversations, upsertConversations } from './conversations.ts'
import { requireDescriptions } from './descriptions.ts'
import { reachOf } from './held.ts'
import { refuseRemoteMentions } from './local-only.ts'
import { staysSensitive } from './marked.ts'
import { changePoll, optionTitles, type PollDraft, type PollInput, preparePoll, queueTally } from './polls/poll.ts'
import { checkedFiles, prepareWords, type StatusInput, type Words } from './prepare.ts'
import { quoteChange, type QuoteGroup, type QuotePolicy } from './quotes/policy.ts'
import { quotedPage } from './quotes/quote.ts'
import { dropFormerMentions, keepRevision, renameMentions } from './revisions.ts'
import { indexStatus } from './search/index-status.ts'
import { retagStatus } from './tags.ts'

/** A change of an attached file. An undefined member leaves its part unchanged. */
export type FileChange = { id: MediaId; description?: string; focus?: Focus; thumbnail?: Buffer }

type FileEdit = { id: MediaId; columns: Partial<typeof media.$inferInsert> }

export type EditInput = Pick<
  StatusInput,
  'text' | 'format' | 'spoilerText' | 'isSensitive' | 'language' | 'mediaIds'
> & {
  fileChanges?: FileChange[]
  /** Undefined: unchanged. */
  quotePolicy?: QuotePolicy
  /** With `quotePolicy`: the groups that may request a quote. Undefined: none. */
  quoteManual?: QuoteGroup[]
  /** Undefined: unchanged. */
  interactionPolicy?: InteractionPolicy | null
  /** `kept`: the poll stays as it is. Undefined: no poll. */
  poll?: PollInput | 'kept'
}

/** A checked edit, ready to be stored. */
type EditDraft = Words & {
  isSensitive: boolean
  /** Undefined: unchanged. */
  language: string | null | undefined
  mediaIds: MediaId[]
  files: FileEdit[]
  poll: PollDraft | 'kept' | null
}

/**
 * Edits a status of a local account. An edit that changes nothing makes no revision, nor does one of a held status, which nobody
 * elsewhere has seen. It is checked like a new status, and may reach the network first.
 *
 * @throws Refusal `not_found` when the account has no such status, `invalid` when the edited status is not valid
 */
export async function editStatus(app: App, authorId: AccountId, statusId: StatusId, input: EditInput): Promise<void> {
  await using stored = pendingFiles(app.storage)
  const draft = await prepareEdit(app, authorId, statusId, input, stored)
  await app.db.transaction(async (tx) => {
    await makeEdit(tx, authorId, statusId, draft)
    const { interactionPolicy, quotePolicy, quoteManual = [] } = input
    if (interactionPolicy !== undefined || quotePolicy)
      await setPolicy(tx, authorId, statusId, {
        interactionPolicy,
        quotes: quotePolicy && { ...quoteChange(quotePolicy), manual: quoteManual },
      })
  })
  stored.keep()
}

async function prepareEdit(
  app: App,
  authorId: AccountId,
  statusId: StatusId,
  input: EditInput,
  stored: PendingFiles,
): Promise<EditDraft> {
  const [status] = await app.db
    .select({
      format: statuses.textFormat,
      reblogOfId: statuses.reblogOfId,
      pollOf: polls.statusId,
      descriptionRule: users.descriptionRule,
    })
    .from(statuses)
    .innerJoin(users, eq(users.accountId, statuses.accountId))
    .leftJoin(polls, eq(polls.statusId, statuses.id))
    .where(ownStatus(authorId, statusId))
  if (!status) throw notFound()
  if (status.reblogOfId) throw new Refusal('invalid', 'A boost cannot be edited')
  const mediaIds = await checkedFiles(app.db, input.mediaIds)
  if (status.descriptionRule === 'require') await requireDescriptions(app.db, authorId, mediaIds, input.fileChanges)
  const kept = input.poll === 'kept' && status.pollOf !== null ? input.poll : null
  const poll = input.poll && input.poll !== 'kept' ? preparePoll(input.poll) : kept
  const words = await prepareWords(app, { format: status.format, ...input }, mediaIds.length > 0 || poll !== null)
  const quoted = await quotedPage(app.db, statusId)
  if (quoted !== null && (mediaIds.length > 0 || poll))
    throw new Refusal('invalid', 'A quote can’t have files or a poll')
  return {
    ...words,
    ...(quoted === null ? {} : { content: withQuoteLine(words.content, quoted) }),
    isSensitive: words.spoilerText !== '' || (input.isSensitive ?? false),
    language: input.language === undefined ? undefined : languageTag(input.language ?? ''),
    mediaIds,
    files: await Promise.all(
      (input.fileChanges ?? []).filter(({ id }) => mediaIds.includes(id)).map((change) => prepareFile(stored, change)),
    ),
    poll,
  }
}

async function makeEdit(tx: Tx, authorId: AccountId, statusId: StatusId, draft: EditDraft): Promise<void> {
  const [status] = await tx.select().from(statuses).where(ownStatus(authorId, statusId)).for('update')
  if (!status) throw notFound()
  const language = draft.language === undefined ? status.language : draft.language
  const words = {
    text: draft.text,
    textFormat: draft.format,
    spoilerText: draft.spoilerText,
    isSensitive: draft.isSensitive || (await staysSensitive(tx, status)),
    language,
  }
  const hasNewWords = Object.entries(words).some(([name, value]) => status[name as keyof typeof words] !== value)
  if (
    !hasNewWords &&
    !(await changesFiles(tx, statusId, draft)) &&
    !(await changesQuestion(tx, statusId, draft.poll))
  ) {
    if (draft.poll !== 'kept' && (await changePoll(tx, statusId, draft.poll)) === 'moved')
      await queueTally(tx, statusId)
    return
  }

  if (status.isLocalOnly) await refuseRemoteMentions(tx, draft.mentionedIds)
  const isHeld = status.heldUntil !== null
  if (!isHeld) await keepRevision(tx, status)
  await attachFiles(tx, authorId, statusId, draft.mediaIds)
  if (isHeld) await freeRemoved(tx, statusId)
  for (const file of draft.files) await changeFile(tx, file)
  if (draft.poll !== 'kept') await changePoll(tx, statusId, draft.poll)
  await tx
    .update(statuses)
    .set({
      ...words,
      content: draft.content,
      hasMedia: draft.mediaIds.length > 0,
      ...(isHeld ? {} : { editedAt: sql`now()` }),
    })
    .where(eq(statuses.id, statusId))
  await retagStatus(tx, statusId, draft.tags)
  await linkCard(tx, statusId)
  const newlyMentioned = await renameMentions(tx, statusId, draft.mentionedIds)
  if (isHeld) await takeBackMentions(tx, status)
  // For a status that waits for consent, people are notified when the consent comes.
  const notified =
    status.consent === null ? await notifyEach(tx, { type: 'mention', from: authorId, statusId }, newlyMentioned) : []
  if (status.visibility === 'direct')
    await upsertConversations(
      tx,
      notified.map((accountId) => ({ accountId, statusId })),
    )
  await indexStatus(tx, statusId)
  await emit(tx, { type: 'status.edited', statusId, ...reachOf(status), ...(isHeld ? { leavesNoMark: true } : {}) })
}

/** Takes the status from the accounts that an edit no longer mentions, as if they had never been. */
async function takeBackMentions(tx: Tx, { id, visibility }: typeof statuses.$inferSelect): Promise<void> {
  const former = await dropFormerMentions(tx, id)
  if (former.length === 0) return
  await tx
    .delete(notifications)
    .where(
      and(
        eq(notifications.statusId, id),
        eq(notifications.type, 'mention'),
        isOneOfIds(notifications.accountId, former),
      ),
    )
  if (visibility === 'direct') await rewindConversations(tx, sql`(${id}::bigint)`)
}

const ownStatus = (authorId: AccountId, statusId: StatusId) =>
  and(
    eq(statuses.id, statusId),
    eq(statuses.accountId, authorId),
    eq(statuses.isLocal, true),
    isNull(statuses.deletedAt),
  )

async function changesFiles(tx: Tx, statusId: StatusId, { mediaIds, files }: EditDraft): Promise<boolean> {
  const before = await tx
    .select()
    .from(media)
    .where(and(eq(media.statusId, statusId), isNotNull(media.position)))
    .orderBy(asc(media.position))
  if (before.length !== mediaIds.length || before.some(({ id }, i) => id !== mediaIds[i])) return true
  return files.some(({ id, columns }) => {
    const file = before.find((file) => file.id === id)
    return file && Object.entries(columns).some(([name, value]) => file[name as keyof typeof file] !== value)
  })
}

async function changesQuestion(tx: Tx, statusId: StatusId, poll: EditDraft['poll']): Promise<boolean> {
  if (poll === 'kept') return false
  const [current] = await tx.select({ kind: polls.kind }).from(polls).where(eq(polls.statusId, statusId))
  if (!current || !poll) return (current === undefined) !== (poll === null)
  const titles = await optionTitles(tx, statusId)
  return (
    current.kind !== poll.kind ||
    titles.length !== poll.options.length ||
    titles.some((title, i) => title !== poll.options[i])
  )
}

/** The changed columns of a file; stores a new thumbnail. */
async function prepareFile(stored: PendingFiles, { id, description, focus, thumbnail }: FileChange): Promise<FileEdit> {
  const preview = thumbnail ? await storePreview(stored, await processPreview(thumbnail)) : {}
  return {
    id,
    columns: {
      ...(description === undefined ? {} : { description: validDescription(description) }),
      ...focusColumns(focus),
      ...preview,
    },
  }
}

async function changeFile(tx: Tx, { id, columns }: FileEdit): Promise<void> {
  if (Object.keys(columns).length === 0) return
  const [before] = await tx.select({ previewFile: media.previewFile }).from(media).where(eq(media.id, id))
  await tx.update(media).set(columns).where(eq(media.id, id))
  if (columns.previewFile && before?.previewFile)
    await emit(tx, { type: 'files.orphaned', files: [before.previewFile] })
}
