import { charBefore } from './host.ts'
import { normalize } from './normalize.ts'
import { endWithout } from './trim.ts'

/** A hashtag in running text: `name` is the key, the same for all spellings; `displayName` is the spelling, without `#`. */
export type HashtagToken = { type: 'hashtag'; text: string; name: string; displayName: string }

/** Before a `#` these make it part of a word, a path, a character reference or a link of Markdown. */
const joinsBefore = /[\p{L}\p{M}\p{N}\p{Pc}/&=)]/u

/** Middle dots join words in Catalan and Japanese, the zero-width (non-)joiner parts of words in Persian and Sinhala; none ends a tag. */
const written = /[\p{L}\p{N}\p{Pc}][\p{L}\p{M}\p{N}\p{Pc}·・\u200C\u200D]*/uy
const joiner = /[·・\u200C\u200D]/u
const outsideName = /[^\p{L}\p{M}\p{N}\p{Pc}·・\u200C\u200D]/gu

const maxLength = 100
/** Longer hashtags of other servers are cut before they are parsed. */
const maxRemoteLength = 400

/** The hashtag whose `#` is at `start`, or null. Reads at most the tag itself. */
export function hashtagAt(text: string, start: number): HashtagToken | null {
  const sign = text.charAt(start)
  if ((sign !== '#' && sign !== '＃') || joinsBefore.test(charBefore(text, start))) return null
  written.lastIndex = start + 1
  const run = written.exec(text)?.[0]
  if (run === undefined || run.length > maxLength) return null
  const displayName = run.slice(0, endWithout(joiner, run))
  if (!/\p{L}/u.test(displayName)) return null
  return { type: 'hashtag', text: sign + displayName, name: hashtagName(displayName), displayName }
}

/** Parses a hashtag on its own, with or without `#`, as in paths, forms and tags of other servers. Null when it is none. */
export function parseHashtag(text: string): { name: string; displayName: string } | null {
  const bare = text.trim().replace(/^[#＃]/u, '')
  const token = hashtagAt(`#${bare}`, 0)
  return token?.displayName === bare ? { name: token.name, displayName: bare } : null
}

/** A hashtag of another server, without characters that are not allowed here, such as hyphens. Null when nothing is left. */
export function strippedHashtag(text: string): { name: string; displayName: string } | null {
  const inside = text.slice(0, maxRemoteLength).replace(outsideName, '')
  return parseHashtag(inside.slice(0, endWithout(joiner, inside)))
}

/** The key of a hashtag: compatibility forms folded (NFKC), lower case. Some letters fold to several words, which are joined. */
export function hashtagName(displayName: string): string {
  return normalize(normalize(displayName, 'NFKC').toLowerCase().replace(outsideName, ''), 'NFKC')
}
