/** The kinds of activities that have an effect here. Every other is answered with 202 and dropped. */
import type { Federation } from '@fedify/fedify'
import type { App } from '#src/platform/app.ts'
import { activityStreams, type JsonObject } from '../documents/json.ts'

const kinds = [
  'Accept',
  'Add',
  'Announce',
  'AnnounceRequest',
  'Block',
  'Create',
  'Delete',
  'EmojiReact',
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

/** Full IRIs of types that the ActivityStreams context does not define: Fedify gets no other context. */
const typeIris: Partial<Record<Kind, string>> = {
  EmojiReact: 'http://litepub.social/ns#EmojiReact',
  QuoteRequest: 'https://w3id.org/fep/044f#QuoteRequest',
  LikeRequest: 'https://gotosocial.org/ns#LikeRequest',
  ReplyRequest: 'https://gotosocial.org/ns#ReplyRequest',
  AnnounceRequest: 'https://gotosocial.org/ns#AnnounceRequest',
}

type Message = Parameters<Federation<ListenerContext>['processQueuedTask']>[1]

/**
 * A received body, byte by byte, and its signer; null when the signer's key is gone.
 * `at`: time of arrival by the clock of the database (milliseconds); `arrivedAt`: by the clock of the process, see `arrivesNow`.
 */
type Delivered = { raw: string; signer: string | null; at: number; arrivedAt?: number }

/** The same, parsed. */
export type Arrival = Delivered & { activity: JsonObject }

/** What Fedify hands through to the listeners: the App, and the received activity. */
export type ListenerContext = App & { received?: Arrival }

/** An activity on its way through the queue. */
export type Queued = Message & Delivered

export const kindOf = (types: string[]): Kind | undefined => kinds.find((kind) => types.includes(kind))

/**
 * A received activity for the queue. Fedify gets only the properties that it needs to find the listener: its vocabulary rejects
 * whole activities for one odd date in them. It doesn't get the id either: it would treat that id as done for a day, even if a
 * forger sent it.
 */
export function toQueued(kind: Kind, { actor, ...delivered }: Delivered & { actor: string }, origin: string): Queued {
  return { ...toMessage({ '@context': activityStreams, type: typeIris[kind] ?? kind, actor }, origin), ...delivered }
}

/** An activity as Fedify queues it. The shape is internal to Fedify: a test compares it with a message that Fedify makes. */
export function toMessage(activity: object, origin: string): Message {
  return {
    type: 'inbox',
    id: crypto.randomUUID(),
    baseUrl: origin,
    activity,
    identifier: null,
    attempt: 0,
    started: new Date().toISOString(),
    traceContext: {},
  } as unknown as Message
}
