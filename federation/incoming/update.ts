import { statusByUri } from '#src/statuses/find.ts'
import { isSameOrigin } from '../documents/json.ts'
import { fetchDocument, forgetDocument } from '../fetching/documents.ts'
import { storeActor, storeNote } from '../fetching/lookup.ts'
import { concernsUs, noteOf } from './create.ts'
import { passOnReply } from './pass-on.ts'
import { embedded, type Listener, objectId, type Received, reception } from './received.ts'

/** A changed profile or status, of its own actor. */
export const onUpdate: Listener = async (received) => {
  const id = objectId(received)
  if (id === null || !isSameOrigin(id, received.actor.uri)) return
  if (id === received.actor.uri) return updateProfile(received, id)

  // One that is only named is read anew.
  if (!embedded(received)) forgetDocument(received.app, id)
  const note = await noteOf(received)
  if (!note) return
  // An edit of what never came is as good as new.
  const known = await statusByUri(received.app.db, note.uri)
  if (!known && !(await concernsUs(received, note))) return
  await storeNote(received.app, note, received.budget, {
    reception: (tx) => reception(tx, received),
    // What was passed on without a proof of its own was asked for, and has no id.
    isCurrent: received.via === null || received.id === null,
    author: received.actor,
    after: (tx, id) => passOnReply(tx, received, id, note),
  })
}

/** Updates may overtake one another, and profiles say no time: what counts is not the copy inside but what stands there now. */
async function updateProfile({ app, budget }: Received, id: string): Promise<void> {
  forgetDocument(app, id)
  await storeActor(app, (await fetchDocument(app, id, budget)).json, budget)
}
