import { statusByUri } from '#src/statuses/find.ts'
import { fetchDocument, forgetDocument } from '../documents.ts'
import { isSameOrigin } from '../json.ts'
import { storeActor, storeNote } from '../lookup.ts'
import { isActor } from '../parse/actor.ts'
import { concernsUs, noteOf } from './create.ts'
import { embedded, type Listener, objectId, type Received } from './received.ts'

/** A changed profile or status, of its own actor. */
export const onUpdate: Listener = async (received) => {
  const id = objectId(received)
  if (id === null || !isSameOrigin(id, received.actor.uri)) return
  if (id === received.actor.uri) return updateProfile(received, id)

  const note = await noteOf(received)
  if (!note) return
  // An edit of what never came is as good as new.
  const known = await statusByUri(received.app.db, note.uri)
  if (known || (await concernsUs(received, note))) await storeNote(received.app, note, received.budget, { activity: received.id })
}

async function updateProfile(received: Received, id: string): Promise<void> {
  const { app, budget } = received
  forgetDocument(app, id)
  const inside = embedded(received)
  const json = inside && isActor(inside) && inside['inbox'] !== undefined ? inside : (await fetchDocument(app, id, budget)).json
  await storeActor(app, json, budget)
}
