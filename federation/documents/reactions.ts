/**
 * Emoji reactions: a Like with the emoji as its content, which servers without reactions read as a plain Like.
 *
 * @see https://codeberg.org/fediverse/fep/src/branch/main/fep/c0e0/fep-c0e0.md
 */
import type { Uris } from '#src/platform/uris.ts'
import type { OutgoingReaction } from '#src/statuses/access/outgoing-reaction.ts'
import { isCustomName, writeReaction } from '#src/text/reaction.ts'
import { context } from './context.ts'
import { toEmoji } from './emoji.ts'
import type { JsonObject } from './json.ts'
import { bare, type Relation, toUndo } from './relations.ts'

const reactionContext = [
  ...context,
  {
    EmojiReact: 'http://litepub.social/ns#EmojiReact',
    _misskey_reaction: 'https://misskey-hub.net/ns#_misskey_reaction',
  },
]

/** @param author of the status, whose server gets it */
export const toReaction = (like: Relation, reaction: OutgoingReaction, author: string, uris: Uris): JsonObject => ({
  '@context': reactionContext,
  ...bare('Like', like),
  to: [author],
  ...contentOf(writeReaction(reaction)),
  ...(isCustomName(reaction.name) ? { tag: tagsOf(reaction, uris) } : {}),
})

/**
 * The Undo of a reaction. To a server that keeps one Like per person, the Undo of any Like undoes all. So while the favourite stays, the
 * reaction is named as what such a server does not know.
 */
export const toUndoReaction = (
  id: string,
  like: Relation,
  { content, favouriteStays }: { content: string; favouriteStays: boolean },
  author: string,
): JsonObject => ({
  ...toUndo(id, { ...bare(favouriteStays ? 'EmojiReact' : 'Like', like), ...contentOf(content) }, { to: [author] }),
  '@context': reactionContext,
})

/** The Undo of a favourite while reactions of the account stay: see `toUndoReaction`. */
export const toUndoCoveredLike = (id: string, like: Relation, author: string): JsonObject => ({
  ...toUndo(id, bare('EmojiReact', like), { to: [author] }),
  '@context': reactionContext,
})

const contentOf = (content: string): JsonObject => ({ content, _misskey_reaction: content })

/** A custom emoji of this server as in posts; of another one with its picture there, if it is known. */
function tagsOf({ name, domain, emoji, remoteUrl }: OutgoingReaction, uris: Uris): JsonObject[] {
  if (domain === null) return emoji?.file ? [toEmoji(emoji, emoji.file, uris)] : []
  if (remoteUrl === null) return []
  return [{ type: 'Emoji', name: writeReaction({ name, domain }), icon: { type: 'Image', url: remoteUrl } }]
}
