import { Refusal } from '#src/errors.ts'
import { emit } from '#src/outbox.ts'
import { follow } from '#src/relationships/follow.ts'
import { type Listener, objectId, ownAccount, takeEffect } from './received.ts'

/** Somebody wants to follow one of ours. Who may not is told so. */
export const onFollow: Listener = async (received) => {
  const { app, id, actor } = received
  const targetId = ownAccount(app, objectId(received))
  if (!targetId) return
  try {
    await takeEffect(received, (tx) => follow(tx, app.uris, actor.id, targetId, id === null ? {} : { uri: id }))
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'not_permitted' || id === null) throw error
    await app.db.transaction((tx) => emit(tx, { type: 'follow.rejected', followerId: actor.id, targetId, uri: id }))
  }
}
