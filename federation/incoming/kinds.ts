/** The kinds of activities that do something here. Every other is answered with thanks, and forgotten. */
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

/** Types that the context of ActivityStreams, which is all that Fedify gets to read, does not know. */
const typeIris: Partial<Record<Kind, string>> = {
  EmojiReact: 'http://litepub.social/ns#EmojiReact',
  QuoteRequest: 'https://w3id.org/fep/044f#QuoteRequest',
  LikeRequest: 'https://gotosocial.org/ns#LikeRequest',
  ReplyRequest: 'https://gotosocial.org/ns#ReplyRequest',
  AnnounceRequest: 'https://gotosocial.org/ns#AnnounceRequest',
}

type Message = Parameters<Federation<ListenerContext>['processQueuedTask']>[1]

/**
 * What came in at the door, byte by byte, and who delivered it; null where that could not be found out, as the key is gone.
 * `at`: when, by the clock of the database (milliseconds); `arrivedAt`: by that of the process, see `arrivesNow`.
 */
type Delivered = { raw: string; signer: string | null; at: number; arrivedAt?: number }

/** The same, read. */
export type Arrival = Delivered & { activity: JsonObject }

/** What Fedify hands through to the listeners: the instance, and, with an activity, what was received. */
export type ListenerContext = App & { received?: Arrival }

/** An activity on its way through the queue. */
export type Queued = Message & Delivered

export const kindOf = (types: string[]): Kind | undefined => kinds.find((kind) => types.includes(kind))

/**
 * A received activity for the queue. Fedify gets to read only what it needs to find the listener: its vocabulary throws away
 * whole activities for one odd date in them. Nor does it get the id: it would take that as done for a day, also when it came
 * from somebody who may not use it.
 */
export function toQueued(kind: Kind, { actor, ...delivered }: Delivered & { actor: string }, origin: string): Queued {
  return { ...toMessage({ '@context': activityStreams, type: typeIris[kind] ?? kind, actor }, origin), ...delivered }
}

/** An activity as Fedify queues it. The shape is Fedify's own matter: a test holds it against what Fedify makes. */
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
