/** Add and Remove: what an account elsewhere shows first on its profile. */
import { statusByUri } from '#src/statuses/find.ts'
import { receivePin, removePin } from '#src/statuses/pin.ts'
import { isFollowedHere } from '#src/statuses/wanted.ts'
import { idOf, isSameOrigin } from '../json.ts'
import { findStatus } from '../lookup.ts'
import { type Listener, objectId, type Received, takeEffect } from './received.ts'

/** What nobody here follows is not fetched. */
export const onAdd: Listener = async (received) => {
  const { app, actor, budget } = received
  const uri = (await isFollowedHere(app.db, actor.id)) ? featuredObject(received) : null
  const statusId = uri && (await findStatus(app, uri, budget))
  if (statusId) await takeEffect(received, (tx) => receivePin(tx, actor.id, statusId))
}

export const onRemove: Listener = async (received) => {
  const { app, actor } = received
  const uri = featuredObject(received)
  const status = uri && (await statusByUri(app.db, uri))
  if (status) await takeEffect(received, (tx) => removePin(tx, actor.id, status.id))
}

/** A post of the actor's own server that comes to or goes from the actor's collection. Of other collections we know nothing. */
function featuredObject(received: Received): string | null {
  const { actor, activity } = received
  const uri = objectId(received)
  const isFeatured = actor.featuredUrl !== null && idOf(activity['target']) === actor.featuredUrl
  return uri !== null && isFeatured && isSameOrigin(uri, actor.uri) ? uri : null
}
