/** What comes before the transaction of a new status: checks of its form, and asking other servers for who is mentioned. */
import { and, inArray, sql } from 'drizzle-orm'
import { handleMatches, isPresent } from '../accounts/find.ts'
import type { App } from '../app.ts'
import type { Reader } from '../db/index.ts'
import { accounts, users } from '../db/schema/accounts.ts'
import type { Visibility } from '../db/schema/statuses.ts'
import { Refusal } from '../errors.ts'
import type { AccountId, ApplicationId, MediaId, StatusId } from '../ids.ts'
import { limits } from '../instance/limits.ts'
import { plainText } from '../text/clean.ts'
import { countCharacters } from '../text/count.ts'
import { hashtagsIn, type Mentioned, mentionsIn } from '../text/extract.ts'
import { render, type Resolved, type TextFormat } from '../text/render.ts'
import type { Hashtag } from './tags.ts'

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
  applicationId?: ApplicationId
  idempotencyKey?: string
}

/** A status that is fit to be published: everything that can be known before the transaction. */
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
  mentionedIds: AccountId[]
  tags: Hashtag[]
  applicationId: ApplicationId | null
  idempotencyKey: string | null
}

/** How long the author waits for other servers; a mention that is not found by then stays text. */
const lookupMs = 5_000
/** Mentions of one status that are looked up elsewhere. */
const maxUnknownMentions = 10

/**
 * Makes a draft of what an author wrote. May reach the network, so it runs outside of any transaction.
 *
 * @throws Refusal `unprocessable` when the status is empty or too long
 */
export async function prepareStatus(app: App, authorId: AccountId, input: StatusInput): Promise<Draft> {
  const mediaIds = [...new Set(input.mediaIds ?? [])]
  // Text given only as a warning is the text: there would be nothing behind the warning.
  const warned = plainText(input.spoilerText ?? '').trim()
  const written = plainText(input.text).trim()
  const text = written === '' && mediaIds.length === 0 ? warned : written
  const spoilerText = text === written ? warned : ''
  if (text.length + spoilerText.length > limits.status.maxSourceLength) throw invalid('Text is too long')
  if (text === '' && mediaIds.length === 0) throw invalid('Text can’t be blank')
  if (countCharacters(text, spoilerText) > limits.status.maxCharacters) throw invalid(`Text is too long: at most ${limits.status.maxCharacters} characters`)
  if (mediaIds.length > limits.status.maxMediaAttachments) throw invalid(`At most ${limits.status.maxMediaAttachments} files can be attached`)

  const [author] = await app.db.select().from(users).where(sql`${users.accountId} = ${authorId}`)
  const format = input.format ?? 'plain'
  const mentioned = await resolveMentions(app, mentionsIn(text, format))
  return {
    text,
    format,
    content: render(text, format, { mentions: mentioned.links, tagUrl: app.uris.tag }),
    spoilerText,
    visibility: input.visibility ?? author?.defaultVisibility ?? 'public',
    isSensitive: spoilerText !== '' || (input.isSensitive ?? author?.defaultSensitive ?? false),
    language: input.language === undefined ? (author?.defaultLanguage ?? null) : input.language,
    inReplyToId: input.inReplyToId ?? null,
    mediaIds,
    mentionedIds: mentioned.ids,
    tags: hashtagsIn(text, format),
    applicationId: input.applicationId ?? null,
    idempotencyKey: input.idempotencyKey?.slice(0, 200) ?? null,
  }
}

/** The accounts behind mentions, with what their links need, by the handle as it was written. */
export async function resolveMentions(app: App, found: Mentioned[]): Promise<{ ids: AccountId[]; links: Resolved['mentions'] }> {
  if (found.length === 0) return { ids: [], links: new Map() }
  const mentions = found.map(app.uris.localised)
  const known = await knownAccounts(app.db, mentions)

  const unknown = mentions.filter((mention) => mention.domain !== null && !known.has(mention.acct)).slice(0, maxUnknownMentions)
  const fetched = await Promise.all(unknown.map((mention) => within(lookupMs, app.remote.account(mention.acct))))
  const fetchedIds = fetched.flatMap((id) => id ?? [])
  if (fetchedIds.length > 0) {
    const rows = await app.db.select(named).from(accounts).where(inArray(accounts.id, fetchedIds))
    for (const [i, mention] of unknown.entries()) {
      const row = rows.find((row) => row.id === fetched[i])
      if (row) known.set(mention.acct, row)
    }
  }

  const links = new Map([...known].map(([acct, row]) => [acct, { url: row.url, username: row.username, acct: row.domain === null ? row.username : `${row.username}@${row.domain}` }]))
  const ids = found.flatMap((mention) => known.get(mention.acct)?.id ?? [])
  return { ids: [...new Set(ids)], links }
}

const named = { id: accounts.id, username: accounts.username, domain: accounts.domain, url: accounts.url }

async function knownAccounts(db: Reader, wanted: Mentioned[]) {
  const rows = await db.select(named).from(accounts).where(and(handleMatches(wanted), isPresent))
  const found = wanted.flatMap((mention) => {
    const row = rows.find((row) => row.username.toLowerCase() === mention.username.toLowerCase() && row.domain === mention.domain)
    return row ? [[mention.acct, row] as const] : []
  })
  return new Map(found)
}

async function within<T>(ms: number, work: Promise<T>): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined
  const tooLate = new Promise<null>((done) => {
    timer = setTimeout(() => done(null), ms)
  })
  return Promise.race([work.catch(() => null), tooLate]).finally(() => clearTimeout(timer))
}

const invalid = (message: string) => new Refusal('unprocessable', `Validation failed: ${message}`)
