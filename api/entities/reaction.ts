/** Emoji reactions, which Mastodon's API lacks: in Fedibird's form, and in Pleroma's. */
import type { AccountView } from '#src/accounts/views.ts'
import type { AccountId } from '#src/platform/ids.ts'
import type { Uris } from '#src/platform/uris.ts'
import {
  isCustomReaction,
  type ReactionEmojiView,
  type ReactionView,
  type Reactors,
  writtenReaction,
} from '#src/statuses/views/reactions.ts'
import type { StatusView } from '#src/statuses/views/views.ts'
import { toAccount } from './account.ts'
import { picturesOf } from './emoji.ts'

/** One of a status's `emoji_reactions`, in Fedibird's form. */
export const toReaction = (reaction: ReactionView, { reacted }: Pick<StatusView, 'reacted'>, uris: Uris) => ({
  name: reaction.name,
  count: reaction.count,
  me: reacted.includes(reaction.id),
  ...(isCustomReaction(reaction) ? { ...picturesOf(reaction, uris), domain: reaction.domain } : {}),
  account_ids: reaction.accountIds,
})

/** One of a status's `pleroma.emoji_reactions`: as `toReaction`, but the name has the server of the emoji, as requests have it. */
export const toPleromaReaction = (reaction: ReactionView, status: Pick<StatusView, 'reacted'>, uris: Uris) => ({
  ...toReaction(reaction, status, uris),
  name: pleromaName(reaction),
})

/** @see https://docs.pleroma.social/backend/development/API/pleroma_api/#get-apiv1pleromastatusesidreactions */
export const toReactionWithAccounts = (
  reaction: Reactors,
  accounts: ReadonlyMap<AccountId, AccountView>,
  uris: Uris,
) => ({
  name: pleromaName(reaction),
  count: reaction.count,
  me: reaction.isMine,
  ...(isCustomReaction(reaction) ? { url: picturesOf(reaction, uris).url } : {}),
  accounts: reaction.accountIds.flatMap((id) => {
    const account = accounts.get(id)
    return account && !account.deletedAt ? [toAccount(account, uris)] : []
  }),
})

const pleromaName = ({ name, domain }: ReactionView): string => (domain === null ? name : `${name}@${domain}`)

/** The emoji fields of a notification about a favourite. */
export const toNotifiedEmoji = (emoji: ReactionEmojiView, uris: Uris) => ({
  emoji: writtenReaction(emoji),
  emoji_url: isCustomReaction(emoji) ? picturesOf(emoji, uris).url : null,
})
