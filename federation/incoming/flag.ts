import { receiveReport } from '#src/moderation/reports/receive.ts'
import type { App } from '#src/platform/app.ts'
import type { AccountId, StatusId } from '#src/platform/ids.ts'
import { asList, firstText, idOf } from '../documents/json.ts'
import { type Listener, takeEffect } from './received.ts'

const maxObjects = 100

/**
 * A report from another server about local accounts and statuses, mostly in the name of the server. Remote ones are left out.
 * Some servers list URIs, some whole objects, and some have a single one.
 */
export const onFlag: Listener = async (received) => {
  const { app, id, actor, activity } = received
  const targets = ownTargets(
    app,
    asList(activity['object'])
      .slice(0, maxObjects)
      .flatMap((object) => idOf(object) ?? []),
  )
  // Lemmy gives its reasons in `summary`.
  const comment = firstText(activity['content']) ?? firstText(activity['summary']) ?? ''
  await takeEffect(received, (tx) => receiveReport(tx, app.uris, actor.id, { uri: id, comment, ...targets }))
}

function ownTargets({ uris }: App, objects: string[]): { accountIds: AccountId[]; statusIds: StatusId[] } {
  const named = objects.flatMap((uri) => uris.parse(uri) ?? [])
  return {
    accountIds: named.flatMap((own) => (own.type === 'account' ? [own.id] : [])),
    statusIds: named.flatMap((own) => (own.type === 'status' ? [own.id] : [])),
  }
}
