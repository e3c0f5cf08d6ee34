/**
 * Which activities are worth a job, by what stands in them and one look at the database. Whatever this lets through, its
 * listener decides on; what it turns away would do nothing here.
 */
import type { InboxLookup } from '#src/incoming/inbox-lookup.ts'
import type { Uris } from '#src/platform/uris.ts'
import { asList, idOf, isObject, type JsonObject, linkOf, typesOf } from '../documents/json.ts'
import type { Kind } from './kinds.ts'

const maxTags = 50
const maxAddresses = 100

/** URIs of what an activity is about: its object, what that is about in turn, and what a post replies to or quotes. */
export function subjectsOf(activity: JsonObject): string[] {
  const inside = first(activity['object'])
  const innermost = first(inside?.['object'])
  const posts = [inside, innermost].filter((post) => post !== null)
  // A group's Announce of an Undo of a Like has the post at the very end.
  const uris = [
    activity['object'],
    inside?.['object'],
    innermost?.['object'],
    ...posts.flatMap((post) => [post['inReplyTo'], ...quotesOf(post)]),
  ].map(idOf)
  return [...new Set(uris.filter((uri) => uri !== null))]
}

/** The names that quotes go by, new and old. */
const quotesOf = (post: JsonObject): unknown[] =>
  ['quote', 'quoteUrl', 'quoteUri', '_misskey_quote'].map((name) => post[name])

/** Whether an activity may do anything here. */
export function isOfInterest(uris: Uris, kind: Kind, activity: JsonObject, seen: InboxLookup): boolean {
  if (seen.isRelay) return true
  // Who is suspended may go for good, and its server may say that it is so no more.
  if (seen.actor === 'gone' || (seen.actor === 'suspended' && kind !== 'Delete' && kind !== 'Update')) return false
  const inside = first(activity['object'])
  // The instance, too, is told to be followed, and says that it can't be.
  const isAboutOurs = subjectsOf(activity).some(uris.isOwn)
  const { isAboutKnown } = seen
  switch (kind) {
    case 'Create':
    case 'Update':
      if (idOf(activity['object']) === idOf(activity['actor'])) return seen.actor !== 'unknown'
      // What is only named has to be fetched to be judged.
      return inside === null || isAboutKnown || seen.isFollowed || isForUs(uris, activity)
    case 'Announce':
      return isAboutKnown || seen.isFollowed
    case 'Like':
    case 'EmojiReact':
      return isAboutKnown
    case 'Undo':
      if (inside === null || isAboutKnown) return true
      if (typesOf(inside).some((type) => type === 'Like' || type === 'EmojiReact')) return false
      if (isAboutOurs) return true
      return typesOf(inside).includes('Announce') ? seen.isFollowed : seen.actor === 'known'
    case 'Follow':
    case 'Block':
    case 'QuoteRequest':
    case 'LikeRequest':
    case 'ReplyRequest':
    case 'AnnounceRequest':
      return isAboutOurs
    case 'Accept':
    case 'Reject':
    case 'Add':
    case 'Remove':
    case 'Move':
      return seen.actor === 'known'
    default:
      return true
  }
}

/** Whether an activity or the post in it is addressed to, or names, somebody here. */
function isForUs(uris: Uris, activity: JsonObject): boolean {
  const post = first(activity['object'])
  const addresses = [activity, post].flatMap((each) =>
    each ? ['to', 'cc', 'audience'].flatMap((name) => asList(each[name]).slice(0, maxAddresses).map(idOf)) : [],
  )
  const mentions = asList(post?.['tag'])
    .slice(0, maxTags)
    .map((tag) => (isObject(tag) && typesOf(tag).includes('Mention') ? linkOf(tag['href']) : null))
  return [...addresses, ...mentions].some((uri) => {
    const own = uri === null ? null : uris.parse(uri)
    return own?.type === 'account' || (own?.type === 'profile' && own.domain === null)
  })
}

function first(value: unknown): JsonObject | null {
  const [only] = asList(value)
  return isObject(only) ? only : null
}
