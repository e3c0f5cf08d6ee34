import { deleteAccount } from '#src/erasure/delete-account.ts'
import { receiveFeatureRevocation } from '#src/reading/collections/consent.ts'
import { collectionByUri, forgetCollection, receivedCollection } from '#src/reading/collections/receive.ts'
import { receiveConsentRevocation } from '#src/statuses/access/consent.ts'
import { statusByUri } from '#src/statuses/find.ts'
import { receiveRevocation } from '#src/statuses/quotes/receive.ts'
import { lockUri, receiveDelete } from '#src/statuses/receive/delete.ts'
import { isSameOrigin } from '../documents/json.ts'
import { forgetDocument } from '../fetching/fetch-document.ts'
import { forwardActivity } from './forward.ts'
import { type Listener, objectId, takeEffect } from './received.ts'

/** An actor deletes a status or collection, revokes a consent to an interaction or to be in a collection, or deletes itself. */
export const onDelete: Listener = async (received) => {
  const { app, actor } = received
  const id = objectId(received)
  if (id === null || !isSameOrigin(id, actor.uri)) return
  forgetDocument(app, id)
  await takeEffect(received, async (tx) => {
    // A consent may be accepted at this moment.
    await lockUri(tx, id)
    if (id === actor.uri) await deleteAccount(tx, actor.id)
    else if (!(await receiveRevocation(tx, actor.id, id)) && !(await receiveConsentRevocation(tx, actor.id, id))) {
      // Its tombstone keeps it from being taken for a consent by a job that has just fetched it.
      if (await receiveFeatureRevocation(tx, actor.id, id)) return receiveDelete(tx, actor.uri, id)
      // A collection of another account of that server stays.
      if ((await collectionByUri(tx, id)) && !(await receivedCollection(tx, actor.id, id))) return
      await forgetCollection(tx, actor.id, id)
      const status = await statusByUri(tx, id)
      // Before the deletion, while its parent is still known.
      if (status?.accountId === actor.id) await forwardActivity(tx, received, status.id)
      await receiveDelete(tx, actor.uri, id)
    }
  })
}
