import type { RemoteStatus } from '#src/statuses/receive.ts'
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
import { withEpisodeLaidOpen } from './episode.ts'
import { type CanInteract, parseCanInteract, parseReplyApproval } from './interaction.ts'
import { mediaOf } from './media.ts'
import { parsePoll } from './poll.ts'
import { withQuoteLineMarked } from './quote-line.ts'
import { type CanQuote, parseCanQuote, parseQuote } from './quote.ts'
import { hashtagsOf, mentionsOf, resolvedBy, tagsOf } from './tags.ts'
import { textsOf } from './texts.ts'

/** A post as its server describes it; accounts are URIs still. */
export type ParsedNote = Omit<
  RemoteStatus,
  'accountId' | 'mentionedIds' | 'visibility' | 'depth' | 'quotePolicy' | 'interactionPolicy' | 'audienceUri'
> & {
  /** Whom it lets quote it; null where it says nothing of that. */
  canQuote: CanQuote | null
  /** Whom it lets favourite, answer and boost it, where it says so. */
  canInteract: CanInteract
  /** Who may have written it, on its own server: one where that is known, else persons before all others, as far as they are told apart. */
  authors: string[]
  to: string[]
  cc: string[]
  /** What may be the group that it was written in. */
  audience: string | null
  /** URIs of the accounts that it names, in order; handles (`@name@host`) of those that it names by these alone. */
  mentioned: string[]
}

/** What we show as a status. Most of these have a title, and a page of their own to be read on. */
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
 * A post as plain data, or null for what is none or lacks what a status needs.
 *
 * @param activity that it came in: some say only there whom it is for, and of several authors its actor is the one
 */
export function parseNote(json: JsonObject, activity: JsonObject = {}): ParsedNote | null {
  if (!isNote(json)) return null
  const post = withEpisodeLaidOpen(json)
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
    editedAt: isToCome(post['published']) ? null : editedAtOf(pastOf(post['updated']), publishedAt),
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

/** The collection of replies to a post, or its id. Video servers have comments. */
export const repliesOf = (json: JsonObject): unknown => json['replies'] ?? json['comments']

/** Nobody has us ask a third server for what belongs to a post. */
function ownUrl(value: unknown, uri: string): string | null {
  const url = idOf(value)
  return url !== null && isSameOrigin(url, uri) ? url : null
}

const maxAuthors = 10

/** Video servers name both the person and the channel, others the group that it was written in: the person wrote it. Nobody writes on servers of others. */
function authorsOf(value: unknown, uri: string | null): string[] {
  const own = asList(value)
    .slice(0, maxAuthors)
    .filter((author) => isSameOrigin(idOf(author) ?? '', uri ?? ''))
  const [persons, others] = [true, false].map((isPerson) =>
    own.filter((author) => (isObject(author) && typesOf(author).includes('Person')) === isPerson),
  )
  return [...new Set([...(persons ?? []), ...(others ?? [])].flatMap((author) => idOf(author) ?? []))]
}

/** Whether an object in an activity or list is all of a post, and not just its id and type. */
export const isWhole = (json: JsonObject): boolean =>
  ['attributedTo', 'content', 'contentMap', 'attachment'].some((name) => json[name] !== undefined)

/** A moment that is not to come: by an edit in the future, no later one would ever count. */
function pastOf(value: unknown): Date | null {
  const date = dateOf(value)
  return date && new Date(Math.min(date.getTime(), Date.now()))
}

const isToCome = (value: unknown): boolean => (dateOf(value)?.getTime() ?? 0) > Date.now()

/** When a post was edited. Some servers say it in whole seconds: an edit in the second of the publication is one. */
function editedAtOf(updated: Date | null, publishedAt: Date): Date | null {
  if (!updated || updated.getTime() < Math.floor(publishedAt.getTime() / 1_000) * 1_000) return null
  return updated > publishedAt ? updated : publishedAt
}

const isAddressed = (json: JsonObject): boolean => json['to'] !== undefined || json['cc'] !== undefined

/** `audience` names groups, mostly; whom it names gets to see it. */
function audienceOf(json: JsonObject): Pick<ParsedNote, 'to' | 'cc'> {
  const to = addressesOf(json['to'])
  const audience = addressesOf(json['audience']).filter((address) => !to.includes(address))
  return { to, cc: [...new Set([...addressesOf(json['cc']), ...audience])] }
}

const maxLooked = 100

/** Some servers hide single files; here a status hides all of its own, or none. */
const hasSensitiveFile = (json: JsonObject): boolean =>
  asList(json['attachment'])
    .slice(0, maxLooked)
    .some((file) => isObject(file) && isTrue(file['sensitive']))
