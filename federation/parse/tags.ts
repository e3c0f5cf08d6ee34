/** Tags of an object: mentions and hashtags (`emoji.ts` reads custom emojis). */
import { parseHandle } from '#src/platform/handle.ts'
import type { Hashtag } from '#src/statuses/tags.ts'
import { strippedHashtag } from '#src/text/hashtag.ts'
import type { MentionTarget, Resolved } from '#src/text/render.ts'
import { asList, isObject, type JsonObject, linkOf, text, typesOf } from '../documents/json.ts'

const maxTags = 50

/** The tags of an object as objects; a plain string counts as a hashtag. */
export function tagsOf(json: JsonObject): JsonObject[] {
  const { tag } = json
  // PHP may turn a list into a map: the first member's properties are inlined, the others are named by numbers.
  const listed =
    isObject(tag) && '0' in tag
      ? [tag, ...Object.entries(tag).flatMap(([name, value]) => (/^\d+$/.test(name) ? [value] : []))]
      : asList(tag)
  return listed
    .flatMap((each) =>
      isObject(each)
        ? [each]
        : typeof each === 'string' && /^[#＃]/u.test(each)
          ? [{ type: 'Hashtag', name: each }]
          : [],
    )
    .slice(0, maxTags)
}

/** Ids of the mentioned accounts, in order; the handle for a mention without id. */
export function mentionsOf(tags: readonly JsonObject[]): string[] {
  const mentioned = tags
    .filter((tag) => typesOf(tag).includes('Mention'))
    .flatMap((tag) => linkOf(tag['href']) ?? handleOf(tag['name']) ?? [])
  return [...new Set(mentioned)]
}

function handleOf(name: unknown): string | null {
  const handle = parseHandle(text(name) ?? '')
  return handle?.domain ? `@${handle.username}@${handle.domain}` : null
}

/** Parses a Hashtag; null for anything else. */
export const hashtagOf = (tag: unknown): Hashtag | null =>
  isObject(tag) && typesOf(tag).includes('Hashtag') ? strippedHashtag(text(tag['name']) ?? '') : null

export function hashtagsOf(tags: readonly JsonObject[]): Hashtag[] {
  const found = new Map<string, Hashtag>()
  for (const tag of tags) {
    const hashtag = hashtagOf(tag)
    if (hashtag && !found.has(hashtag.name)) found.set(hashtag.name, hashtag)
  }
  return [...found.values()]
}

/** Link targets of mentions and hashtags in a text, by its tags. A hashtag without a page links to the post's own page. */
export function resolvedBy(tags: readonly JsonObject[], page: string): Resolved {
  const mentions = new Map<string, MentionTarget>()
  const pages = new Map<string, string>()
  for (const tag of tags) {
    const url = linkOf(tag['href'])
    const name = text(tag['name']) ?? ''
    const handle = url && typesOf(tag).includes('Mention') ? parseHandle(name) : null
    const hashtag = url && typesOf(tag).includes('Hashtag') ? strippedHashtag(name) : null
    if (url && hashtag) pages.set(hashtag.name, url)
    if (!url || !handle) continue
    const acct = `${handle.username.toLowerCase()}${handle.domain ? `@${handle.domain}` : ''}`
    mentions.set(acct, { url, username: handle.username, acct })
  }
  return { mentions, tagUrl: (name) => pages.get(name) ?? `${page}#${encodeURIComponent(name)}` }
}
