/**
 * Drafts: unfinished posts, kept on the server. A draft is the form as it was typed, so it may break every rule for
 * posts; publishing checks them. Its files are kept until it is published or deleted.
 */
import { and, asc, count, eq, sql } from 'drizzle-orm'
import { isOneOfIds } from '../platform/db/arrays.ts'
import type { Reader, Tx } from '../platform/db/index.ts'
import { type Page, settle, slice } from '../platform/db/page.ts'
import { media } from '../platform/db/schema/media.ts'
import { drafts, type InteractionPolicy, type Visibility } from '../platform/db/schema/statuses.ts'
import { notFound } from '../platform/errors.ts'
import { type AccountId, type DraftId, type MediaId, newId, type StatusId } from '../platform/ids.ts'
import { limits } from '../rules/limits.ts'
import { plainText } from '../text/clean.ts'
import { refuse } from '../text/refusals.ts'
import type { TextFormat } from '../text/render.ts'
import { keepForDraft } from './attach-files.ts'
import type { StatusInput } from './prepare.ts'
import type { QuoteGroup, QuotePolicy } from './quotes/policy.ts'
import type { MediaView } from './views/views.ts'

/** A poll as it was typed. `options` may have empty ones; `expiresInSeconds`: null for a poll without an end. */
export type DraftPoll = {
  options: string[]
  expiresInSeconds: number | null
  /** Whether an edit leaves the end as it is; `expiresInSeconds` does not count then. */
  keepsEnd?: boolean
  isMultiple: boolean
  hidesTotals: boolean
}

/** One of the posts of a draft. */
export type DraftPart = {
  text: string
  spoilerText: string
  isSensitive: boolean
  /** Its files in their order; their descriptions and focal points are those of the files. */
  mediaIds: MediaId[]
  poll: DraftPoll | null
}

/** The form of a post, or of a thread of several. Null: the author's default, or none. */
export type DraftContent = {
  /** At least one. Each replies to the one before. */
  parts: DraftPart[]
  visibility: Visibility | null
  /** BCP 47 tag. */
  language: string | null
  format: TextFormat | null
  /** The parent and the quoted status of the first part. */
  inReplyToId: StatusId | null
  quotedStatusId: StatusId | null
  quotePolicy: QuotePolicy | null
  /** With `quotePolicy`: the groups that may ask. */
  quoteManual: QuoteGroup[]
  /** Empty: everybody may interact. */
  interactionPolicy: InteractionPolicy | null
  /** A local date and time in the author's time zone, as in `2026-12-24T18:00`. */
  scheduledAt: string | null
  isLocalOnly: boolean
}

export type DraftView = {
  id: DraftId
  content: DraftContent
  /** The files of all parts; a part names its own by id. */
  media: MediaView[]
  createdAt: Date
  updatedAt: Date
}

export const emptyPart: DraftPart = { text: '', spoilerText: '', isSensitive: false, mediaIds: [], poll: null }

export const emptyContent: DraftContent = {
  parts: [emptyPart],
  visibility: null,
  language: null,
  format: null,
  inReplyToId: null,
  quotedStatusId: null,
  quotePolicy: null,
  quoteManual: [],
  interactionPolicy: null,
  scheduledAt: null,
  isLocalOnly: false,
}

/**
 * Saves a new draft, or a changed one by its id.
 *
 * @throws Refusal `invalid` when it is too long or there are too many drafts, `not_found` when the author has no such draft,
 *   `unprocessable` when a file is not the author's or belongs to something else
 */
export async function saveDraft(
  tx: Tx,
  authorId: AccountId,
  content: DraftContent,
  id: DraftId | null = null,
): Promise<DraftId> {
  const stored = storable(content)
  const draftId = id === null ? await createDraft(tx, authorId, stored) : await changeDraft(tx, authorId, stored, id)
  await keepForDraft(
    tx,
    authorId,
    draftId,
    stored.parts.flatMap(({ mediaIds }) => mediaIds),
  )
  return draftId
}

async function createDraft(tx: Tx, authorId: AccountId, content: DraftContent): Promise<DraftId> {
  // The lock keeps several at the same time from all taking the last place.
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`drafts ${authorId}`}, 0))`)
  const [kept] = await tx.select({ all: count() }).from(drafts).where(eq(drafts.accountId, authorId))
  if ((kept?.all ?? 0) >= limits.drafts.max) throw refuse('invalid', 'tooManyDrafts', { max: limits.drafts.max })
  const id = newId<DraftId>()
  await tx.insert(drafts).values({ id, accountId: authorId, content })
  return id
}

async function changeDraft(tx: Tx, authorId: AccountId, content: DraftContent, id: DraftId): Promise<DraftId> {
  const changed = await tx
    .update(drafts)
    .set({ content, updatedAt: sql`now()` })
    .where(own(authorId, id))
    .returning({ id: drafts.id })
  if (changed.length === 0) throw notFound()
  return id
}

/** A page of an account's drafts, the latest begun first. */
export async function listDrafts(db: Reader, authorId: AccountId, page: Page): Promise<DraftView[]> {
  const { where, orderBy, limit } = slice(drafts.id, page)
  const rows = await db
    .select()
    .from(drafts)
    .where(and(eq(drafts.accountId, authorId), where))
    .orderBy(orderBy)
    .limit(limit)
  return withFiles(db, settle(page, rows))
}

/** @throws Refusal `not_found` when the author has no such draft */
export async function loadDraft(db: Reader, authorId: AccountId, id: DraftId): Promise<DraftView> {
  const [view] = await withFiles(db, await db.select().from(drafts).where(own(authorId, id)))
  if (!view) throw notFound()
  return view
}

/**
 * Deletes a draft, if it is still there. Its files are free from then on: in the transaction that publishes it, the new posts
 * take them; files that nothing takes are cleaned up.
 */
export async function removeDraft(tx: Tx, authorId: AccountId, id: DraftId): Promise<void> {
  await tx.delete(drafts).where(own(authorId, id))
}

const own = (authorId: AccountId, id: DraftId) => and(eq(drafts.id, id), eq(drafts.accountId, authorId))

/**
 * The content without anything that PostgreSQL can't store.
 *
 * @throws Refusal `invalid` when it is too large
 */
function storable(content: DraftContent): DraftContent {
  const { maxParts, maxPollOptions } = limits.drafts
  if (content.parts.length === 0) throw refuse('invalid', 'draftEmpty')
  if (content.parts.length > maxParts) throw refuse('invalid', 'threadTooLong', { max: maxParts })
  const parts = content.parts.map(({ text, spoilerText, isSensitive, mediaIds, poll }) => ({
    text: bounded(text),
    spoilerText: bounded(spoilerText),
    isSensitive,
    mediaIds: [...new Set(mediaIds)].slice(0, limits.status.maxMediaAttachments),
    poll: poll && { ...poll, options: poll.options.slice(0, maxPollOptions).map(bounded) },
  }))
  const { language, scheduledAt } = content
  return {
    ...content,
    parts,
    language: language === null ? null : bounded(language),
    scheduledAt: scheduledAt === null ? null : bounded(scheduledAt),
  }
}

function bounded(text: string): string {
  if (text.length > limits.status.maxSourceLength) throw refuse('invalid', 'textTooLong')
  return plainText(text)
}

async function withFiles(db: Reader, rows: (typeof drafts.$inferSelect)[]): Promise<DraftView[]> {
  const ids = rows.map(({ id }) => id)
  const files =
    ids.length === 0 ? [] : await db.select().from(media).where(isOneOfIds(media.draftId, ids)).orderBy(asc(media.id))
  return rows.map(({ id, content, createdAt, updatedAt }) => ({
    id,
    content: { ...emptyContent, ...(content as DraftContent) },
    media: files.filter(({ draftId }) => draftId === id),
    createdAt,
    updatedAt,
  }))
}

/** The statuses of a draft, to be prepared and published: missing values are the author's defaults. */
export function inputsOf({ parts, ...content }: DraftContent): StatusInput[] {
  const {
    visibility,
    language,
    format,
    inReplyToId,
    quotedStatusId,
    quotePolicy,
    quoteManual,
    interactionPolicy,
    isLocalOnly,
  } = content
  return parts.map(({ poll, ...part }, i) => ({
    ...part,
    ...(poll ? { poll: { ...poll, expiresInSeconds: poll.keepsEnd ? undefined : poll.expiresInSeconds } } : {}),
    ...(visibility ? { visibility } : {}),
    ...(language ? { language } : {}),
    ...(format ? { format } : {}),
    ...(quotePolicy ? { quotePolicy, quoteManual } : {}),
    ...(interactionPolicy ? { interactionPolicy } : {}),
    ...(inReplyToId && i === 0 ? { inReplyToId } : {}),
    ...(quotedStatusId && i === 0 ? { quotedStatusId } : {}),
    isLocalOnly,
  }))
}
