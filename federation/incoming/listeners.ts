/** The listener of each kind of activity. */
import type { Federation, InboxListenerSetters } from '@fedify/fedify'
import {
  Accept,
  Activity,
  Add,
  Announce,
  AnnounceRequest,
  Block,
  Create,
  Delete,
  EmojiReact,
  Flag,
  Follow,
  Like,
  LikeRequest,
  Move,
  QuoteRequest,
  Reject,
  Remove,
  ReplyRequest,
  Undo,
  Update,
} from '@fedify/vocab'
import type { FedifyData, Receiving } from '../fedify-data.ts'
import { onAccept, onReject } from './accept-reject.ts'
import { onAdd, onRemove } from './add-remove.ts'
import { onAnnounce } from './announce.ts'
import { onBlock } from './block.ts'
import { onCreate } from './create.ts'
import { onDelete } from './delete.ts'
import { onFeatureRequest } from './feature-request.ts'
import { onFlag } from './flag.ts'
import { onFollow } from './follow.ts'
import { onAnnounceRequest, onLikeRequest, onReplyRequest } from './interaction-request.ts'
import type { Kind } from './kinds.ts'
import { onLike } from './like.ts'
import { onMove } from './move.ts'
import { onQuoteRequest } from './quote-request.ts'
import { type Listener, handleActivity } from './received.ts'
import { onUndo } from './undo.ts'
import { onUpdate } from './update.ts'

type ActivityClass = Parameters<InboxListenerSetters<FedifyData>['on']>[0]

const listeners = {
  Accept: [Accept, onAccept],
  Add: [Add, onAdd],
  Announce: [Announce, onAnnounce],
  AnnounceRequest: [AnnounceRequest, onAnnounceRequest],
  Block: [Block, onBlock],
  Create: [Create, onCreate],
  Delete: [Delete, onDelete],
  EmojiReact: [EmojiReact, onLike],
  FeatureRequest: [Activity, onFeatureRequest],
  Flag: [Flag, onFlag],
  Follow: [Follow, onFollow],
  Like: [Like, onLike],
  LikeRequest: [LikeRequest, onLikeRequest],
  Move: [Move, onMove],
  QuoteRequest: [QuoteRequest, onQuoteRequest],
  Reject: [Reject, onReject],
  Remove: [Remove, onRemove],
  ReplyRequest: [ReplyRequest, onReplyRequest],
  Undo: [Undo, onUndo],
  Update: [Update, onUpdate],
} satisfies Record<Kind, [ActivityClass, Listener]>

/** Registers the inboxes and their listeners with Fedify. */
export function setInboxListeners(federation: Federation<FedifyData>): void {
  const setters = federation
    .setInboxListeners('/ap/accounts/{identifier}/inbox', '/ap/inbox')
    // Fedify can't record a repeat in the transaction of the effect: `takeEffect` does.
    .withIdempotency(() => null)
    // Fedify answers 500 for it; the job has to fail with the error itself.
    .onError(({ data }, error) => void ((data as Receiving).error = error))
  for (const [kind, [type, listener]] of Object.entries(listeners) as [Kind, [ActivityClass, Listener]][])
    setters.on(type, ({ data }) => {
      const { app, received } = data as Receiving
      return handleActivity(app, kind, received, listener)
    })
}
