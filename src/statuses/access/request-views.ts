import { type AccountView } from '../../accounts/views.ts'
import type { Reader } from '../../platform/db/index.ts'
import type { AccountId } from '../../platform/ids.ts'
import { loadStatusesAndAccounts, type StatusView } from '../views/views.ts'
import type { RequestHead } from './requests.ts'

/** A request as the author of the status sees it: the requesting account, the status, and the interaction. */
export type RequestView = RequestHead & {
  account: AccountView
  status: StatusView
  /** The reply or quoting status, if the author may see it. */
  interaction: StatusView | null
}

/** Views of requests, in their order, in a fixed number of queries. Leaves out requests whose status the author can't see any more. */
export async function loadRequestViews(
  db: Reader,
  viewer: AccountId,
  requests: readonly RequestHead[],
): Promise<RequestView[]> {
  const shown = requests.flatMap(({ kind, statusId, interactionId }) =>
    interactionId && (kind === 'reply' || kind === 'quote') ? [statusId, interactionId] : [statusId],
  )
  const { statuses, accounts } = await loadStatusesAndAccounts(
    db,
    viewer,
    [...new Set(shown)],
    requests.map(({ fromAccountId }) => fromAccountId),
  )
  const views = new Map(statuses.map((view) => [view.id, view]))
  return requests.flatMap((request) => {
    const [account, status] = [accounts.get(request.fromAccountId), views.get(request.statusId)]
    const interaction = (request.interactionId && views.get(request.interactionId)) || null
    return account && status ? [{ ...request, account, status, interaction }] : []
  })
}
