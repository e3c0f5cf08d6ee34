import type { AccountId } from '#src/platform/ids.ts'
import type { Uris } from '#src/platform/uris.ts'
import type { ConversationView } from '#src/reading/conversations/page.ts'
import { toAccount } from './account.ts'
import { toStatus } from './status.ts'

/** @see https://docs.joinmastodon.org/entities/Conversation/ */
export const toConversation = (view: ConversationView, uris: Uris, viewer: AccountId) => ({
  id: view.id,
  unread: view.isUnread,
  accounts: view.accounts.map((account) => toAccount(account, uris)),
  last_status: toStatus(view.lastStatus, uris, viewer),
})
