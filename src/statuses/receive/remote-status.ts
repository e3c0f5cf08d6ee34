/** A remote status as plain data: `federation/parse` makes it of a document. */
import type { RemoteEmoji } from '../../media/emojis/receive.ts'
import type { Visibility } from '../../platform/db/schema/statuses.ts'
import type { AccountId } from '../../platform/ids.ts'
import type { InteractionPolicy } from '../access/interaction-policy.ts'
import type { RemotePoll } from '../polls/receive.ts'
import type { QuoteGroup } from '../quotes/policy.ts'
import type { RemoteQuote } from '../quotes/receive.ts'
import type { Hashtag } from '../tags.ts'

export type RemoteMedia = {
  kind: 'image' | 'gifv' | 'video' | 'audio' | 'unknown'
  mediaType: string
  url: string
  description: string
  width: number | null
  height: number | null
  blurhash: string | null
  focus: { x: number; y: number }
  /** Of videos and sounds. */
  durationSeconds?: number | null
  /** The image that is shown until a video or sound is played. */
  previewUrl?: string | null
}

/** A remote status. Its author is stored, and its origin was checked against the author's. */
export type RemoteStatus = {
  uri: string
  url: string
  accountId: AccountId
  visibility: Visibility
  /** HTML, not sanitized yet. */
  content: string
  spoilerText: string
  isSensitive: boolean
  language: string | null
  inReplyToUri: string | null
  /** The collections of its replies and its conversation. Null: its server has none. */
  repliesUrl?: string | null
  contextUri?: string | null
  /** Its server's counts of boosts and favourites. Null: unknown. */
  reblogsCount?: number | null
  favouritesCount?: number | null
  publishedAt: Date
  /** Its arrival, from `arrivesNow`: it orders statuses of the same second. Undefined: now. */
  arrivedAt?: number
  editedAt: Date | null
  /** The mentioned accounts that are stored here, in order. */
  mentionedIds: AccountId[]
  tags: Hashtag[]
  /** Custom emojis that its texts use. */
  emojis?: RemoteEmoji[]
  media: RemoteMedia[]
  poll?: RemotePoll | null
  /** Null: none. Undefined: unknown. */
  quote?: RemoteQuote | null
  /** Its quote policy; undefined: no one may quote it. */
  quotePolicy?: { automatic: QuoteGroup[]; manual: QuoteGroup[] }
  /** Its interaction policy; null: everybody may interact. Undefined: unknown. */
  interactionPolicy?: InteractionPolicy | null
  /** For a reply: the consent of the parent's author that it claims. */
  approvalUri?: string | null
  /** The group that it was written in; null: none. */
  audienceUri?: string | null
  /** Whether it was just fetched from its server: of two versions of the same second, it is the newer one. */
  isCurrent?: boolean
  /** Whether it came with a request for the consent of the author that it replies to. */
  isRequested?: boolean
  /** The number of replies between it and the status that it was fetched for. Undefined: its server sent it. */
  depth?: number
  /** The number of requests that are left for the fetch that it is part of. */
  fetchesLeft?: number
}
