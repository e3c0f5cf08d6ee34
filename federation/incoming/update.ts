import { statusByUri } from '#src/statuses/find.ts'
import { isSameOrigin } from '../documents/json.ts'
import { fetchDocument, forgetDocument } from '../fetching/fetch-document.ts'
import { storeActor, storeNote } from '../fetching/lookup.ts'
import { updatesCollection } from './collections.ts'
import { concernsUs, noteOf } from './create.ts'
import { forwardStored } from './forward.ts'
import { embedded, type Listener, objectId, type Received, reception } from './received.ts'

/** An actor changed its profile, or one of its statuses or collections. */
export const onUpdate: Listener = async (received) => {
  const id = objectId(received)
  if (id === null || !isSameOrigin(id, received.actor.uri)) return
  if (id === received.actor.uri) return updateProfile(received, id)

  if (await updatesCollection(received, id)) return
  // A status that is only named is read anew.
  if (!embedded(received)) forgetDocument(received.app, id)
  const note = await noteOf(received)
  if (!note) return
  // An edit of a status that is not here counts as a new status.
  const known = await statusByUri(received.app.db, note.uri)
  if (!known && !(await concernsUs(received, note))) return
  await storeNote(received.app, note, received.budget, {
    reception: (tx) => reception(tx, received),
    // A passed-on activity without its own proof was replaced by the server's answer, which has no id.
    isCurrent: received.via === null || received.id === null,
    author: received.actor,
    after: (tx, id) => forwardStored(tx, received, id, note),
  })
}

/**
 * Updates may overtake one another, and profiles have no time of their last change. So the profile is fetched again;
 * the enclosed copy is ignored.
 */
async function updateProfile({ app, budget }: Received, id: string): Promise<void> {
  forgetDocument(app, id)
  await storeActor(app, (await fetchDocument(app, id, budget)).json, budget)
}
