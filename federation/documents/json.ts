/**
 * Reading JSON of other servers. Every server writes the same terms in its own way: single values where others have lists,
 * objects where others have their ids. Nothing here throws.
 */
import { webUrl } from '#src/platform/web-url.ts'
import { isJsonWithin } from '#src/text/json-depth.ts'
import { parseMoment } from '#src/text/moment.ts'

export type JsonObject = { readonly [name: string]: unknown }

/** As deep as anything meaningful is; code that walks through JSON recursively stays safe. */
const maxDepth = 64
/** Values in one document. Small ones take many times the memory of their text: a megabyte of empty lists takes a dozen. */
const maxValues = 20_000
/** Bytes of an id or URL: an entry of an index in PostgreSQL has room for 2,704. */
export const maxUrlBytes = 2_048

export const activityType = 'application/activity+json'
export const activityStreams = 'https://www.w3.org/ns/activitystreams'
export const publicAddress = `${activityStreams}#Public`

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Parses a JSON object from outside. Null when it is none, nested too deep, made of too many values, or holds what PostgreSQL can't store. */
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

/** A text property, or, where it is given by languages only (`nameMap` for `name`), the first of these. */
export const textOf = (object: JsonObject, name: string): string | null =>
  firstText(object[name]) ?? translationsOf(object[`${name}Map`])[0]?.[1] ?? null

const maxTranslations = 100

/** The texts of a map of languages, with their tags as written. */
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

/** The id of what may be given as an id or as an object. Only http(s) URLs can be ids, and none that is too long. */
export function idOf(value: unknown): string | null {
  const [first] = asList(value)
  const id = text(isObject(first) ? first['id'] : first)
  return id === null ? null : shortUrl(id)
}

function shortUrl(written: string): string | null {
  const url = webUrl(written)
  // It is ASCII now, so characters are bytes. A name before the host (`https://good.test@evil.test/`) is there to mislead.
  return url !== null && url.length <= maxUrlBytes && !/^https?:\/\/[^/?#]*@/i.test(url) ? url : null
}

const maxAddresses = 100

/** What stands in `to` or `cc`; everybody is named in one way, of those that are in use. */
export const addressesOf = (value: unknown): string[] =>
  asList(value)
    .slice(0, maxAddresses)
    .flatMap((each) => (typeof each === 'string' && isPublic(each) ? publicAddress : (idOf(each) ?? [])))

const maxLinks = 32

/** A http(s) link, given as a string, as a Link, or as a list of these, the first of which counts. */
export function linkOf(value: unknown): string | null {
  for (const link of asList(value).slice(0, maxLinks)) {
    const href = firstText(isObject(link) ? (link['href'] ?? link['url']) : link)
    const url = href === null ? null : shortUrl(href)
    if (url) return url
  }
  return null
}

/** Where people read what has an id. Only its own server may say so: a page is found by its address, as an id is. */
export function pageOf(object: JsonObject, id: string): string {
  const links = asList(object['url']).slice(0, maxLinks)
  // Besides the page some list files, feeds, and names of other networks.
  const pages = [...links.filter(isHtml), ...links.filter((link) => !isObject(link) || link['mediaType'] === undefined)]
  return pages.map((link) => linkOf(link)).find((url) => url !== null && isSameOrigin(url, id)) ?? id
}

const isHtml = (link: unknown): boolean => isObject(link) && /^text\/html\b/i.test(text(link['mediaType']) ?? '')

const maxTypes = 16

/** The types of an object; those of ActivityStreams by their short names, however they are written. */
export const typesOf = (object: JsonObject): string[] =>
  asList(object['type'])
    .slice(0, maxTypes)
    .flatMap((type) =>
      typeof type === 'string' ? type.replace(/^(?:as:|https:\/\/www\.w3\.org\/ns\/activitystreams#)/, '') : [],
    )

const isoDate = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,12})?)?)\s?(Z|[+-]\d{2}(?::?\d{2})?)?)?$/i

/** A moment as ISO 8601, or null for anything that is no date. One without a time zone is meant as UTC. */
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

/** A number of things; null for what is none. */
export const countOf = (value: unknown): number | null =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 ? Math.min(value, maxCount) : null

/** How many a collection holds, where it says so. */
export const totalOf = (collection: unknown): number | null =>
  isObject(collection) ? countOf(collection['totalItems']) : null

/** Whether two URLs lie on the same server: scheme, host and port. */
export function isSameOrigin(one: string, other: string): boolean {
  return URL.canParse(one) && URL.canParse(other) && new URL(one).origin === new URL(other).origin
}

export const isPublic = (address: string): boolean => publicNames.has(address)

const publicNames = new Set([publicAddress, 'as:Public', 'Public', publicAddress.replace('https:', 'http:')])
