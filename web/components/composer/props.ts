import type { Child } from 'hono/jsx'
import type { EmojiView } from '#src/media/emojis/views.ts'
import type { Refusal } from '#src/platform/errors.ts'
import type { PartPreview } from './preview.tsx'
import type { ComposerState } from './state.ts'

export type ComposerProps = {
  state: ComposerState
  /** Files of one post. */
  maxFiles: number
  /** The author's time zone; null for UTC. */
  zone: string | null
  /** The post that is edited; null for a new one. */
  edited?: { id: string; path: string; hasPoll: boolean; isHeld: boolean } | null
  refusal?: Refusal | null
  /** Which post is refused, if it is not the whole form. */
  refusedPart?: number | null
  /** Messages of the form that are no refusals. */
  notice?: Child
  /** Asks whether the files may go without a description. */
  reminds?: boolean
  preview?: readonly PartPreview[] | null
  /** This server's emojis, for people without scripts. */
  emojis?: readonly EmojiView[]
  autofocus?: boolean
  /** Shows the text and the buttons only; the first of them that is pressed opens the rest. */
  isCompact?: boolean
}
