import { localAccount } from '#src/accounts/find.ts'
import type { App } from '#src/app.ts'
import type { AccountId, StatusId } from '#src/ids.ts'
import { receiveReport } from '#src/reports/receive.ts'
import { asList, firstText, idOf } from '../json.ts'
import { type Listener, takeEffect } from './received.ts'

const maxObjects = 100

/**
 * Somebody elsewhere reports accounts and statuses of ours, mostly a server on behalf of its people. What isn't ours is left out.
 * Some servers list URIs, some page addresses, some whole objects, and some have a single one.
 */
export const onFlag: Listener = async (received) => {
  const { app, id, actor, activity } = received
  const targets = await ownTargets(app, asList(activity['object']).slice(0, maxObjects).flatMap((object) => idOf(object) ?? []))
  // Lemmy gives its reasons in `summary`.
  const comment = firstText(activity['content']) ?? firstText(activity['summary']) ?? ''
  await takeEffect(received, (tx) => receiveReport(tx, actor.id, { uri: id, comment, ...targets }))
}

async function ownTargets(app: App, uris: string[]): Promise<{ accountIds: AccountId[]; statusIds: StatusId[] }> {
  const accountIds: AccountId[] = []
  const statusIds: StatusId[] = []
  for (const uri of uris) {
    const own = app.uris.parse(uri)
    const account = own?.type === 'account' ? own.id : own?.type === 'profile' ? await localAccount(app.db, own.username) : null
    if (account) accountIds.push(account)
    if (own?.type === 'status') statusIds.push(own.id)
  }
  return { accountIds, statusIds }
}
