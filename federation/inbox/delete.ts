import { deleteAccount } from '#src/accounts/delete.ts'
import { receiveRevocation } from '#src/statuses/quote-receive.ts'
import { receiveDelete } from '#src/statuses/receive.ts'
import { forgetDocument } from '../documents.ts'
import { isSameOrigin } from '../json.ts'
import { type Listener, objectId, takeEffect } from './received.ts'

/** An actor takes back a status of its own, or its consent to a quote, or is gone itself. */
export const onDelete: Listener = async (received) => {
  const { app, actor } = received
  const id = objectId(received)
  if (id === null || !isSameOrigin(id, actor.uri)) return
  forgetDocument(app, id)
  await takeEffect(received, async (tx) => {
    if (id === actor.uri) await deleteAccount(tx, actor.id)
    else if (!(await receiveRevocation(tx, actor.id, id))) await receiveDelete(tx, actor.uri, id)
  })
}
