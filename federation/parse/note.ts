import type { RemoteStatus } from '#src/statuses/receive/remote-status.ts'
import {
  asList,
  dateOf,
  addressesOf,
  idOf,
  isObject,
  isPublic,
  isSameOrigin,
  isTrue,
  type JsonObject,
  pageOf,
  totalOf,
  typesOf,
} from '../documents/json.ts'
import { parseEmojis } from './emoji.ts'
import { type CanInteract, parseCanInteract, parseReplyApproval } from './interaction-policy.ts'
import { mediaOf } from './media.ts'
import { flattenEpisode } from './podcast-episode.ts'
import { parsePoll } from './poll.ts'
import { withQuoteLineMarked } from './quote-line.ts'
import { type CanQuote, parseCanQuote, parseQuote } from './quote.ts'
import { hashtagsOf, mentionsOf, resolvedBy, tagsOf } from './tags.ts'
import { textsOf } from './texts.ts'

/** A post as its server describes it; accounts are still URIs. */
export type ParsedNote = Omit<
  RemoteStatus,
  'accountId' | 'mentionedIds' | 'visibility' | 'depth' | 'quotePolicy' | 'interactionPolicy' | 'audienceUri'
> & {
  /** Its quote policy; null when not stated. */
  canQuote: CanQuote | null
  /** Its policy for favourites, replies and boosts. */
  canInteract: CanInteract
  /** Possible authors on its own server: one if that is certain; else persons first, as far as the post states types. */
  authors: string[]
  to: string[]
  cc: string[]
  /** Possibly the group that it was written in. */
  audience: string | null
  /** URIs of the mentioned accounts, in order; a handle (`@name@host`) for a mention without URI. */
  mentioned: string[]
}

/** Types that are shown as a status. Most of them have a title and a page of their own. */
const noteTypes = [
  'Note',
  'Question',
  'ChatMessage',
  'Article',
  'Page',
  'Image',
  'Audio',
  'Video',
  'Event',
  'PodcastEpisode',
]
const titled = new Set(['Article', 'Page', 'Image', 'Audio', 'Video', 'Event'])

export const isNote = (json: JsonObject): boolean => typesOf(json).some((type) => noteTypes.includes(type))

/**
 * Parses a post; null for any other document, or when something required is missing.
 *
 * @param activity that enclosed it: some servers put addresses only there, and its actor decides among several authors
 */
export function parseNote(json: JsonObject, activity: JsonObject = {}): ParsedNote | null {
  if (!isNote(json)) return null
  const post = flattenEpisode(json)
  const type = typesOf(post).find((type) => noteTypes.includes(type))
  const uri = idOf(post['id'])
  const authors = authorsOf(post['attributedTo'] ?? post['actor'] ?? activity['actor'], uri)
  const actor = idOf(activity['actor'])
  if (!type || uri === null || authors.length === 0) return null

  const url = pageOf(post, uri)
  const tags = tagsOf(post)
  const quote = parseQuote(post, tags)
  const { content, spoilerText, language } = textsOf(post, {
    isTitled: titled.has(type),
    url,
    resolved: resolvedBy(tags, url),
    context: post['@context'] ?? activity['@context'],
  })
  const inReplyToUri = idOf(post['inReplyTo'])
  const publishedAt = pastOf(post['published']) ?? new Date()
  return {
    uri,
    url,
    authors: actor !== null && authors.includes(actor) ? [actor] : authors,
    content: quote ? withQuoteLineMarked(content, quote.uri) : content,
    spoilerText,
    isSensitive: isTrue(post['sensitive']) || spoilerText !== '' || hasSensitiveFile(post),
    language,
    inReplyToUri: inReplyToUri === uri ? null : inReplyToUri,
    repliesUrl: ownUrl(repliesOf(post), uri),
    contextUri: idOf(post['context']),
    reblogsCount: totalOf(post['shares']),
    favouritesCount: totalOf(post['likes']),
    publishedAt,
    editedAt: isInFuture(post['published']) ? null : editedAtOf(pastOf(post['updated']), publishedAt),
    ...audienceOf(isAddressed(post) ? post : activity),
    audience: addressesOf(post['audience']).find((address) => !isPublic(address)) ?? null,
    mentioned: mentionsOf(tags),
    tags: hashtagsOf(tags),
    emojis: parseEmojis(tags),
    media: mediaOf(post, type),
    poll: type === 'Question' ? parsePoll(post) : null,
    quote,
    canQuote: parseCanQuote(post),
    canInteract: parseCanInteract(post),
    approvalUri: parseReplyApproval(post),
  }
}

/** The collection of replies to a post, or its id. Video servers call it `comments`. */
export const repliesOf = (json: JsonObject): unknown => json['replies'] ?? json['comments']

/** A URL on the post's own server: a post must not direct our requests to a third one. */
function ownUrl(value: unknown, uri: string): string | null {
  const url = idOf(value)
  return url !== null && isSameOrigin(url, uri) ? url : null
}

const maxAuthors = 10

/** Video servers name the person and the channel, others also the group: the person is the author. Authors on other servers than the post's are ignored. */
function authorsOf(value: unknown, uri: string | null): string[] {
  const own = asList(value)
    .slice(0, maxAuthors)
    .filter((author) => isSameOrigin(idOf(author) ?? '', uri ?? ''))
  const [persons, others] = [true, false].map((isPerson) =>
    own.filter((author) => (isObject(author) && typesOf(author).includes('Person')) === isPerson),
  )
  return [...new Set([...(persons ?? []), ...(others ?? [])].flatMap((author) => idOf(author) ?? []))]
}

/** Whether an object in an activity or list is a whole post, and not just its id and type. */
export const isWhole = (json: JsonObject): boolean =>
  ['attributedTo', 'content', 'contentMap', 'attachment'].some((name) => json[name] !== undefined)

/** A moment, at most now: after an edit dated in the future, no later edit would count. */
function pastOf(value: unknown): Date | null {
  const date = dateOf(value)
  return date && new Date(Math.min(date.getTime(), Date.now()))
}

const isInFuture = (value: unknown): boolean => (dateOf(value)?.getTime() ?? 0) > Date.now()

/** The time of the last edit. Some servers send whole seconds: an edit within the second of publication counts. */
function editedAtOf(updated: Date | null, publishedAt: Date): Date | null {
  if (!updated || updated.getTime() < Math.floor(publishedAt.getTime() / 1_000) * 1_000) return null
  return updated > publishedAt ? updated : publishedAt
}

const isAddressed = (json: JsonObject): boolean => json['to'] !== undefined || json['cc'] !== undefined

/** `audience` mostly names groups; it counts as `cc`. */
function audienceOf(json: JsonObject): Pick<ParsedNote, 'to' | 'cc'> {
  const to = addressesOf(json['to'])
  const audience = addressesOf(json['audience']).filter((address) => !to.includes(address))
  return { to, cc: [...new Set([...addressesOf(json['cc']), ...audience])] }
}

const maxLooked = 100

/** Some servers hide single files; here a status hides all of its files or none. */
const hasSensitiveFile = (json: JsonObject): boolean =>
  asList(json['attachment'])
    .slice(0, maxLooked)
    .some((file) => isObject(file) && isTrue(file['sensitive']))
