import { HttpError } from '#src/platform/http/client.ts'
import {
  answerQuoteRequest,
  grantQuoteRequest,
  type RemoteQuoteRequest,
  refuseQuoteRequest,
} from '#src/statuses/quotes/receive.ts'
import { idOf, isObject, isSameOrigin } from '../documents/json.ts'
import { fetchDocument } from '../fetching/documents.ts'
import { storeNote } from '../fetching/lookup.ts'
import { isNote, isWhole, parseNote, type ParsedNote } from '../parse/note.ts'
import { type Listener, objectId, type Received, takeEffect } from './received.ts'

/** Somebody asks to quote a status of ours; its policy answers. What quotes it is kept, so that its author gets to see it. */
export const onQuoteRequest: Listener = async (received) => {
  const { app, id, actor, activity, budget } = received
  const quoted = app.uris.parse(objectId(received) ?? '')
  const quotingUri = idOf(activity['instrument'])
  if (id === null || quoted?.type !== 'status' || quotingUri === null || !isSameOrigin(quotingUri, actor.uri)) return
  const wish: RemoteQuoteRequest = { requestUri: id, accountId: actor.id, quotedId: quoted.id, quotingUri }
  const isAllowed = await answerQuoteRequest(app.db, actor.id, quoted.id)
  if (isAllowed === null) return
  if (!isAllowed) return takeEffect(received, (tx) => refuseQuoteRequest(tx, wish))

  const note = await quotingNote(received, quotingUri)
  const statusId = note?.authors.includes(actor.uri) ? await storeNote(app, note, budget, { author: actor }) : null
  await takeEffect(received, (tx) =>
    statusId ? grantQuoteRequest(tx, app.uris, wish, statusId) : refuseQuoteRequest(tx, wish),
  )
}

/** The status that quotes: it comes along, as not everybody may fetch it, or is fetched. */
async function quotingNote({ app, activity, budget }: Received, uri: string): Promise<ParsedNote | null> {
  const { instrument } = activity
  const inside = isObject(instrument) && isWhole(instrument) ? instrument : null
  const json = inside ?? (await fetchDocument(app, uri, budget)).json
  if (!isNote(json) || idOf(json['id']) !== uri) throw new HttpError('What quotes is not a post', { isPermanent: true })
  return parseNote(json, inside ? { actor: activity['actor'] } : {})
}
