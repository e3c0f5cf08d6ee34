import { isFollowedSince } from '#src/incoming/received.ts'
import { emit } from '#src/outbox/emit.ts'
import { Refusal } from '#src/platform/errors.ts'
import { follow } from '#src/relationships/follow.ts'
import { lockPair } from '#src/relationships/pairs.ts'
import { type Listener, objectId, ownAccount, takeEffect } from './received.ts'

/** A remote account asks to follow a local one. A follow that is not permitted is answered with a Reject. */
export const onFollow: Listener = async (received) => {
  const { app, id, actor } = received
  const object = objectId(received)
  // The instance itself can't be followed, though some servers try.
  if (object === app.uris.instanceActor && id !== null) {
    return takeEffect(received, (tx) => emit(tx, { type: 'instance-follow.rejected', followerId: actor.id, uri: id }))
  }
  const targetId = ownAccount(app, object)
  if (!targetId) return
  try {
    await takeEffect(received, async (tx) => {
      await lockPair(tx, actor.id, targetId)
      // A newer Follow overtook this one, and was answered.
      if (!(await isFollowedSince(tx, actor.id, targetId, received.arrival.at)))
        await follow(tx, app.uris, actor.id, targetId, id === null ? {} : { uri: id })
    })
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'not_permitted' || id === null) throw error
    await app.db.transaction((tx) => emit(tx, { type: 'follow.rejected', followerId: actor.id, targetId, uri: id }))
  }
}
