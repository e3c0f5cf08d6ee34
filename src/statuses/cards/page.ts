import { maxUrlLength, webUrl } from '../../platform/web-url.ts'
import { cleanName } from '../../text/clean.ts'
/**
 * What a web page says of itself for those who link it: OpenGraph, Twitter's cards, JSON-LD, and plain HTML. All of it is text or URLs; nothing
 * of a page's HTML is kept.
 */
import { readTags, type TagAttributes } from '../../text/html/tags.ts'
import { languageTag } from '../../text/language-tag.ts'
import { parseMoment } from '../../text/moment.ts'

export type PageFacts = {
  title: string
  description: string
  /** BCP 47 tag. */
  language: string | null
  siteName: string
  authorName: string
  authorUrl: string
  /** Handle of the author's account, as the page has it. */
  creator: string | null
  imageUrl: string | null
  imageDescription: string
  publishedAt: Date | null
  oembedUrl: string | null
}

const maxJsonLd = 100_000
const maxMeta = 200
export const maxTitle = 300
const maxDescription = 1_000

type Found = { metas: Map<string, string>; title: string; language: string; oembed: string | null; data: unknown[] }

/** @param base where the page lies, for what it says relative to that */
export function readPage(html: string, base: string): PageFacts {
  const found = scan(html)
  const meta = (...names: string[]) => names.map((name) => found.metas.get(name)?.trim()).find(Boolean) ?? ''
  const article = articleOf(found.data)
  const author = firstObject(article['author'])
  const named = meta('article:author', 'author')
  const authorUrl = absolute(named, base) ?? absolute(string(author['url']), base) ?? ''
  return {
    title: cleanName(meta('og:title', 'twitter:title') || string(article['headline']) || found.title, maxTitle),
    description: cleanName(
      meta('og:description', 'twitter:description', 'description') || string(article['description']),
      maxDescription,
    ),
    language: languageOf(found.language || meta('og:locale', 'content-language') || string(article['inLanguage'])),
    siteName: cleanName(
      meta('og:site_name', 'application-name') || string(firstObject(article['publisher'])['name']),
      maxTitle,
    ),
    authorName: cleanName(
      webUrl(named) === null && named !== '' ? named : meta('author') || string(author['name']),
      maxTitle,
    ),
    authorUrl,
    creator: meta('fediverse:creator') || null,
    imageUrl: absolute(
      meta('og:image:secure_url', 'og:image:url', 'og:image', 'twitter:image', 'twitter:image:src') ||
        imageOf(article['image']),
      base,
    ),
    imageDescription: cleanName(meta('og:image:alt', 'twitter:image:alt'), maxDescription),
    publishedAt: parseMoment(
      meta('article:published_time', 'og:article:published_time', 'date') || string(article['datePublished']),
    ),
    oembedUrl: absolute(found.oembed ?? '', base),
  }
}

/** Reads a page once, in the order of its tags; the first to say something counts. */
function scan(html: string): Found {
  const found: Found = { metas: new Map(), title: '', language: '', oembed: null, data: [] }
  let inside: 'title' | 'data' | null = null
  let written = ''
  readTags(html, {
    onOpen(name, attributes) {
      if (name === 'html') found.language = attributes['lang'] ?? ''
      else if (name === 'meta') addMeta(found, attributes)
      else if (name === 'link' && /^application\/json\+oembed$/i.test(attributes['type'] ?? ''))
        found.oembed ??= attributes['href'] ?? null
      else if (name === 'title' && found.title === '') [inside, written] = ['title', '']
      else if (name === 'script' && /^application\/ld\+json/i.test(attributes['type'] ?? ''))
        [inside, written] = ['data', '']
    },
    onText(text) {
      if (inside && written.length < maxJsonLd) written += text
    },
    onClose(name) {
      if (name === 'title' && inside === 'title') found.title = written
      else if (name === 'script' && inside === 'data') found.data.push(parsed(written))
      else return
      inside = null
    },
  })
  return found
}

function addMeta({ metas }: Found, attributes: TagAttributes): void {
  const name = (
    attributes['property'] ??
    attributes['name'] ??
    attributes['itemprop'] ??
    attributes['http-equiv']
  )?.toLowerCase()
  const { content } = attributes
  if (name && content && metas.size < maxMeta && !metas.has(name)) metas.set(name, content)
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return null
  }
}

type Data = Record<string, unknown>

/** The description of the page itself among its JSON-LD. */
function articleOf(data: unknown[]): Data {
  const things = data
    .flatMap((one) => (isObject(one) && Array.isArray(one['@graph']) ? one['@graph'] : one))
    .flat()
    .filter(isObject)
  return (
    things
      .slice(0, 50)
      .find((thing) =>
        /(Article|BlogPosting|WebPage|VideoObject|Recipe)$/.test(
          string(thing['@type']) || string(firstOf(thing['@type'])),
        ),
      ) ?? {}
  )
}

const isObject = (value: unknown): value is Data => typeof value === 'object' && value !== null && !Array.isArray(value)
const firstOf = (value: unknown): unknown => (Array.isArray(value) ? value[0] : value)
const firstObject = (value: unknown): Data => (isObject(firstOf(value)) ? (firstOf(value) as Data) : {})
const string = (value: unknown): string => (typeof value === 'string' ? value : '')
const imageOf = (value: unknown): string => string(firstOf(value)) || string(firstObject(value)['url'])

function absolute(url: string, base: string): string | null {
  // A word is no address, though it would make one.
  if (url === '' || url.length > maxUrlLength || (!/^(https?:)?\/\//i.test(url) && !/[/.]/.test(url)) || /\s/.test(url))
    return null
  const whole = URL.parse(url, base)?.href
  return whole ? webUrl(whole) : null
}

const languageOf = (tag: string): string | null => languageTag(tag)?.split('-')[0] ?? null
