import type { FC } from 'hono/jsx'
import type { EmojiView } from '#src/media/emojis/views.ts'
import type { Piece } from '#src/text/compare.ts'
import { EmojiText } from './emoji.tsx'
import { useMessages } from './page-context.ts'

type Props = { pieces: readonly Piece[]; emojis?: readonly EmojiView[] }

/** A compared text. Screen readers mostly say nothing of `<ins>` and `<del>`, so hidden words for them surround each change. */
export const Comparison: FC<Props> = ({ pieces, emojis = [] }) => (
  <>
    {pieces.map(({ kind, value }) =>
      kind === 'same' ? (
        <EmojiText text={value} emojis={emojis} />
      ) : (
        <Change kind={kind}>
          <EmojiText text={value} emojis={emojis} />
        </Change>
      ),
    )}
  </>
)

/** Something that was added or removed. */
export const Change: FC<{ kind: 'added' | 'removed'; children?: unknown }> = ({ kind, children }) => {
  const { t } = useMessages()
  const Tag = kind === 'added' ? 'ins' : 'del'
  return (
    <Tag>
      <span class="unseen">{` ${t(kind === 'added' ? 'history.addedBefore' : 'history.removedBefore')} `}</span>
      {children}
      <span class="unseen">{` ${t('history.changeAfter')} `}</span>
    </Tag>
  )
}
