/** LikeRequest, ReplyRequest and AnnounceRequest: a remote account asks to interact with a local status, whose policy answers. */
import { receiveOnce } from '#src/incoming/received.ts'
import type { Tx } from '#src/platform/db/index.ts'
import { Refusal } from '#src/platform/errors.ts'
import { HttpError } from '#src/platform/http/client.ts'
import type { InteractionKind } from '#src/platform/interaction-kind.ts'
import {
  answerReply,
  answerToInteraction,
  boostOnRequest,
  favouriteOnRequest,
  type InteractionRequest,
  refuseInteraction,
} from '#src/statuses/access/interaction-requests.ts'
import type { StatusHead } from '#src/statuses/find.ts'
import { hasFavourited } from '#src/statuses/interactions/favourite.ts'
import { hasReblogged } from '#src/statuses/interactions/reblog.ts'
import { visibilityOf } from '../documents/addressing.ts'
import { addressesOf, dateOf, idOf, isObject, isSameOrigin, type JsonObject, typesOf } from '../documents/json.ts'
import { fetchDocument } from '../fetching/fetch-document.ts'
import { storeNote } from '../fetching/lookup.ts'
import { isNote, isWhole, parseNote } from '../parse/note.ts'
import { type Listener, objectId, type Received, takeEffect } from './received.ts'

/** Applies a requested interaction as it would without a request, and answers the request. */
type Apply = (received: Received, request: InteractionRequest, instrument: JsonObject | null) => Promise<void>

const requestListener =
  (kind: InteractionKind, apply: Apply): Listener =>
  async (received) => {
    const { app, id, actor, activity } = received
    const target = app.uris.parse(objectId(received) ?? '')
    const interactionUri = idOf(activity['instrument'])
    if (id === null || target?.type !== 'status' || interactionUri === null || !isSameOrigin(interactionUri, actor.uri))
      return
    const request: InteractionRequest = {
      kind,
      requestUri: id,
      accountId: actor.id,
      statusId: target.id,
      interactionUri,
    }
    const isAllowed = await answerToInteraction(app.db, actor.id, target.id)
    if (isAllowed === null) return
    const refuse = () => takeEffect(received, (tx) => refuseInteraction(tx, request))
    if (!isAllowed) return refuse()
    try {
      await apply(received, request, isObject(activity['instrument']) ? activity['instrument'] : null)
    } catch (error) {
      if (!(error instanceof Refusal) || error.code !== 'not_permitted') throw error
      await refuse()
    }
  }

/** An interaction that came without a request: the same effect, or a Reject if the local author's policy does not allow it. */
export async function orRefuse(
  received: Received,
  status: Pick<StatusHead, 'id' | 'isLocal'>,
  kind: 'like' | 'announce',
  effect: (tx: Tx) => Promise<unknown>,
): Promise<void> {
  const { id, actor } = received
  try {
    await takeEffect(received, effect)
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'not_permitted' || id === null || !status.isLocal) throw error
    const stands = await (kind === 'like' ? hasFavourited : hasReblogged)(received.app.db, actor.id, status.id)
    // A consent of before stays, whatever the policy says now.
    if (stands) return
    await takeEffect(received, (tx) =>
      refuseInteraction(tx, { kind, requestUri: null, accountId: actor.id, statusId: status.id, interactionUri: id }),
    )
  }
}

/** Records the interaction as done now, even if it was undone before under the same id. */
const recordInteraction = (tx: Tx, { arrival }: Received, { interactionUri }: InteractionRequest) =>
  receiveOnce(tx, { key: interactionUri, said: null }, arrival)

/** Whether the enclosed activity is by the actor and about the status. */
const isAbout = (
  { app, actor }: Received,
  request: InteractionRequest,
  instrument: JsonObject,
  type: string,
): boolean =>
  typesOf(instrument).includes(type) &&
  idOf(instrument['actor'] ?? actor.uri) === actor.uri &&
  idOf(instrument['object'] ?? null) === app.uris.status(request.statusId)

export const onLikeRequest = requestListener('like', async (received, request, instrument) => {
  const { app } = received
  if (instrument && !isAbout(received, request, instrument, 'Like')) return
  await takeEffect(received, async (tx) => {
    await recordInteraction(tx, received, request)
    await favouriteOnRequest(tx, app.uris, request)
  })
})

export const onAnnounceRequest = requestListener('announce', async (received, request, instrument) => {
  const { app, actor } = received
  // Only the Announce itself has its audience.
  if (!instrument || !isAbout(received, request, instrument, 'Announce')) return
  const visibility = visibilityOf(
    { to: addressesOf(instrument['to']), cc: addressesOf(instrument['cc']) },
    actor.followersUrl,
  )
  if (visibility === 'direct') return
  const publishedAt = dateOf(instrument['published']) ?? new Date()
  await takeEffect(received, async (tx) => {
    await recordInteraction(tx, received, request)
    await boostOnRequest(tx, app.uris, request, { visibility, publishedAt })
  })
})

export const onReplyRequest = requestListener('reply', async (received, request, instrument) => {
  const { app, actor, budget } = received
  const inside = instrument && isWhole(instrument) ? instrument : null
  const json = inside ?? (await fetchDocument(app, request.interactionUri, budget)).json
  const note =
    isNote(json) && idOf(json['id']) === request.interactionUri
      ? parseNote(json, inside ? { actor: actor.uri } : {})
      : null
  if (!note?.authors.includes(actor.uri) || note.inReplyToUri !== app.uris.status(request.statusId))
    throw new HttpError('The instrument of the ReplyRequest is not a reply to the status', { isPermanent: true })
  const replyId = await storeNote(app, note, budget, { author: actor, isRequested: true })
  await takeEffect(received, (tx) => (replyId ? answerReply(tx, request, replyId) : refuseInteraction(tx, request)))
})
