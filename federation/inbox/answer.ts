/** Accept and Reject: the answers to follows of ours. Other offers we do not make. */
import type { AccountId } from '#src/ids.ts'
import { followByUri } from '#src/relationships/by-uri.ts'
import { acceptFollow, rejectFollow } from '#src/relationships/follow.ts'
import { idOf } from '../json.ts'
import { embedded, type Listener, objectId, ownAccount, type Received, takeEffect } from './received.ts'

export const onAccept: Listener = async (received) => {
  const followerId = await follower(received)
  if (followerId) await takeEffect(received, (tx) => acceptFollow(tx, received.actor.id, followerId))
}

export const onReject: Listener = async (received) => {
  const followerId = await follower(received)
  if (followerId) await takeEffect(received, (tx) => rejectFollow(tx, received.actor.id, followerId))
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
