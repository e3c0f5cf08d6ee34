import { statusByUri } from '#src/statuses/find.ts'
import { fetchDocument, forgetDocument } from '../documents.ts'
import { isSameOrigin } from '../json.ts'
import { storeActor, storeNote } from '../lookup.ts'
import { concernsUs, noteOf } from './create.ts'
import { passOnReply } from './pass-on.ts'
import { type Listener, objectId, type Received } from './received.ts'

/** A changed profile or status, of its own actor. */
export const onUpdate: Listener = async (received) => {
  const id = objectId(received)
  if (id === null || !isSameOrigin(id, received.actor.uri)) return
  if (id === received.actor.uri) return updateProfile(received, id)

  const note = await noteOf(received)
  if (!note) return
  // An edit of what never came is as good as new.
  const known = await statusByUri(received.app.db, note.uri)
  if (known || (await concernsUs(received, note))) await storeNote(received.app, note, received.budget, { activity: received.id, author: received.actor, after: (tx, id) => passOnReply(tx, received, id, note) })
}

/** Updates may overtake one another, and profiles say no time: what counts is not the copy inside but what stands there now. */
async function updateProfile({ app, budget }: Received, id: string): Promise<void> {
  forgetDocument(app, id)
  await storeActor(app, (await fetchDocument(app, id, budget)).json, budget)
}
