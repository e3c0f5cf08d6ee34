import { block } from '#src/relationships/block.ts'
import { type Listener, objectId, ownAccount, takeEffect } from './received.ts'

/** Somebody does not want to have to do with one of ours any more. */
export const onBlock: Listener = async (received) => {
  const { app, actor, id } = received
  const targetId = ownAccount(app, objectId(received))
  if (targetId) await takeEffect(received, (tx) => block(tx, app.uris, actor.id, targetId, id ?? undefined))
}
