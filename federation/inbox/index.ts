/** Which listener gets which activity. Every other kind is answered with thanks, and forgotten. */
import type { Jobs } from '#src/outbox.ts'
import { Accept, Announce, Block, Create, Delete, Follow, Like, Reject, Undo, Update } from '@fedify/vocab'
import type { Federation, InboxListenerSetters } from '@fedify/fedify'
import type { App } from '#src/app.ts'
import { idOf, isObject } from '../json.ts'
import { onAnnounce } from './announce.ts'
import { onAccept, onReject } from './answer.ts'
import { onBlock } from './block.ts'
import { onCreate } from './create.ts'
import { onDelete } from './delete.ts'
import { onFollow } from './follow.ts'
import { onLike } from './like.ts'
import { type Listener, receive } from './received.ts'
import { onUndo } from './undo.ts'
import { onUpdate } from './update.ts'

type ActivityClass = Parameters<InboxListenerSetters<App>['on']>[0]

const listeners = {
  Accept: [Accept, onAccept],
  Announce: [Announce, onAnnounce],
  Block: [Block, onBlock],
  Create: [Create, onCreate],
  Delete: [Delete, onDelete],
  Follow: [Follow, onFollow],
  Like: [Like, onLike],
  Reject: [Reject, onReject],
  Undo: [Undo, onUndo],
  Update: [Update, onUpdate],
} satisfies Record<string, [ActivityClass, Listener]>

type Kind = keyof typeof listeners
type Message = Parameters<Federation<App>['processQueuedTask']>[1]

/** The kind of an activity, if it is one that does something here. */
export const knownKind = (types: string[]): Kind | undefined => (Object.keys(listeners) as Kind[]).find((kind) => types.includes(kind))

/** Tells Fedify of the inboxes and who listens at them. */
export function setInboxListeners(federation: Federation<App>): void {
  const setters = federation
    .setInboxListeners('/ap/accounts/{identifier}/inbox', '/ap/inbox')
    // Fedify forgets after a day, and can't remember together with the effect: `takeEffect` does.
    .withIdempotency(() => null)
  for (const [kind, [type, listener]] of Object.entries(listeners)) {
    setters.on(type as ActivityClass, async (context, activity) => {
      // What it said word by word: the vocabulary drops terms that it does not know, and is strict about the others.
      const json = await activity.toJsonLd()
      if (!isObject(json) || idOf(json['actor']) !== activity.actorId?.href) return
      await receive(context.data, kind, json, listener)
    })
  }
}

/** A received activity as Fedify queues it. The shape is Fedify's own matter: a test holds it against what Fedify makes. */
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

/** The `inbox` job: hands a queued activity back to Fedify, which calls its listener. */
export async function processInbox(app: App, federation: Federation<App>, { message }: Jobs['inbox']): Promise<void> {
  await federation.processQueuedTask(app, message as Message)
}
