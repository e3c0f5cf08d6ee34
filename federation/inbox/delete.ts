import { deleteAccount } from '#src/accounts/delete.ts'
import { receiveDelete } from '#src/statuses/receive.ts'
import { forgetDocument } from '../documents.ts'
import { isSameOrigin } from '../json.ts'
import { type Listener, objectId, takeEffect } from './received.ts'

/** An actor takes back a status of its own, or is gone itself. */
export const onDelete: Listener = async (received) => {
  const { app, actor } = received
  const id = objectId(received)
  if (id === null || !isSameOrigin(id, actor.uri)) return
  forgetDocument(app, id)
  await takeEffect(received, (tx) => (id === actor.uri ? deleteAccount(tx, actor.id) : receiveDelete(tx, actor.uri, id)))
}
