import type { AccountId, StatusId } from '#src/platform/ids.ts'
import type { Uris } from '#src/platform/uris.ts'
import { webUrl } from '#src/platform/web-url.ts'
import type { QuoteView, ShownQuoteState } from '#src/statuses/views/quotes.ts'
import type { MentionView, StatusView, TagView } from '#src/statuses/views/views.ts'
import { shownHtml } from '#src/text/html/shown.ts'
import { type Account, toAccount } from './account.ts'
import { toCard } from './card.ts'
import { toDateTime } from './dates.ts'
import { toEmojis } from './emoji.ts'
import { toFilterResult } from './filter.ts'
import { toInteractionPolicy } from './interaction-policy.ts'
import { toMediaAttachment } from './media.ts'
import { toPoll } from './poll.ts'
import { toQuoteApproval } from './quote-approval.ts'
import { toPleromaReaction, toReaction } from './reaction.ts'

export type Status = Base & { content: string; reblog: Status | null }
type Base = Omit<ReturnType<typeof toBase>, 'account' | 'quote'> & {
  account: Account
  quote: Quote | ShallowQuote | null
}
type Quote = { state: ShownQuoteState; quoted_status: Status | null }
type ShallowQuote = { state: ShownQuoteState; quoted_status_id: StatusId | null }

/**
 * A status as Mastodon apps expect it. `favourited` and the like are set only for a viewer.
 *
 * @see https://docs.joinmastodon.org/entities/Status/
 */
export function toStatus(view: StatusView, uris: Uris, viewer: AccountId | null): Status {
  return {
    ...toBase(view, uris, viewer),
    content: shownHtml(view.content, view.account.isLocal),
    reblog: view.reblog && toStatus(view.reblog, uris, viewer),
    quote: view.quote && toQuote(view.quote, uris, viewer),
  }
}

/** A deleted status, with its source instead of its HTML, so that the author can redraft it. */
export function toDeletedStatus(view: StatusView, uris: Uris, viewer: AccountId) {
  const { quote } = view
  return {
    ...toBase(view, uris, viewer),
    reblog: view.reblog && toStatus(view.reblog, uris, viewer),
    // Includes a quote that was not accepted: the redraft may ask again.
    quote: quote && toQuote({ ...quote, status: quote.target }, uris, viewer),
    text: view.text,
  }
}

function toBase(view: StatusView, uris: Uris, viewer: AccountId | null) {
  const { account } = view
  // An interaction with a boost applies to the boosted status, and apps read the flags of either.
  const marked = view.reblog ?? view
  return {
    id: view.id,
    created_at: toDateTime(view.createdAt),
    in_reply_to_id: view.inReplyToId,
    in_reply_to_account_id: view.inReplyToAccountId,
    sensitive: view.isSensitive,
    spoiler_text: view.spoilerText,
    visibility: view.visibility,
    language: toLanguage(view.language),
    uri: view.uri,
    url: webUrl(view.url),
    replies_count: view.repliesCount,
    reblogs_count: view.reblogsCount,
    favourites_count: view.favouritesCount,
    quotes_count: view.quotesCount,
    edited_at: view.editedAt && toDateTime(view.editedAt),
    application: account.isLocal ? view.application : null,
    account: toAccount(account, uris),
    media_attachments: view.media.map((media) => toMediaAttachment(media, uris)),
    mentions: view.mentions.map(toMention),
    tags: view.tags.map((tag) => toShallowTag(tag, uris)),
    emojis: toEmojis(view.emojis, uris),
    quote: null,
    card: view.card && toCard(view.card, uris),
    poll: view.poll && toPoll(view.poll, view, uris, viewer),
    quote_approval: toQuoteApproval(view, viewer),
    ...(view.interactionPolicy ? { interaction_policy: toInteractionPolicy(view.interactionPolicy) } : {}),
    tagged_collections: [],
    local_only: view.isLocalOnly,
    ...(view.heldUntil && view.accountId === viewer ? { held_until: toDateTime(view.heldUntil) } : {}),
    ...(view.reactions.length > 0
      ? { emoji_reactions: view.reactions.map((reaction) => toReaction(reaction, view, uris)) }
      : {}),
    pleroma: { emoji_reactions: view.reactions.map((reaction) => toPleromaReaction(reaction, view, uris)) },
    ...(viewer === null
      ? {}
      : {
          favourited: marked.favourited,
          reblogged: marked.reblogged,
          muted: marked.muted,
          bookmarked: marked.bookmarked,
          filtered: view.filtered.map(toFilterResult),
        }),
    ...(isPinnable(view, viewer) ? { pinned: view.pinned } : {}),
  }
}

/** `pinned` is set only for viewers who may pin the status. */
const isPinnable = (view: StatusView, viewer: AccountId | null): boolean =>
  view.accountId === viewer && view.visibility !== 'direct' && view.reblogOfId === null

/**
 * A quote. A quote inside the quoted status is reduced to its id.
 *
 * @see https://docs.joinmastodon.org/entities/Quote/
 */
function toQuote({ state, status, nested }: QuoteView<StatusView>, uris: Uris, viewer: AccountId | null): Quote {
  const inner = nested && { state: nested.state, quoted_status_id: nested.statusId }
  return { state, quoted_status: status && { ...toStatus(status, uris, viewer), quote: inner } }
}

/** Leaves out malformed language tags of other servers, since apps parse them. */
const toLanguage = (tag: string | null): string | null =>
  tag !== null && /^[A-Za-z]{2,3}(-[A-Za-z0-9]+)*$/.test(tag) ? tag : null

/** @see https://docs.joinmastodon.org/entities/Status/#Mention */
const toMention = ({ id, username, url, uri, acct }: MentionView) => ({ id, username, url: webUrl(url) ?? uri, acct })

const toShallowTag = ({ name }: TagView, uris: Uris) => ({ name, url: uris.tag(name) })

/** @see https://docs.joinmastodon.org/entities/StatusSource/ */
export const toStatusSource = ({ id, text, spoilerText }: StatusView) => ({ id, text, spoiler_text: spoilerText })
