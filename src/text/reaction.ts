/** The emoji of a reaction as people, apps and other servers write it. */
import { normalizeDomain } from '../platform/handle.ts'
import { unicodeEmoji } from './emoji.ts'
import { isShortcode } from './shortcodes.ts'

/** An emoji of Unicode, or the shortcode of a custom emoji. `domain`: the server of a custom emoji; null: this one. */
export type ReactionName = { name: string; domain: string | null }

/** A shortcode, the name of a server with its port, two colons and an `@`. */
const maxLength = 64 + 253 + 6 + 3

/** Whether the name of a reaction is the shortcode of a custom emoji: emojis of Unicode have characters beyond ASCII. */
export const isCustomName = (name: string): boolean => isShortcode(name)

/** An emoji of Unicode as it is; `:name:`; `:name@server:`. */
export const writeReaction = ({ name, domain }: ReactionName): string =>
  isCustomName(name) ? `:${domain === null ? name : `${name}@${domain}`}:` : name

/** An emoji as `writeReaction` writes it, also without colons. Null for any other text. */
export function readReaction(text: string): ReactionName | null {
  const written = text.trim()
  if (written.length > maxLength) return null
  const unicode = unicodeEmoji(written)
  if (unicode !== null) return { name: unicode, domain: null }
  const bare = written.length > 2 && written.startsWith(':') && written.endsWith(':') ? written.slice(1, -1) : written
  const at = bare.indexOf('@')
  const name = at < 0 ? bare : bare.slice(0, at)
  const domain = at < 0 ? null : normalizeDomain(bare.slice(at + 1))
  return isShortcode(name) && (at < 0 || domain !== null) ? { name, domain } : null
}
