import { HttpError } from '#src/platform/http/client.ts'
import {
  answerQuoteRequest,
  grantQuoteRequest,
  type RemoteQuoteRequest,
  refuseQuoteRequest,
} from '#src/statuses/quotes/receive.ts'
import { idOf, isObject, isSameOrigin } from '../documents/json.ts'
import { fetchDocument } from '../fetching/fetch-document.ts'
import { storeNote } from '../fetching/lookup.ts'
import { isNote, isWhole, parseNote, type ParsedNote } from '../parse/note.ts'
import { type Listener, objectId, type Received, takeEffect } from './received.ts'

/** A remote account asks to quote a local status; its policy answers. The quoting post is stored, so that the quoted author can see it. */
export const onQuoteRequest: Listener = async (received) => {
  const { app, id, actor, activity, budget } = received
  const quoted = app.uris.parse(objectId(received) ?? '')
  const quotingUri = idOf(activity['instrument'])
  if (id === null || quoted?.type !== 'status' || quotingUri === null || !isSameOrigin(quotingUri, actor.uri)) return
  const request: RemoteQuoteRequest = { requestUri: id, accountId: actor.id, quotedId: quoted.id, quotingUri }
  const isAllowed = await answerQuoteRequest(app.db, actor.id, quoted.id)
  if (isAllowed === null) return
  if (!isAllowed) return takeEffect(received, (tx) => refuseQuoteRequest(tx, request))

  const note = await quotingNote(received, quotingUri)
  const statusId = note?.authors.includes(actor.uri) ? await storeNote(app, note, budget, { author: actor }) : null
  await takeEffect(received, (tx) =>
    statusId ? grantQuoteRequest(tx, app.uris, request, statusId) : refuseQuoteRequest(tx, request),
  )
}

/** The quoting status: enclosed, as it may not be public, or else fetched. */
async function quotingNote({ app, activity, budget }: Received, uri: string): Promise<ParsedNote | null> {
  const { instrument } = activity
  const inside = isObject(instrument) && isWhole(instrument) ? instrument : null
  const json = inside ?? (await fetchDocument(app, uri, budget)).json
  if (!isNote(json) || idOf(json['id']) !== uri)
    throw new HttpError('The instrument of the QuoteRequest is not a post', { isPermanent: true })
  return parseNote(json, inside ? { actor: activity['actor'] } : {})
}
