/**
 * Reads a web page's metadata for its preview: OpenGraph, Twitter cards, JSON-LD, and plain HTML. The result is text and URLs; no
 * HTML of the page is kept.
 */
import { maxUrlLength, webUrl } from '../../platform/web-url.ts'
import { cleanName } from '../../text/clean.ts'
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
  /** Handle of the author's account, as written in the page. */
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

type Metadata = { metas: Map<string, string>; title: string; language: string; oembed: string | null; data: unknown[] }

/** @param base the page's URL, to resolve relative URLs */
export function readPage(html: string, base: string): PageFacts {
  const metadata = scan(html)
  const meta = (...names: string[]) => names.map((name) => metadata.metas.get(name)?.trim()).find(Boolean) ?? ''
  const article = articleOf(metadata.data)
  const author = firstObject(article['author'])
  const authorTag = meta('article:author', 'author')
  const authorUrl = absolute(authorTag, base) ?? absolute(string(author['url']), base) ?? ''
  return {
    title: cleanName(meta('og:title', 'twitter:title') || string(article['headline']) || metadata.title, maxTitle),
    description: cleanName(
      meta('og:description', 'twitter:description', 'description') || string(article['description']),
      maxDescription,
    ),
    language: languageOf(metadata.language || meta('og:locale', 'content-language') || string(article['inLanguage'])),
    siteName: cleanName(
      meta('og:site_name', 'application-name') || string(firstObject(article['publisher'])['name']),
      maxTitle,
    ),
    authorName: cleanName(
      webUrl(authorTag) === null && authorTag !== '' ? authorTag : meta('author') || string(author['name']),
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
    oembedUrl: absolute(metadata.oembed ?? '', base),
  }
}

/** Reads a page once, in the order of its tags. The first value of a name counts. */
function scan(html: string): Metadata {
  const metadata: Metadata = { metas: new Map(), title: '', language: '', oembed: null, data: [] }
  let inside: 'title' | 'data' | null = null
  let written = ''
  readTags(html, {
    onOpen(name, attributes) {
      if (name === 'html') metadata.language = attributes['lang'] ?? ''
      else if (name === 'meta') addMeta(metadata, attributes)
      else if (name === 'link' && /^application\/json\+oembed$/i.test(attributes['type'] ?? ''))
        metadata.oembed ??= attributes['href'] ?? null
      else if (name === 'title' && metadata.title === '') [inside, written] = ['title', '']
      else if (name === 'script' && /^application\/ld\+json/i.test(attributes['type'] ?? ''))
        [inside, written] = ['data', '']
    },
    onText(text) {
      if (inside && written.length < maxJsonLd) written += text
    },
    onClose(name) {
      if (name === 'title' && inside === 'title') metadata.title = written
      else if (name === 'script' && inside === 'data') metadata.data.push(parseJson(written))
      else return
      inside = null
    },
  })
  return metadata
}

function addMeta({ metas }: Metadata, attributes: TagAttributes): void {
  const name = (
    attributes['property'] ??
    attributes['name'] ??
    attributes['itemprop'] ??
    attributes['http-equiv']
  )?.toLowerCase()
  const { content } = attributes
  if (name && content && metas.size < maxMeta && !metas.has(name)) metas.set(name, content)
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return null
  }
}

type Data = Record<string, unknown>

/** The JSON-LD object that describes the page. */
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
  // A bare word would resolve to a URL, but is not meant as one.
  if (url === '' || url.length > maxUrlLength || (!/^(https?:)?\/\//i.test(url) && !/[/.]/.test(url)) || /\s/.test(url))
    return null
  const whole = URL.parse(url, base)?.href
  return whole ? webUrl(whole) : null
}

const languageOf = (tag: string): string | null => languageTag(tag)?.split('-')[0] ?? null
