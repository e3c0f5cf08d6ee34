/**
 * Decides whether an activity is worth a job, by its content and the inbox look-up. A listener decides about every activity that
 * passes; an activity that doesn't pass would have no effect here.
 */
import type { InboxLookup } from '#src/incoming/inbox-lookup.ts'
import type { Uris } from '#src/platform/uris.ts'
import { asList, idOf, isObject, type JsonObject, linkOf, typesOf } from '../documents/json.ts'
import { isFeatureType } from '../parse/featured-collection.ts'
import type { Kind } from './kinds.ts'

const maxTags = 50
const maxAddresses = 100

/** URIs of an activity's subjects: its object, the object's own object, and the parents and quoted posts of its posts. */
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

/** All properties that name a quoted post, new and old. */
const quotesOf = (post: JsonObject): unknown[] =>
  ['quote', 'quoteUrl', 'quoteUri', '_misskey_quote'].map((name) => post[name])

/** Whether an activity may have an effect here. */
export function isOfInterest(uris: Uris, kind: Kind, activity: JsonObject, lookup: InboxLookup): boolean {
  if (lookup.isRelay) return true
  // A suspended actor may delete itself, and its server may lift the suspension.
  if (lookup.actor === 'gone' || (lookup.actor === 'suspended' && kind !== 'Delete' && kind !== 'Update')) return false
  const inside = first(activity['object'])
  // This includes the instance actor: a Follow of it is answered with a Reject.
  const isAboutOurs = subjectsOf(activity).some(uris.isOwn)
  const { isAboutKnown } = lookup
  switch (kind) {
    case 'Create':
    case 'Update':
      if (idOf(activity['object']) === idOf(activity['actor'])) return lookup.actor !== 'unknown'
      if (inside && isFeatureType(inside, 'FeaturedCollection')) return lookup.actor === 'known'
      // An object that is only named has to be fetched first.
      return inside === null || isAboutKnown || lookup.isFollowed || isForUs(uris, activity)
    case 'Announce':
      return isAboutKnown || lookup.isFollowed
    case 'Like':
    case 'EmojiReact':
      return isAboutKnown
    case 'Undo':
      if (inside === null || isAboutKnown) return true
      if (typesOf(inside).some((type) => type === 'Like' || type === 'EmojiReact')) return false
      if (isAboutOurs) return true
      return typesOf(inside).includes('Announce') ? lookup.isFollowed : lookup.actor === 'known'
    case 'Follow':
    case 'Block':
    case 'QuoteRequest':
    case 'FeatureRequest':
    case 'LikeRequest':
    case 'ReplyRequest':
    case 'AnnounceRequest':
      return isAboutOurs
    case 'Accept':
    case 'Reject':
    case 'Add':
    case 'Remove':
    case 'Move':
      return lookup.actor === 'known'
    default:
      return true
  }
}

/** Whether an activity or the post in it is addressed to a local account, or mentions one. */
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
