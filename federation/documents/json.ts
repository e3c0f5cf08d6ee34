/**
 * Reads JSON of other servers. Every server writes the same terms in its own way: single values where others have lists,
 * objects where others have their ids. Nothing here throws.
 */
import { webUrl } from '#src/platform/web-url.ts'
import { isJsonWithin } from '#src/text/json-depth.ts'
import { parseMoment } from '#src/text/moment.ts'

export type JsonObject = { readonly [name: string]: unknown }

/** Deeper than any meaningful document, and safe for code that walks through JSON recursively. */
const maxDepth = 64
/** Values in one document. Small values take many times the memory of their text: 1 MB of empty lists takes about 12 MB. */
const maxValues = 20_000
/** Bytes of an id or URL: an index entry in PostgreSQL has room for 2,704. */
export const maxUrlBytes = 2_048

export const activityType = 'application/activity+json'
export const activityStreams = 'https://www.w3.org/ns/activitystreams'
export const publicAddress = `${activityStreams}#Public`

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Parses a JSON object from another server. Null for invalid JSON, too deep nesting, too many values, or NUL characters, which PostgreSQL can't store. */
export function parseObject(text: string): JsonObject | null {
  if (!isJsonWithin(maxDepth, text)) return null
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) && isModest(value, { left: maxValues }) && !/\\u0000/i.test(text) ? value : null
  } catch {
    return null
  }
}

function isModest(value: unknown, values: { left: number }): boolean {
  if (values.left-- <= 0) return false
  return typeof value !== 'object' || value === null || Object.values(value).every((inner) => isModest(inner, values))
}

export function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : value === undefined || value === null ? [] : [value]
}

export const text = (value: unknown): string | null => (typeof value === 'string' ? value : null)

/** The first string of a value or list. */
export const firstText = (value: unknown): string | null => text(asList(value).find((each) => typeof each === 'string'))

/** A text property; if there is only a map of languages (`nameMap` for `name`), its first text. */
export const textOf = (object: JsonObject, name: string): string | null =>
  firstText(object[name]) ?? translationsOf(object[`${name}Map`])[0]?.[1] ?? null

const maxTranslations = 100

/** The texts of a map of languages, with their language tags as written. */
export const translationsOf = (map: unknown): [string, string][] =>
  isObject(map)
    ? Object.entries(map)
        .slice(0, maxTranslations)
        .flatMap(([language, value]): [string, string][] => {
          const translated = firstText(value)
          return translated === null ? [] : [[language, translated]]
        })
    : []

/** Some servers write their booleans as texts. */
export const isTrue = (value: unknown): boolean => value === true || value === 'true'

/** The id of a value that is an id or an object. Only http(s) URLs of at most `maxUrlBytes` are ids. */
export function idOf(value: unknown): string | null {
  const [first] = asList(value)
  const id = text(isObject(first) ? first['id'] : first)
  return id === null ? null : shortUrl(id)
}

function shortUrl(written: string): string | null {
  const url = webUrl(written)
  // The URL is ASCII now, so characters are bytes. A user name before the host (`https://good.test@evil.test/`) is meant to mislead.
  return url !== null && url.length <= maxUrlBytes && !/^https?:\/\/[^/?#]*@/i.test(url) ? url : null
}

const maxAddresses = 100

/** The addresses in `to` or `cc`; all spellings of the public address become one. */
export const addressesOf = (value: unknown): string[] =>
  asList(value)
    .slice(0, maxAddresses)
    .flatMap((each) => (typeof each === 'string' && isPublic(each) ? publicAddress : (idOf(each) ?? [])))

const maxLinks = 32

/** The first http(s) link of a string, a Link, or a list of these. */
export function linkOf(value: unknown): string | null {
  for (const link of asList(value).slice(0, maxLinks)) {
    const href = firstText(isObject(link) ? (link['href'] ?? link['url']) : link)
    const url = href === null ? null : shortUrl(href)
    if (url) return url
  }
  return null
}

/** The web page of an object. It has to be on the object's own server, as objects are found by their page's address, too. */
export function pageOf(object: JsonObject, id: string): string {
  const links = asList(object['url']).slice(0, maxLinks)
  // Besides the page, some servers list files, feeds, and addresses in other networks.
  const pages = [...links.filter(isHtml), ...links.filter((link) => !isObject(link) || link['mediaType'] === undefined)]
  return pages.map((link) => linkOf(link)).find((url) => url !== null && isSameOrigin(url, id)) ?? id
}

const isHtml = (link: unknown): boolean => isObject(link) && /^text\/html\b/i.test(text(link['mediaType']) ?? '')

const maxTypes = 16

/** The types of an object; all spellings of an ActivityStreams type become its short name. */
export const typesOf = (object: JsonObject): string[] =>
  asList(object['type'])
    .slice(0, maxTypes)
    .flatMap((type) =>
      typeof type === 'string' ? type.replace(/^(?:as:|https:\/\/www\.w3\.org\/ns\/activitystreams#)/, '') : [],
    )

const isoDate = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,12})?)?)\s?(Z|[+-]\d{2}(?::?\d{2})?)?)?$/i

/** Parses a moment in ISO 8601; null for anything else. A moment without a time zone is UTC. */
export function dateOf(value: unknown): Date | null {
  const [, day, time = '00:00', zone = 'Z'] = isoDate.exec(text(value) ?? '') ?? []
  if (day === undefined) return null
  const [, hours, minutes = '00'] = /^([+-]\d{2}):?(\d{2})?$/.exec(zone) ?? []
  return parseMoment(`${day}T${time}${hours === undefined ? 'Z' : `${hours}:${minutes}`}`)
}

export function wholeNumber(value: unknown): number | null {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= 100_000 ? value : null
}

export const maxCount = 2_000_000_000

/** A count; null for any other value. */
export const countOf = (value: unknown): number | null =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 ? Math.min(value, maxCount) : null

/** The total of a collection, if it has one. */
export const totalOf = (collection: unknown): number | null =>
  isObject(collection) ? countOf(collection['totalItems']) : null

/** Whether two URLs have the same scheme, host and port. */
export function isSameOrigin(one: string, other: string): boolean {
  return URL.canParse(one) && URL.canParse(other) && new URL(one).origin === new URL(other).origin
}

export const isPublic = (address: string): boolean => publicNames.has(address)

const publicNames = new Set([publicAddress, 'as:Public', 'Public', publicAddress.replace('https:', 'http:')])
