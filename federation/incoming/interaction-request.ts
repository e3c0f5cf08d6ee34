/** LikeRequest, ReplyRequest and AnnounceRequest: somebody asks to do something with a status of ours, and is let. */
import { receiveOnce } from '#src/incoming/received.ts'
import type { Tx } from '#src/platform/db/index.ts'
import { Refusal } from '#src/platform/errors.ts'
import { HttpError } from '#src/platform/http/client.ts'
import type { InteractionKind } from '#src/platform/interaction-kind.ts'
import {
  answerToInteraction,
  favouriteOnRequest,
  grantInteraction,
  type InteractionRequest,
  refuseInteraction,
  repliesTo,
} from '#src/statuses/access/consent.ts'
import { reblog } from '#src/statuses/interactions/reblog.ts'
import { visibilityOf } from '../documents/addressing.ts'
import { addressesOf, dateOf, idOf, isObject, isSameOrigin, type JsonObject, typesOf } from '../documents/json.ts'
import { fetchDocument } from '../fetching/documents.ts'
import { storeNote } from '../fetching/lookup.ts'
import { isNote, isWhole, parseNote } from '../parse/note.ts'
import { type Listener, objectId, type Received, takeEffect } from './received.ts'

/** What is asked for takes effect as it would by itself, and is answered. */
type Enact = (received: Received, wish: InteractionRequest, instrument: JsonObject | null) => Promise<void>

const asking =
  (kind: InteractionKind, enact: Enact): Listener =>
  async (received) => {
    const { app, id, actor, activity } = received
    const target = app.uris.parse(objectId(received) ?? '')
    const interactionUri = idOf(activity['instrument'])
    if (id === null || target?.type !== 'status' || interactionUri === null || !isSameOrigin(interactionUri, actor.uri))
      return
    const wish: InteractionRequest = { kind, requestUri: id, accountId: actor.id, statusId: target.id, interactionUri }
    const isAllowed = await answerToInteraction(app.db, actor.id, target.id)
    if (isAllowed === null) return
    const refuse = () => takeEffect(received, (tx) => refuseInteraction(tx, wish))
    if (!isAllowed) return refuse()
    try {
      await enact(received, wish, isObject(activity['instrument']) ? activity['instrument'] : null)
    } catch (error) {
      if (!(error instanceof Refusal) || error.code !== 'not_permitted') throw error
      await refuse()
    }
  }

/** What is let in stands from now on, also when it was taken back before under the same id. */
const noteEnacted = (tx: Tx, { arrival }: Received, { interactionUri }: InteractionRequest) =>
  receiveOnce(tx, { key: interactionUri, said: null }, arrival)

/** Whether an activity that comes along is one of the actor, about the status. */
const isAbout = ({ app, actor }: Received, wish: InteractionRequest, instrument: JsonObject, type: string): boolean =>
  typesOf(instrument).includes(type) &&
  idOf(instrument['actor'] ?? actor.uri) === actor.uri &&
  idOf(instrument['object'] ?? null) === app.uris.status(wish.statusId)

export const onLikeRequest = asking('like', async (received, wish, instrument) => {
  const { app } = received
  if (instrument && !isAbout(received, wish, instrument, 'Like')) return
  await takeEffect(received, async (tx) => {
    await noteEnacted(tx, received, wish)
    await favouriteOnRequest(tx, app.uris, wish)
  })
})

export const onAnnounceRequest = asking('announce', async (received, wish, instrument) => {
  const { app, actor } = received
  // Whom it is for stands in the Announce alone.
  if (!instrument || !isAbout(received, wish, instrument, 'Announce')) return
  const visibility = visibilityOf(
    { to: addressesOf(instrument['to']), cc: addressesOf(instrument['cc']) },
    actor.followersUrl,
  )
  if (visibility === 'direct') return
  const publishedAt = dateOf(instrument['published']) ?? new Date()
  await takeEffect(received, async (tx) => {
    await noteEnacted(tx, received, wish)
    await grantInteraction(
      tx,
      wish,
      await reblog(tx, app.uris, actor.id, wish.statusId, { uri: wish.interactionUri, visibility, publishedAt }),
    )
  })
})

export const onReplyRequest = asking('reply', async (received, wish, instrument) => {
  const { app, actor, budget } = received
  const inside = instrument && isWhole(instrument) ? instrument : null
  const json = inside ?? (await fetchDocument(app, wish.interactionUri, budget)).json
  const note =
    isNote(json) && idOf(json['id']) === wish.interactionUri
      ? parseNote(json, inside ? { actor: actor.uri } : {})
      : null
  if (!note?.authors.includes(actor.uri) || note.inReplyToUri !== app.uris.status(wish.statusId))
    throw new HttpError('What asks to reply is no reply', { isPermanent: true })
  const replyId = await storeNote(app, note, budget, { author: actor })
  const isReply = replyId !== null && (await repliesTo(app.db, replyId, wish.statusId))
  await takeEffect(received, (tx) => (isReply ? grantInteraction(tx, wish, replyId) : refuseInteraction(tx, wish)))
})
