import type { FC } from 'hono/jsx'
import {
  isCustomReaction,
  type ReactionEmojiView,
  type ReactionView,
  writtenReaction,
} from '#src/statuses/views/reactions.ts'
import { EmojiText } from './emoji.tsx'
import { useMessages } from './page-context.ts'

/** Emoji reactions of remote accounts to a status, with counts. */
export const Reactions: FC<{ reactions: readonly ReactionView[] }> = ({ reactions }) =>
  reactions.length > 0 ? (
    <ul class="reactions" aria-label={useMessages().t('common.reactions')}>
      {reactions.map((reaction) => (
        <li class="reaction" title={titleOf(reaction)}>
          <span class="reaction-name">
            <ReactionText text={writtenReaction(reaction)} emoji={reaction} />
          </span>
          <span>{reaction.count}</span>
        </li>
      ))}
    </ul>
  ) : null

const titleOf = (reaction: ReactionView): string =>
  isCustomReaction(reaction) && reaction.domain !== null
    ? `:${reaction.name}@${reaction.domain}:`
    : writtenReaction(reaction)

/** A text with a picture in place of its emoji. */
export const ReactionText: FC<{ text: string; emoji: ReactionEmojiView }> = ({ text, emoji }) => (
  <EmojiText text={text} emojis={isCustomReaction(emoji) ? [{ ...emoji, shortcode: emoji.name }] : []} />
)
