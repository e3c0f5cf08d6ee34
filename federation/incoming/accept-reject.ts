/**
 * Accept and Reject: answers to our follows, to our requests to quote and to put accounts into collections, and to requests for our
 * favourites, replies and boosts.
 */
import type { Tx } from '#src/platform/db/index.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { acceptFollow, rejectFollow } from '#src/relationships/follow.ts'
import { acceptInteraction, type OwnInteraction, rejectInteraction } from '#src/statuses/access/consent.ts'
import { storeClaimedConsent } from '#src/statuses/access/outside-replies.ts'
import { followByUri } from '#src/statuses/interactions/by-uri.ts'
import { receiveQuoteAccept, receiveQuoteReject, type RequestName } from '#src/statuses/quotes/receive.ts'
import { wasDeleted } from '#src/statuses/receive/delete.ts'
import { idOf, isSameOrigin, type JsonObject, typesOf } from '../documents/json.ts'
import { acceptsFeature, rejectsFeature } from './feature-request.ts'
import { embedded, type Listener, objectId, ownAccount, type Received, takeEffect } from './received.ts'

export const onAccept: Listener = async (received) => {
  const { app, actor, activity, id } = received
  // First: a copy of a request names the two accounts as a Follow does.
  if (await acceptsFeature(received)) return
  const followerId = await followerIn(received, activity)
  if (followerId) return takeEffect(received, (tx) => acceptFollow(tx, actor.id, followerId))
  // Older versions of GoToSocial take the Accept itself for the consent.
  const consent = idOf(activity['result']) ?? id
  const interaction = ownInteraction(received)
  if (consent !== null && isSameOrigin(consent, actor.uri)) {
    if (interaction)
      return takeEffect(received, (tx) =>
        unlessDeleted(tx, consent, () => acceptInteraction(tx, actor.id, interaction, consent)),
      )
    // A third party's interaction: the author sends the consent to followers, who would not accept the interaction without it.
    const other = objectId(received)
    if (other !== null) await app.db.transaction((tx) => storeClaimedConsent(tx, other, consent, actor.id))
  }
  // A quote without a consent that can be looked up would be accepted by no other server.
  const approvalUri = idOf(activity['result'])
  if (approvalUri !== null && isSameOrigin(approvalUri, actor.uri))
    await takeEffect(received, (tx) =>
      unlessDeleted(tx, approvalUri, () => receiveQuoteAccept(tx, actor.id, quoteRequest(received), approvalUri)),
    )
}

/** Ignores a consent whose Delete arrived before it. */
async function unlessDeleted(tx: Tx, consent: string, effect: () => Promise<void>): Promise<void> {
  if (!(await wasDeleted(tx, consent))) await effect()
}

export const onReject: Listener = async (received) => {
  const { actor } = received
  if (await rejectsFeature(received)) return
  const followerId = await followerIn(received, received.activity)
  if (followerId) return takeEffect(received, (tx) => rejectFollow(tx, actor.id, followerId))
  const interaction = ownInteraction(received)
  if (interaction) return takeEffect(received, (tx) => rejectInteraction(tx, actor.id, interaction))
  await takeEffect(received, (tx) => receiveQuoteReject(tx, actor.id, quoteRequest(received)))
}

/**
 * The local follower that an answer is for: by the id of our Follow, by the copy of it in the answer, or by the account alone, as
 * some servers answer. Only follows of the answering actor count.
 *
 * @param answer the Accept or Reject, which may be inside an Undo
 */
export async function followerIn(
  { app, actor }: Pick<Received, 'app' | 'actor'>,
  answer: JsonObject,
): Promise<AccountId | null> {
  const id = objectId({ activity: answer })
  const known = id === null ? null : await followByUri(app.db, id)
  if (known) return known.targetId === actor.id ? known.followerId : null
  const copy = embedded({ activity: answer })
  if (!copy || copy['object'] === undefined) return ownAccount(app, id)
  return idOf(copy['object']) === actor.uri ? ownAccount(app, idOf(copy['actor'])) : null
}

const requestTypes = new Set(['LikeRequest', 'ReplyRequest', 'AnnounceRequest'])

/** The local favourite, reply or boost that is answered: by the id of its request, by its own id, or by the copy of the request. */
function ownInteraction(received: Received): OwnInteraction | null {
  const { uris } = received.app
  const copy = embedded(received)
  const instrument = copy && typesOf(copy).some((type) => requestTypes.has(type)) ? idOf(copy['instrument']) : null
  return uris.interaction(objectId(received) ?? '') ?? uris.interaction(instrument ?? '')
}

/** The quote request that is answered: by its id, or by the copy of it. */
function quoteRequest(received: Received): RequestName {
  const copy = embedded(received)
  return { requestUri: objectId(received), quotingUri: idOf(copy?.['instrument']), quotedUri: idOf(copy?.['object']) }
}
