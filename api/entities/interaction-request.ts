import type { AccountId } from '#src/platform/ids.ts'
import type { Uris } from '#src/platform/uris.ts'
import type { RequestView } from '#src/statuses/access/request-views.ts'
import type { RequestKind } from '#src/statuses/access/requests.ts'
import { toAccount } from './account.ts'
import { toDateTime } from './dates.ts'
import { toStatus } from './status.ts'

const types: Record<RequestKind, string> = { like: 'favourite', reply: 'reply', announce: 'reblog', quote: 'quote' }

/**
 * A request to interact with a status of the viewer, as GoToSocial's apps expect it. GoToSocial has no requests to
 * quote: `quote` is Pipit's extension.
 *
 * @see https://docs.gotosocial.org/en/latest/api/swagger/
 */
export function toInteractionRequest(view: RequestView, uris: Uris, viewer: AccountId) {
  const { kind, state, answeredAt, interaction } = view
  const at = answeredAt && toDateTime(answeredAt)
  return {
    id: view.id,
    type: types[kind],
    created_at: toDateTime(view.createdAt),
    account: toAccount(view.account, uris),
    status: toStatus(view.status, uris, viewer),
    ...(interaction ? { [kind]: toStatus(interaction, uris, viewer) } : {}),
    accepted_at: state === 'accepted' ? at : null,
    rejected_at: state === 'rejected' ? at : null,
    uri: view.interactionUri ?? interaction?.uri ?? null,
  }
}
