import type { Uris } from '#src/platform/uris.ts'
import type { StrikeView } from '#src/reading/notifications/strikes.ts'
import { toAccount } from './account.ts'
import { toDateTime } from './dates.ts'

/**
 * An action of staff as its person sees it.
 *
 * @see https://docs.joinmastodon.org/entities/AccountWarning/
 */
export const toStrike = ({ id, action, text, statusIds, target, appeal, createdAt }: StrikeView, uris: Uris) => ({
  id,
  action,
  text,
  status_ids: statusIds,
  target_account: toAccount(target, uris),
  appeal: appeal && { text: appeal.text, state: appeal.state },
  created_at: toDateTime(createdAt),
})
