/** The kinds of activities that have an effect here. Every other is answered with 202 and dropped. */
import type { Jobs } from '#src/outbox/jobs.ts'
import { activityStreams, type JsonObject } from '../documents/json.ts'

export const kinds = [
  'Accept',
  'Add',
  'Announce',
  'AnnounceRequest',
  'Block',
  'Create',
  'Delete',
  'EmojiReact',
  'FeatureRequest',
  'Flag',
  'Follow',
  'Like',
  'LikeRequest',
  'Move',
  'QuoteRequest',
  'Reject',
  'Remove',
  'ReplyRequest',
  'Undo',
  'Update',
] as const
export type Kind = (typeof kinds)[number]

/** IRIs of types that ActivityStreams does not define. */
const typeIris: Partial<Record<Kind, string>> = {
  EmojiReact: 'http://litepub.social/ns#EmojiReact',
  QuoteRequest: 'https://w3id.org/fep/044f#QuoteRequest',
  LikeRequest: 'https://gotosocial.org/ns#LikeRequest',
  ReplyRequest: 'https://gotosocial.org/ns#ReplyRequest',
  AnnounceRequest: 'https://gotosocial.org/ns#AnnounceRequest',
  // Fedify's vocabulary has no class for it, and hands it on as what it is at least.
  FeatureRequest: `${activityStreams}#Activity`,
}

/** A received activity and its signer; null when the signer's key is gone. See the `inbox` job about the times. */
export type Arrival = Pick<Jobs['inbox'], 'raw' | 'signer' | 'at' | 'arrivedAt'> & { activity: JsonObject }

/** Hands a verified activity to its listener, through Fedify. Rejects with the error of the listener. */
export type DispatchActivity = (kind: Kind, actor: string, received: Arrival) => Promise<void>

export const kindOf = (types: string[]): Kind | undefined => kinds.find((kind) => types.includes(kind))

/** The IRI of a kind's type. */
export const typeIri = (kind: Kind): string => typeIris[kind] ?? `${activityStreams}#${kind}`
