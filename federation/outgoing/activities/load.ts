/** Rows that several builders load. */
import { accountHead } from '#src/accounts/find.ts'
import type { App } from '#src/platform/app.ts'
import type { AccountId, StatusId } from '#src/platform/ids.ts'
import { loadOutgoingStatus } from '#src/statuses/access/outgoing-status.ts'
import { loadSurroundings } from '#src/statuses/threads/surroundings.ts'
import { loadStatusViews } from '#src/statuses/views/views.ts'

/** The status as its author sees it, if the author is local and other servers may have it. */
export async function loadLocal(app: App, statusId: StatusId) {
  const status = await loadOutgoingStatus(app.db, statusId)
  return status?.isLocal && !status.staysHere ? loadStatusViews(app.db, status.accountId, [statusId]) : []
}

export const surroundingsOf = async (app: App, statusId: StatusId) =>
  (await loadSurroundings(app.db, [statusId])).get(statusId)

export async function isLocal(app: App, accountId: AccountId): Promise<boolean> {
  return (await accountHead(app.db, accountId))?.domain === null
}
