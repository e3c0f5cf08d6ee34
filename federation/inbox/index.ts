/** Which listener gets which activity. */
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
import type { Kind } from './kinds.ts'
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
} satisfies Record<Kind, [ActivityClass, Listener]>

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
