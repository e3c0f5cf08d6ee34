import { favourite } from '#src/statuses/favourite.ts'
import { statusByUri } from '#src/statuses/find.ts'
import { type Listener, objectId, takeEffect } from './received.ts'

/** Somebody likes a status that is here. */
export const onLike: Listener = async (received) => {
  const { app, actor, id } = received
  const object = objectId(received)
  const status = object === null ? null : await statusByUri(app.db, object)
  if (status && !status.deletedAt) await takeEffect(received, (tx) => favourite(tx, actor.id, status.id, id))
}
