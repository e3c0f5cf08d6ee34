import type { Tx } from '#src/platform/db/index.ts'
import type { StatusId } from '#src/platform/ids.ts'
import { receiveVote } from '#src/statuses/polls/vote.ts'
import { isWanted } from '#src/statuses/wanted.ts'
import { asList, idOf, isSameOrigin, type JsonObject, text, typesOf } from '../documents/json.ts'
import { fetchDocument } from '../fetching/fetch-document.ts'
import { storeNote } from '../fetching/lookup.ts'
import { isRelayed, relayedAt } from '../fetching/relays.ts'
import { isNote, isWhole, type ParsedNote, parseNote } from '../parse/note.ts'
import { forwardStored } from './forward.ts'
import { embedded, type Listener, objectId, type Received, reception, takeEffect } from './received.ts'

/** A new remote status, stored if it concerns a local account; or a vote. */
export const onCreate: Listener = async (received) => {
  const vote = voteOf(received)
  if (vote)
    return takeEffect(received, (tx) => receiveVote(tx, received.actor.id, vote.statusId, vote.choice, vote.uri))
  const note = await noteOf(received)
  if (!note) return
  const concerns = await concernsUs(received, note)
  if (!concerns && !(await isRelayed(received.app, received.via, note))) return
  const after = (tx: Tx, id: StatusId) => forwardStored(tx, received, id, note)
  const source = {
    reception: (tx: Tx) => reception(tx, received),
    author: received.actor,
    arrivedAt: received.arrivedAt,
    after,
  }
  await storeNote(received.app, note, received.budget, { ...source, ...(concerns ? {} : relayedAt) })
}

/** Whether a status is worth storing: see `isWanted`. */
export function concernsUs({ app, actor }: Received, note: ParsedNote): Promise<boolean> {
  return isWanted(app.db, app.uris, actor.id, {
    recipients: [...note.mentioned, ...note.to, ...note.cc],
    inReplyToUri: note.inReplyToUri,
    quotedUri: note.quote?.uri ?? null,
  })
}

/** The actor's own post in an activity. A post that is only named is fetched from its server. */
export async function noteOf(received: Received): Promise<ParsedNote | null> {
  const { app, actor, budget } = received
  const id = objectId(received)
  const inside = embedded(received)
  if (id === null || !isSameOrigin(id, actor.uri)) return null
  const isInside = inside !== null && isWhole(inside)
  const json = isInside ? inside : (await fetchDocument(app, id, budget)).json
  const note =
    isNote(json) && idOf(json['id']) === id && !isVote(received, json)
      ? parseNote(json, isInside ? received.activity : {})
      : null
  return note?.authors.includes(actor.uri) ? note : null
}

/** A vote in a local poll, as its actor sent it. Some servers add a text; only the name counts. */
function voteOf(received: Received): { statusId: StatusId; choice: string; uri: string | null } | null {
  const { app, actor } = received
  const inside = embedded(received)
  const choice =
    inside &&
    isVote(received, inside) &&
    asList(inside['attributedTo'] ?? actor.uri)
      .map(idOf)
      .includes(actor.uri)
      ? text(inside['name'])
      : null
  const poll = choice === null ? null : app.uris.parse(idOf(inside?.['inReplyTo']) ?? '')
  const uri = objectId(received)
  return choice !== null && poll?.type === 'status'
    ? { statusId: poll.id, choice, uri: uri !== null && isSameOrigin(uri, actor.uri) ? uri : null }
    : null
}

/** A vote in a poll looks like a reply, but has a name instead of a text. */
function isVote({ app }: Received, json: JsonObject): boolean {
  const parent = idOf(json['inReplyTo'])
  return typesOf(json).includes('Note') && text(json['name']) !== null && parent !== null && app.uris.isOwn(parent)
}
