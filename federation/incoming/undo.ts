import { isFollowedSince, receiveOnce, takeBack, wasTakenBack } from '#src/incoming/received.ts'
import type { Tx } from '#src/platform/db/index.ts'
import type { StatusId } from '#src/platform/ids.ts'
import { unblock } from '#src/relationships/block.ts'
import { rejectFollow, unfollow } from '#src/relationships/follow.ts'
import { lockPair } from '#src/relationships/pairs.ts'
import { statusByUri } from '#src/statuses/find.ts'
import { undoByUri } from '#src/statuses/interactions/by-uri.ts'
import { hasFavourited, unfavourite } from '#src/statuses/interactions/favourite.ts'
import { unreact } from '#src/statuses/interactions/react.ts'
import { hasReblogged, unreblog } from '#src/statuses/interactions/reblog.ts'
import { idOf, type JsonObject, typesOf } from '../documents/json.ts'
import { parseReaction } from '../parse/reaction.ts'
import { followerIn } from './accept-reject.ts'
import { localised } from './like.ts'
import { embedded, type Listener, objectId, ownAccount, type Received } from './received.ts'
import { undoneId, undoReceipt } from './repeats.ts'

/**
 * The undone activity is identified by its id or, as ids may have changed, by its actor and object. If the Undo overtook it, it has no
 * effect when it arrives. A Follow that arrived here, but was replaced by a newer one, is not the current follow any more.
 */
export const onUndo: Listener = async (received) => {
  const undone = embedded(received)
  const id = objectId(received)
  // Actors can undo only their own activities.
  if (undone && undone['actor'] !== undefined && idOf(undone['actor']) !== received.actor.uri) return
  const isFollow = undone !== null && typesOf(undone).includes('Follow')
  // A third party could replay such an Undo, so it counts only from its actor.
  if (isFollow && received.via !== null) return
  await received.app.db.transaction(async (tx) => {
    const state = await stateOfUndone(tx, received)
    if (state === 'undone' || state === 'newer') return
    const hasEnded = await end(tx, received, { id, undone, isKnown: isFollow && state === 'stood' })
    const key = undoneId(received.activity)
    if (hasEnded && state === 'unseen' && key !== null) await wasTakenBack(tx, key, received.arrival.at)
  })
}

/** Undoes the activity. `isKnown`: a Follow whose id is known here, so that nothing but the id counts. @returns whether there was one */
async function end(
  tx: Tx,
  received: Received,
  { id, undone, isKnown }: { id: string | null; undone: JsonObject | null; isKnown: boolean },
): Promise<boolean> {
  if (id !== null && (await undoByUri(tx, received.actor.id, id))) return true
  if (isKnown) return false
  // For a follow that was not accepted yet, some servers name only the account.
  return undone ? undoByContent(tx, received, undone) : endFollow(tx, received, id)
}

/** Whether there is anything to undo. An Undo that was passed on counts once, as a third party could replay it. */
async function stateOfUndone(tx: Tx, { activity, arrival }: Received): Promise<Awaited<ReturnType<typeof takeBack>>> {
  const own = idOf(activity['id'])
  const isRepeated = async (key: string) => (await receiveOnce(tx, { key, said: null }, arrival)) === 'repeated'
  const key = undoneId(activity)
  if (key === null) {
    const receipt = undoReceipt(activity)
    return receipt !== null && (await isRepeated(receipt.key)) ? 'undone' : 'unseen'
  }
  // Some servers derive the id of an Undo from the id of the undone activity, so that it returns with each further Undo of that.
  if (own !== null && (await isRepeated(own)) && !arrival.isDirect) return 'undone'
  return takeBack(tx, key, arrival.at)
}

async function undoByContent(tx: Tx, received: Received, undone: JsonObject): Promise<boolean> {
  const object = idOf(undone['object'])
  if (object === null) return false
  const accountId = received.actor.id
  const types = typesOf(undone)
  if (types.includes('Follow')) return endFollow(tx, received, object)
  // A remote account removes a local follower that it had accepted.
  if (types.includes('Accept')) return endAccepted(tx, received, undone)
  if (types.includes('Block')) {
    const targetId = ownAccount(received.app, object)
    return targetId !== null && unblock(tx, accountId, targetId)
  }
  const isLike = types.includes('Like') || types.includes('EmojiReact')
  const status = isLike || types.includes('Announce') ? await statusByUri(tx, object) : null
  if (!status) return false
  if (isLike) return undoLike(tx, received, undone, status.id)
  const existed = await hasReblogged(tx, accountId, status.id)
  await unreblog(tx, accountId, status.id)
  return existed
}

/** Some servers name the emoji only in the Undo itself. */
async function undoLike(
  tx: Tx,
  { app, actor, activity }: Received,
  undone: JsonObject,
  statusId: StatusId,
): Promise<boolean> {
  const emoji = parseReaction({ ...undone, content: undone['content'] ?? activity['content'] })
  const isUndone = emoji !== null && (await unreact(tx, actor.id, statusId, localised(app, emoji)))
  // Undoing an EmojiReact leaves a Like by the same actor alone. A Like beyond the reaction limit was stored as a favourite.
  if (isUndone || (emoji && !typesOf(undone).includes('Like'))) return isUndone
  const existed = await hasFavourited(tx, actor.id, statusId)
  await unfavourite(tx, actor.id, statusId)
  return existed
}

async function endAccepted(tx: Tx, received: Received, accept: JsonObject): Promise<boolean> {
  const followerId = await followerIn(received, accept)
  return followerId !== null && rejectFollow(tx, received.actor.id, followerId)
}

async function endFollow(tx: Tx, { app, actor, arrival }: Received, target: string | null): Promise<boolean> {
  const targetId = ownAccount(app, target)
  if (!targetId) return false
  await lockPair(tx, actor.id, targetId)
  return !(await isFollowedSince(tx, actor.id, targetId, arrival.at)) && unfollow(tx, actor.id, targetId)
}
