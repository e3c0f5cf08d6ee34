import { favourite } from '#src/statuses/favourite.ts'
import { statusByUri } from '#src/statuses/find.ts'
import { provenConsent } from '../consents.ts'
import { type Listener, objectId, takeEffect } from './received.ts'

/** Somebody likes a status that is here. */
export const onLike: Listener = async (received) => {
  const { app, actor, id } = received
  const object = objectId(received)
  const status = object === null ? null : await statusByUri(app.db, object)
  if (!status || status.deletedAt) return
  const approvalUri = await provenConsent(app, 'like', actor.id, status.id, received.activity, received.budget)
  await takeEffect(received, (tx) => favourite(tx, actor.id, status.id, { uri: id, approvalUri }))
}
