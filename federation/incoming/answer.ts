/** Accept and Reject: the answers to follows of ours, to wishes to quote, and to favourites, replies and boosts that we asked for. */
import type { Tx } from '#src/platform/db/index.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { acceptFollow, rejectFollow } from '#src/relationships/follow.ts'
import {
  acceptInteraction,
  type OwnInteraction,
  rejectInteraction,
  storeClaimedConsent,
} from '#src/statuses/access/consent.ts'
import { followByUri } from '#src/statuses/interactions/by-uri.ts'
import { receiveQuoteAccept, receiveQuoteReject, type RequestName } from '#src/statuses/quotes/receive.ts'
import { wasDeleted } from '#src/statuses/receive.ts'
import { idOf, isSameOrigin, type JsonObject, typesOf } from '../documents/json.ts'
import { embedded, type Listener, objectId, ownAccount, type Received, takeEffect } from './received.ts'

export const onAccept: Listener = async (received) => {
  const { app, actor, activity, id } = received
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
    // One of somebody else: the author tells followers of it who would not believe it by itself.
    const other = objectId(received)
    if (other !== null) await app.db.transaction((tx) => storeClaimedConsent(tx, other, consent, actor.id))
  }
  // Without a consent that others can look up, nobody would believe the quote.
  const approvalUri = idOf(activity['result'])
  if (approvalUri !== null && isSameOrigin(approvalUri, actor.uri))
    await takeEffect(received, (tx) =>
      unlessDeleted(tx, approvalUri, () => receiveQuoteAccept(tx, actor.id, quoteRequest(received), approvalUri)),
    )
}

/** A consent whose end overtook it is none any more. */
async function unlessDeleted(tx: Tx, consent: string, effect: () => Promise<void>): Promise<void> {
  if (!(await wasDeleted(tx, consent))) await effect()
}

export const onReject: Listener = async (received) => {
  const { actor } = received
  const followerId = await followerIn(received, received.activity)
  if (followerId) return takeEffect(received, (tx) => rejectFollow(tx, actor.id, followerId))
  const interaction = ownInteraction(received)
  if (interaction) return takeEffect(received, (tx) => rejectInteraction(tx, actor.id, interaction))
  await takeEffect(received, (tx) => receiveQuoteReject(tx, actor.id, quoteRequest(received)))
}

/**
 * Which of ours asked: by the id of our Follow, or by what is repeated of it, or, as some servers answer, by the account alone. Only
 * follows of the answering actor count.
 *
 * @param answer the Accept or Reject, which may stand within an Undo
 */
export async function followerIn(
  { app, actor }: Pick<Received, 'app' | 'actor'>,
  answer: JsonObject,
): Promise<AccountId | null> {
  const id = objectId({ activity: answer })
  const known = id === null ? null : await followByUri(app.db, id)
  if (known) return known.targetId === actor.id ? known.followerId : null
  const repeated = embedded({ activity: answer })
  if (!repeated || repeated['object'] === undefined) return ownAccount(app, id)
  return idOf(repeated['object']) === actor.uri ? ownAccount(app, idOf(repeated['actor'])) : null
}

const requestTypes = new Set(['LikeRequest', 'ReplyRequest', 'AnnounceRequest'])

/** Which favourite, reply or boost of ours is answered: by the id of its request or its own, or by what is repeated of the request. */
function ownInteraction(received: Received): OwnInteraction | null {
  const { uris } = received.app
  const repeated = embedded(received)
  const instrument =
    repeated && typesOf(repeated).some((type) => requestTypes.has(type)) ? idOf(repeated['instrument']) : null
  return uris.interaction(objectId(received) ?? '') ?? uris.interaction(instrument ?? '')
}

/** Which wish to quote is answered: by its id, or by what is repeated of it. */
function quoteRequest(received: Received): RequestName {
  const repeated = embedded(received)
  return {
    requestUri: objectId(received),
    quotingUri: idOf(repeated?.['instrument']),
    quotedUri: idOf(repeated?.['object']),
  }
}
