/** Translations of posts, by the operator's LibreTranslate server. */
import { createHash } from 'node:crypto'
import { eq } from 'drizzle-orm'
import type { App } from '../platform/app.ts'
import { readValue, writeValue } from '../platform/db/kv.ts'
import { users } from '../platform/db/schema/accounts.ts'
import { notFound } from '../platform/errors.ts'
import type { AccountId, MediaId, StatusId } from '../platform/ids.ts'
import { dayMs, hourMs } from '../platform/time.ts'
import { isOpen } from '../statuses/access/visibility.ts'
import { loadStatusView, type StatusView } from '../statuses/views/views.ts'
import { escapeText } from '../text/html/escape.ts'
import { sanitizeHtml } from '../text/html/sanitize.ts'
import { htmlToText } from '../text/html/to-text.ts'
import { refuse } from '../text/refusals.ts'
import {
  type Endpoint,
  fetchLanguages,
  type TranslatorLanguage,
  translateHtml,
  type Translated,
} from '../text/translation/libretranslate.ts'

export type Translation = {
  /** Safe HTML. */
  content: string
  spoilerText: string | null
  language: string
  /** Language of the original, as its author set it, or as the translator detected it. */
  sourceLanguage: string
  poll: { id: StatusId; options: string[] } | null
  media: { id: MediaId; description: string | null }[]
}

const languagesTtlMs = hourMs
const translationTtlMs = dayMs

/** The target languages by source language; `und` stands for posts without a language. Empty without a translator. */
export async function translationLanguages(app: App): Promise<Record<string, string[]>> {
  const languages = await loadLanguages(app)
  if (languages.length === 0) return {}
  const targets = [...new Set(languages.flatMap((language) => language.targets))].toSorted()
  return { und: targets, ...Object.fromEntries(languages.map(({ code, targets }) => [code, targets])) }
}

/**
 * Tells of a language whether its posts can be translated into the target. All can, as long as the translator was not asked
 * for its languages; this never asks it. None can without a translator.
 */
export async function translatable(app: App, target: string): Promise<(language: string) => boolean> {
  const languages = app.config.libreTranslate && (await storedLanguages(app, app.config.libreTranslate))
  if (languages === undefined) return () => true
  return (language) => pairOf(languages ?? [], language, target) !== null
}

async function loadLanguages(app: App): Promise<TranslatorLanguage[]> {
  const endpoint = app.config.libreTranslate
  if (!endpoint) return []
  const stored = await storedLanguages(app, endpoint)
  if (stored) return stored
  const languages = await fetchLanguages(endpoint)
  await writeValue(app.db, languagesKey(endpoint), languages, languagesTtlMs)
  return languages
}

const languagesKey = ({ url }: Endpoint) => `translation-languages ${url}`

const storedLanguages = async ({ db }: App, endpoint: Endpoint) =>
  (await readValue(db, languagesKey(endpoint))) as TranslatorLanguage[] | undefined

/**
 * Translates a post. Reaches the network unless the translation is cached.
 *
 * @param wanted the target language; undefined for the reader's own
 * @throws Refusal `not_found` without a translator, or when the reader may not see the post; `not_permitted` for a post
 *   that is neither public nor unlisted, and for languages that can't be translated; `unavailable`
 */
export async function translateStatus(
  app: App,
  viewer: AccountId,
  statusId: StatusId,
  wanted?: string,
): Promise<Translation> {
  const endpoint = app.config.libreTranslate
  const seen = await loadStatusView(app.db, viewer, statusId)
  const status = seen?.reblog ?? seen
  if (!endpoint || !status) throw notFound()
  if (!isOpen(status.visibility)) throw refuse('not_permitted', 'notAllowed')

  const languages = await loadLanguages(app)
  const pair = pairOf(languages, status.language, wanted || (await ownLanguage(app, viewer)))
  if (!pair) throw refuse('not_permitted', 'languageNotTranslated')
  const { source, target } = pair

  const parts = partsOf(status)
  const key = `translation ${createHash('sha256')
    .update(JSON.stringify([source, target, parts]))
    .digest('base64url')}`
  const cached = (await readValue(app.db, key)) as Translated | undefined
  const translated =
    cached ??
    (parts.length === 0 ? { texts: [], detected: null } : await translateHtml(endpoint, parts, source, target))
  if (!cached) await writeValue(app.db, key, translated, translationTtlMs)
  return compose(status, translated, target)
}

/** The translator's codes for a translation; null if it can't make it. The source is null for posts without a language. */
function pairOf(
  languages: TranslatorLanguage[],
  from: string | null,
  to: string,
): { source: string | null; target: string } | null {
  const codes = languages.map(({ code }) => code)
  const source = from === null ? null : translatorCode(codes, from)
  const targets = languages.flatMap(({ targets }) => targets)
  const target = translatorCode(targets, to)
  const isPossible =
    from === null || languages.some(({ code, targets }) => code === source && targets.includes(target ?? ''))
  return target !== null && isPossible ? { source, target } : null
}

/** The translator's code for a language tag: the tag itself, or its first part. */
function translatorCode(codes: string[], tag: string): string | null {
  const [base = ''] = tag.toLowerCase().split('-')
  return (
    codes.find((code) => code.toLowerCase() === tag.toLowerCase()) ??
    codes.find((code) => code.toLowerCase() === base) ??
    null
  )
}

async function ownLanguage(app: App, viewer: AccountId): Promise<string> {
  const [user] = await app.db
    .select({ locale: users.locale, language: users.defaultLanguage })
    .from(users)
    .where(eq(users.accountId, viewer))
  return user?.locale ?? user?.language ?? 'en'
}

/** The parts to translate, as HTML, in a fixed order, without empty ones. */
function partsOf(status: StatusView): string[] {
  const texts = [
    status.spoilerText,
    ...(status.poll?.options.map(({ title }) => title) ?? []),
    ...status.media.map(({ description }) => description),
  ]
  return [status.content, ...texts.map(escapeText)].filter((part) => part !== '')
}

function compose(status: StatusView, { texts, detected }: Translated, language: string): Translation {
  const rest = [...texts]
  const next = () => rest.shift() ?? ''
  const text = (original: string): string | null => (original === '' ? null : htmlToText(next()))
  return {
    content: status.content === '' ? '' : sanitizeHtml(next()),
    spoilerText: text(status.spoilerText),
    language,
    sourceLanguage: status.language ?? detected ?? 'und',
    poll: status.poll && { id: status.poll.id, options: status.poll.options.map(({ title }) => text(title) ?? '') },
    media: status.media.map(({ id, description }) => ({ id, description: text(description) })),
  }
}
