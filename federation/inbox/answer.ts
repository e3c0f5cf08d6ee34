/** Accept and Reject: the answers to follows of ours, and to wishes to quote. Other offers we do not make. */
import type { AccountId } from '#src/ids.ts'
import { followByUri } from '#src/relationships/by-uri.ts'
import { acceptFollow, rejectFollow } from '#src/relationships/follow.ts'
import { receiveQuoteAccept, receiveQuoteReject, type RequestName } from '#src/statuses/quote-receive.ts'
import { idOf, isSameOrigin } from '../json.ts'
import { embedded, type Listener, objectId, ownAccount, type Received, takeEffect } from './received.ts'

export const onAccept: Listener = async (received) => {
  const { actor, activity } = received
  const followerId = await follower(received)
  if (followerId) return takeEffect(received, (tx) => acceptFollow(tx, actor.id, followerId))
  // Without a consent that others can look up, nobody would believe the quote.
  const approvalUri = idOf(activity['result'])
  if (approvalUri !== null && isSameOrigin(approvalUri, actor.uri)) await takeEffect(received, (tx) => receiveQuoteAccept(tx, actor.id, quoteRequest(received), approvalUri))
}

export const onReject: Listener = async (received) => {
  const { actor } = received
  const followerId = await follower(received)
  if (followerId) return takeEffect(received, (tx) => rejectFollow(tx, actor.id, followerId))
  await takeEffect(received, (tx) => receiveQuoteReject(tx, actor.id, quoteRequest(received)))
}

/** Which of ours asked: by the id of our Follow, or by what is repeated of it. Only follows of the answering actor count. */
async function follower(received: Received): Promise<AccountId | null> {
  const { app, actor } = received
  const id = objectId(received)
  const known = id === null ? null : await followByUri(app.db, id)
  if (known) return known.targetId === actor.id ? known.followerId : null
  const repeated = embedded(received)
  return repeated && idOf(repeated['object']) === actor.uri ? ownAccount(app, idOf(repeated['actor'])) : null
}

/** Which wish to quote is answered: by its id, or by what is repeated of it. */
function quoteRequest(received: Received): RequestName {
  const repeated = embedded(received)
  return { requestUri: objectId(received), quotingUri: idOf(repeated?.['instrument']), quotedUri: idOf(repeated?.['object']) }
}
