import type { EmojiView } from '#src/media/emojis/views.ts'
import { mediaTypeOf } from '#src/platform/storage/names.ts'
import type { Uris } from '#src/platform/uris.ts'
import type { JsonObject } from './json.ts'

/**
 * Local custom emojis, as tags of the object that uses them.
 *
 * @see https://codeberg.org/fediverse/fep/src/branch/main/fep/9098/fep-9098.md
 */
export const toEmojiTags = (emojis: readonly EmojiView[], uris: Uris): JsonObject[] =>
  emojis.flatMap((emoji) => (emoji.file && emoji.domain === null ? [toEmoji(emoji, emoji.file, uris)] : []))

/** An emoji by itself: some servers fetch the id in a tag. */
export const toEmoji = ({ shortcode, updatedAt }: EmojiView, file: string, uris: Uris): JsonObject => ({
  id: uris.emoji(shortcode),
  type: 'Emoji',
  name: `:${shortcode}:`,
  updated: updatedAt.toISOString(),
  icon: { type: 'Image', mediaType: mediaTypeOf(file), url: uris.file(file) },
})
