import { normalizeDomain } from '#src/platform/handle.ts'
import type { ReactionEmoji } from '#src/statuses/interactions/react.ts'
import { unicodeEmoji } from '#src/text/emoji.ts'
import { isShortcode } from '#src/text/shortcodes.ts'
import { asList, firstText, isObject, type JsonObject, linkOf, text, typesOf } from '../documents/json.ts'

/** Misskey and its forks send these for a plain Like. */
const plain = new Set(['❤️', '⭐'])
const maxTags = 20
const maxLength = 400

/**
 * The emoji of a reaction: an EmojiReact, or a Like with `content` or `_misskey_reaction`. Null for a plain Like, and for content that
 * is no emoji, which counts as a plain Like.
 *
 * @see https://codeberg.org/fediverse/fep/src/branch/main/fep/c0e0/fep-c0e0.md
 */
export function parseReaction(activity: JsonObject): ReactionEmoji | null {
  const content = (firstText(activity['content']) ?? firstText(activity['_misskey_reaction']))?.trim()
  if (!content || content.length > maxLength) return null
  const unicode = unicodeEmoji(content)
  if (unicode !== null)
    return plain.has(unicode) && !typesOf(activity).includes('EmojiReact') ? null : { type: 'unicode', name: unicode }
  return customEmoji(content, activity['tag'])
}

const reactionName = /^:?([^@:\s]{1,64})(?:@([^@:\s]{1,253}(?::\d{1,5})?))?:?$/

/** `:name:` of the reactor's server, or `:name@host:` of another one; Misskey writes `@.` for its own. Without colons it has to be among the tags. */
function customEmoji(content: string, tags: unknown): ReactionEmoji | null {
  const [, name, host] = reactionName.exec(content) ?? []
  if (name === undefined || !isShortcode(name)) return null
  const domain = host === undefined || host === '.' ? undefined : normalizeDomain(host)
  const url = pictureOf(name, tags)
  if (domain === null || (url === null && !/^:.*:$/.test(content))) return null
  return { type: 'custom', name, url, ...(domain === undefined ? {} : { domain }) }
}

function pictureOf(name: string, tags: unknown): string | null {
  const tag = asList(tags)
    .slice(0, maxTags)
    .find(
      (tag) =>
        isObject(tag) &&
        typesOf(tag).some((type) => type === 'Emoji' || type === 'toot:Emoji') &&
        shortcodeOf(tag) === name,
    )
  const [icon] = isObject(tag) ? asList(tag['icon']) : []
  return isObject(icon) ? linkOf(icon['url'] ?? icon['href']) : linkOf(icon)
}

const shortcodeOf = (tag: JsonObject): string => (text(tag['name']) ?? '').replaceAll(':', '').split('@', 1)[0] ?? ''
