import type { RemoteMedia, RemoteStatus } from '#src/statuses/receive.ts'
import { parseHashtag } from '#src/text/hashtag.ts'
import { plainText } from '#src/text/clean.ts'
import { escapeAttribute, escapeText } from '#src/html/escape.ts'
import { languageTag } from '#src/text/language-tag.ts'
import { asList, dateOf, addressesOf, firstText, idOf, isObject, isPublic, isSameOrigin, type JsonObject, linkOf, pageOf, text, totalOf, typesOf, wholeNumber } from '../json.ts'
import { emojisOf } from './emoji.ts'
import { type CanInteract, parseCanInteract, parseReplyApproval } from './interaction.ts'
import { parsePoll } from './poll.ts'
import { type CanQuote, parseCanQuote, parseQuote } from './quote.ts'

/** A post as its server describes it; accounts are URIs still. */
export type ParsedNote = Omit<RemoteStatus, 'accountId' | 'mentionedIds' | 'visibility' | 'depth' | 'quotePolicy' | 'interactionPolicy' | 'audienceUri'> & {
  /** Whom it lets quote it; null where it says nothing of that. */
  canQuote: CanQuote | null
  /** Whom it lets favourite, answer and boost it, where it says so. */
  canInteract: CanInteract
  author: string
  to: string[]
  cc: string[]
  /** What may be the group that it was written in. */
  audience: string | null
  /** URIs of the accounts that it names, in order. */
  mentioned: string[]
}

/** What we show as a status. Most of these have a title, and a page of their own to be read on. */
const noteTypes = ['Note', 'Question', 'Article', 'Page', 'Image', 'Audio', 'Video', 'Event']
const titled = new Set(['Article', 'Page', 'Image', 'Audio', 'Video', 'Event'])

const maxTags = 50
const maxAttachments = 16
const maxContentLength = 200_000

export const isNote = (json: JsonObject): boolean => typesOf(json).some((type) => noteTypes.includes(type))

/** A post as plain data, or null for what is none or lacks what a status needs. */
export function parseNote(json: JsonObject): ParsedNote | null {
  const type = typesOf(json).find((type) => noteTypes.includes(type))
  const uri = idOf(json['id'])
  const author = authorOf(json['attributedTo'])
  if (!type || uri === null || author === null) return null

  const url = pageOf(json, uri)
  const { content, language } = contentOf(json)
  const spoilerText = titled.has(type) ? '' : plainText(firstText(json['summary']) ?? firstOfMap(json['summaryMap']) ?? '').trim()
  const tags = asList(json['tag']).filter(isObject).slice(0, maxTags)
  const publishedAt = dateOf(json['published']) ?? new Date()
  const editedAt = dateOf(json['updated'])
  return {
    uri,
    url,
    author,
    content: titled.has(type) ? withTitle(firstText(json['name']), content, url, sharedLink(json)) : content,
    spoilerText,
    isSensitive: json['sensitive'] === true || spoilerText !== '',
    language,
    inReplyToUri: idOf(json['inReplyTo']),
    repliesUrl: ownUrl(repliesOf(json), uri),
    contextUri: idOf(json['context']),
    reblogsCount: totalOf(json['shares']),
    favouritesCount: totalOf(json['likes']),
    publishedAt,
    editedAt: editedAt && editedAt > publishedAt ? editedAt : null,
    to: addressesOf(json['to']),
    cc: addressesOf(json['cc']),
    audience: addressesOf(json['audience']).find((address) => !isPublic(address)) ?? null,
    mentioned: tags.filter((tag) => typesOf(tag).includes('Mention')).flatMap((tag) => linkOf(tag['href']) ?? []),
    tags: hashtagsOf(tags),
    emojis: emojisOf(tags),
    media: [...filesOf(json), ...(['Image', 'Audio', 'Video'].includes(type) ? [json] : [])].slice(0, maxAttachments).flatMap(mediaOf),
    poll: type === 'Question' ? parsePoll(json) : null,
    quote: parseQuote(json, tags),
    canQuote: parseCanQuote(json),
    canInteract: parseCanInteract(json),
    approvalUri: parseReplyApproval(json),
  }
}

/** The collection of replies to a post, or its id. Video servers have comments. */
export const repliesOf = (json: JsonObject): unknown => json['replies'] ?? json['comments']

/** Nobody has us ask a third server for what belongs to a post. */
function ownUrl(value: unknown, uri: string): string | null {
  const url = idOf(value)
  return url !== null && isSameOrigin(url, uri) ? url : null
}

/** Video servers name both the person and the channel: the person wrote it. */
function authorOf(value: unknown): string | null {
  const authors = asList(value).slice(0, 10)
  const person = authors.find((author) => isObject(author) && typesOf(author).includes('Person'))
  return idOf(person ?? authors[0])
}

function contentOf(json: JsonObject): { content: string; language: string | null } {
  const map = isObject(json['contentMap']) ? json['contentMap'] : {}
  const plain = firstText(json['content'])
  const translations = Object.entries(map).filter((entry): entry is [string, string] => typeof entry[1] === 'string')
  const own = translations.find(([, content]) => content === plain) ?? translations[0]
  return {
    content: plainText((plain ?? own?.[1] ?? '').slice(0, maxContentLength)),
    language: languageTag(own?.[0] ?? text(json['language']) ?? ''),
  }
}

const firstOfMap = (value: unknown): string | null => (isObject(value) ? text(Object.values(value)[0]) : null)

/** @param shared a page that it is about, which comes first, so that it is the one that is shown */
function withTitle(title: string | null, content: string, url: string, shared: string | null): string {
  const heading = title ? `<p><strong>${escapeText(plainText(title).slice(0, 500))}</strong></p>` : ''
  const link = (to: string) => `<p><a href="${escapeAttribute(to)}">${escapeText(to)}</a></p>`
  return `${heading}${shared && shared !== url ? link(shared) : ''}${content}${link(url)}`
}

/** The page that a post in a group is about, which is attached as a link. Pictures are attached so, too. */
function sharedLink(json: JsonObject): string | null {
  const link = asList(json['attachment']).slice(0, maxAttachments).find((each) => isObject(each) && typesOf(each).includes('Link') && mediaOf(each).length === 0)
  return isObject(link) ? linkOf(link['href'] ?? link['url']) : null
}

/** A Hashtag as plain data; null for anything else. */
export const hashtagOf = (tag: unknown): ParsedNote['tags'][number] | null => (isObject(tag) && typesOf(tag).includes('Hashtag') ? parseHashtag(text(tag['name']) ?? '') : null)

function hashtagsOf(tags: JsonObject[]): ParsedNote['tags'] {
  const found = new Map<string, ParsedNote['tags'][number]>()
  for (const tag of tags) {
    const hashtag = hashtagOf(tag)
    if (hashtag) found.set(hashtag.name, hashtag)
  }
  return [...found.values()]
}

/** What is attached; of a post in a group that has nothing else, its picture. */
function filesOf(json: JsonObject): unknown[] {
  const attached = asList(json['attachment'])
  return attached.length === 0 && typesOf(json).includes('Page') ? asList(json['image']).slice(0, 1) : attached
}

function mediaOf(value: unknown): RemoteMedia[] {
  if (!isObject(value)) return []
  const links = asList(value['url']).filter(isObject)
  const playable = links.find((link) => /^(video|audio|image)\//.test(text(link['mediaType']) ?? ''))
  const url = linkOf(playable ?? value['url'] ?? value['href'])
  const mediaType = (text(value['mediaType']) ?? text(playable?.['mediaType']) ?? '').toLowerCase().slice(0, 100)
  const kind = kindOf(typesOf(value), mediaType)
  if (url === null || kind === null) return []
  const [x, y] = asList(value['focalPoint'])
  return [
    {
      kind,
      mediaType: mediaType || 'application/octet-stream',
      url,
      // Some servers have the description in `summary`.
      description: plainText(firstText(value['name']) ?? firstText(value['summary']) ?? '').slice(0, 1_500),
      width: wholeNumber(value['width'] ?? playable?.['width']),
      height: wholeNumber(value['height'] ?? playable?.['height']),
      blurhash: blurhashOf(value['blurhash']),
      focus: { x: fraction(x), y: fraction(y) },
    },
  ]
}

function kindOf(types: string[], mediaType: string): RemoteMedia['kind'] | null {
  if (mediaType === 'image/gif' || mediaType.startsWith('image/')) return 'image'
  if (mediaType.startsWith('video/')) return 'video'
  if (mediaType.startsWith('audio/')) return 'audio'
  if (types.includes('Image')) return 'image'
  if (types.includes('Video')) return 'video'
  if (types.includes('Audio')) return 'audio'
  // Links to pages are attachments too, on some servers; they stand in the text.
  return types.includes('Document') ? 'unknown' : null
}

const blurhashOf = (value: unknown): string | null => (typeof value === 'string' && /^[\w#$%*+,\-.:;=?@[\]^{|}~]{6,100}$/.test(value) ? value : null)
const fraction = (value: unknown): number => (typeof value === 'number' && Math.abs(value) <= 1 ? value : 0)
