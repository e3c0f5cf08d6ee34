/** Prepares a new status before its transaction: checks its form, and looks up mentioned accounts on other servers. */
import { sql } from 'drizzle-orm'
import { resolveMentions } from '../accounts/resolve-mentions.ts'
import type { App } from '../platform/app.ts'
import type { Reader } from '../platform/db/index.ts'
import { users } from '../platform/db/schema/accounts.ts'
import type { InteractionPolicy, QuoteGroup, Visibility } from '../platform/db/schema/statuses.ts'
import type { AccountId, ApplicationId, MediaId, StatusId } from '../platform/ids.ts'
import { countCharacters } from '../rules/count.ts'
import { limits } from '../rules/limits.ts'
import { loadSettings } from '../rules/settings.ts'
import { plainText } from '../text/clean.ts'
import { hashtagsIn, mentionsIn } from '../text/extract.ts'
import { languageTag } from '../text/language-tag.ts'
import { withQuoteLine } from '../text/quote-line.ts'
import { refuse } from '../text/refusals.ts'
import { render, type TextFormat } from '../text/render.ts'
import { storedPolicy } from './access/own-policy.ts'
import { requireDescriptions } from './descriptions.ts'
import { type PollDraft, type PollInput, preparePoll } from './polls/poll.ts'
import type { QuotePolicy } from './quotes/policy.ts'
import { type Quotable, toBeQuoted, visibilityOfQuote } from './quotes/quote.ts'
import { type Hashtag, tagPages, usableTags } from './tags.ts'

export type StatusInput = {
  text: string
  format?: TextFormat
  spoilerText?: string
  /** Undefined: the author's default. */
  visibility?: Visibility
  isSensitive?: boolean
  language?: string | null
  inReplyToId?: StatusId
  mediaIds?: MediaId[]
  poll?: PollInput
  quotedStatusId?: StatusId
  /** Undefined: the author's default. */
  quotePolicy?: QuotePolicy
  /** Groups that may ask to quote it, beyond those that may quote it anyway. Undefined: the author's default. */
  quoteManual?: QuoteGroup[]
  /** The rules for favourites, replies and boosts; null: everybody. Undefined: the author's default for the visibility. */
  interactionPolicy?: InteractionPolicy | null
  /** Whether it never leaves this server. */
  isLocalOnly?: boolean
  applicationId?: ApplicationId
  idempotencyKey?: string
}

/** A checked status, ready to be published: everything that can be known before the transaction. */
export type Draft = {
  text: string
  format: TextFormat
  content: string
  spoilerText: string
  visibility: Visibility
  isSensitive: boolean
  language: string | null
  inReplyToId: StatusId | null
  mediaIds: MediaId[]
  poll: PollDraft | null
  mentionedIds: AccountId[]
  tags: Hashtag[]
  quotedStatusId: StatusId | null
  quotePolicy: QuotePolicy
  quoteManual: QuoteGroup[]
  interactionPolicy: InteractionPolicy | null
  isLocalOnly: boolean
  applicationId: ApplicationId | null
  idempotencyKey: string | null
}

/**
 * Makes a draft of an author's input. May reach the network, so it runs outside of any transaction.
 *
 * @throws Refusal `invalid` when the status is empty or too long, or a rule of its policy is not valid
 */
export async function prepareStatus(app: App, authorId: AccountId, input: StatusInput): Promise<Draft> {
  const mediaIds = await checkedFiles(app.db, input.mediaIds)
  const poll = input.poll ? preparePoll(input.poll) : null
  const quoted = input.quotedStatusId === undefined ? null : await toBeQuoted(app.db, authorId, input.quotedStatusId)
  if (quoted && (mediaIds.length > 0 || poll)) throw refuse('invalid', 'quoteWithMedia')
  const [author] = await app.db
    .select()
    .from(users)
    .where(sql`${users.accountId} = ${authorId}`)
  if (author?.descriptionRule === 'require') await requireDescriptions(app.db, authorId, mediaIds)
  const words = await prepareWords(app, input, mediaIds.length > 0 || poll !== null)
  const visibility = narrowVisibility(quoted, input.visibility ?? author?.defaultVisibility ?? 'public')
  const { quoteManual = [], ...defaultPolicy } = author?.defaultInteractionPolicies[visibility] ?? {}
  return {
    ...words,
    ...(quoted ? { content: withQuoteLine(words.content, quoted.url) } : {}),
    visibility,
    isSensitive: words.spoilerText !== '' || (input.isSensitive ?? author?.defaultSensitive ?? false),
    language: input.language === undefined ? (author?.defaultLanguage ?? null) : languageTag(input.language ?? ''),
    inReplyToId: input.inReplyToId ?? null,
    mediaIds,
    poll,
    quotedStatusId: quoted?.id ?? null,
    quotePolicy: input.quotePolicy ?? author?.defaultQuotePolicy ?? 'public',
    // A quote policy without groups that may request quotes allows no requests.
    quoteManual: input.quoteManual ?? (input.quotePolicy === undefined ? quoteManual : []),
    interactionPolicy: storedPolicy(
      input.interactionPolicy === undefined ? defaultPolicy : input.interactionPolicy,
      visibility,
    ),
    isLocalOnly: input.isLocalOnly ?? false,
    applicationId: input.applicationId ?? null,
    idempotencyKey: input.idempotencyKey?.slice(0, 200) ?? null,
  }
}

/** The texts of a status, with the accounts and hashtags in them. */
export type Words = Pick<Draft, 'text' | 'format' | 'content' | 'spoilerText' | 'mentionedIds' | 'tags'>

/**
 * Checks and renders the texts of a new or edited status. May reach the network.
 *
 * @param hasMore whether the status has files or a poll, so that it may be without text
 * @throws Refusal `invalid` when there is no text, or too much
 */
export async function prepareWords(
  app: App,
  input: Pick<StatusInput, 'text' | 'format' | 'spoilerText'>,
  hasMore: boolean,
): Promise<Words> {
  // A warning without text becomes the text: there would be nothing behind the warning.
  const warned = plainText(input.spoilerText ?? '').trim()
  const written = plainText(input.text).trim()
  const text = written === '' && !hasMore ? warned : written
  const spoilerText = text === written ? warned : ''
  if (text.length + spoilerText.length > limits.status.maxSourceLength) throw refuse('invalid', 'textTooLong')
  if (text === '' && !hasMore) throw refuse('invalid', 'textBlank')
  if (countCharacters(text, spoilerText) > limits.status.maxCharacters)
    throw refuse('invalid', 'textOverLimit', { max: limits.status.maxCharacters })

  const format = input.format ?? 'plain'
  const mentioned = await resolveMentions(app, mentionsIn(text, format))
  const tags = await usableTags(app.db, hashtagsIn(text, format))
  return {
    text,
    format,
    content: render(text, format, { mentions: mentioned.links, tagUrl: tagPages(app.uris, tags) }),
    spoilerText,
    mentionedIds: mentioned.ids,
    tags,
  }
}

/** The files to attach, without duplicates. @throws Refusal `unprocessable` when there are too many */
export async function checkedFiles(db: Reader, ids: readonly MediaId[] = []): Promise<MediaId[]> {
  const unique = [...new Set(ids)]
  const { maxMediaAttachments: max } = await loadSettings(db)
  if (unique.length > max) throw refuse('unprocessable', 'tooManyFiles', { max })
  return unique
}

/** The mentioned accounts of a draft that are not among those its author allowed. */
export const unexpectedMentions = (
  draft: Pick<Draft, 'mentionedIds'>,
  authorId: AccountId,
  allowed: readonly AccountId[],
): AccountId[] => draft.mentionedIds.filter((id) => id !== authorId && !allowed.includes(id))

const narrowVisibility = (quoted: Quotable | null, wanted: Visibility): Visibility =>
  quoted ? visibilityOfQuote(wanted, quoted) : wanted
