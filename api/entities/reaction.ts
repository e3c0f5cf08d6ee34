/** Emoji reactions, which Mastodon's API lacks: in Fedibird's form, and in Pleroma's. */
import type { AccountView } from '#src/accounts/views.ts'
import type { AccountId } from '#src/platform/ids.ts'
import type { Uris } from '#src/platform/uris.ts'
import {
  isCustomReaction,
  type ReactionEmojiView,
  type ReactionView,
  writtenReaction,
} from '#src/statuses/views/reactions.ts'
import { toAccount } from './account.ts'
import { picturesOf } from './emoji.ts'

/** One of a status's `emoji_reactions`. None is the viewer's: local people favourite instead. */
export const toReaction = (reaction: ReactionView, uris: Uris) => ({
  name: reaction.name,
  count: reaction.count,
  me: false,
  ...(isCustomReaction(reaction) ? { ...picturesOf(reaction, uris), domain: reaction.domain } : {}),
  account_ids: reaction.accountIds,
})

/** @see https://docs.pleroma.social/backend/development/API/pleroma_api/#get-apiv1pleromastatusesidreactions */
export const toReactionWithAccounts = (
  reaction: ReactionView,
  accounts: ReadonlyMap<AccountId, AccountView>,
  uris: Uris,
) => ({
  name: reaction.domain === null ? reaction.name : `${reaction.name}@${reaction.domain}`,
  count: reaction.count,
  me: false,
  ...(isCustomReaction(reaction) ? { url: picturesOf(reaction, uris).url } : {}),
  accounts: reaction.accountIds.flatMap((id) => {
    const account = accounts.get(id)
    return account && !account.deletedAt ? [toAccount(account, uris)] : []
  }),
})

/** The emoji fields of a notification about a favourite. */
export const toNotifiedEmoji = (emoji: ReactionEmojiView, uris: Uris) => ({
  emoji: writtenReaction(emoji),
  emoji_url: isCustomReaction(emoji) ? picturesOf(emoji, uris).url : null,
})
