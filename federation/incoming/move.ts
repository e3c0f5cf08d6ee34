import { hasLocalRelationships, recordMove } from '#src/accounts/moves/move.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { idOf } from '../documents/json.ts'
import { refetchAccount } from '../fetching/lookup.ts'
import { type Listener, objectId, ownAccount, type Received, takeEffect } from './received.ts'

/**
 * An account moves to another one, with its followers. For an account without relationships here, the next fetch of its
 * profile is enough.
 */
export const onMove: Listener = async (received) => {
  const { app, actor, activity } = received
  const target = idOf(activity['target'])
  if (
    objectId(received) !== actor.uri ||
    target === null ||
    target === actor.uri ||
    !(await hasLocalRelationships(app.db, actor.id))
  )
    return
  const targetId = await targetOf(received, target)
  if (targetId) await takeEffect(received, (tx) => recordMove(tx, actor.id, targetId))
}

/** The target, fetched again from its own server: a stored copy may be from before it named the old account. */
async function targetOf({ app, budget }: Received, uri: string): Promise<AccountId | null> {
  return app.uris.isOwn(uri) ? ownAccount(app, uri) : refetchAccount(app, uri, budget)
}
