import { block } from '#src/relationships/block.ts'
import { type Listener, objectId, ownAccount, takeEffect } from './received.ts'

/** A remote account blocks a local one. */
export const onBlock: Listener = async (received) => {
  const { app, actor, id } = received
  const targetId = ownAccount(app, objectId(received))
  if (targetId) await takeEffect(received, (tx) => block(tx, app.uris, actor.id, targetId, id ?? undefined))
}
