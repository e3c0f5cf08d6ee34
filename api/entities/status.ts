import { shownHtml } from '#src/html/shown.ts'
import { webUrl } from '#src/html/web-url.ts'
import type { AccountId } from '#src/ids.ts'
import type { MentionView, StatusView, TagView } from '#src/statuses/views.ts'
import type { Uris } from '#src/uris.ts'
import { type Account, toAccount } from './account.ts'
import { toDateTime } from './dates.ts'
import { toMediaAttachment } from './media.ts'

export type Status = Base & { content: string; reblog: Status | null }
type Base = Omit<ReturnType<typeof toBase>, 'account'> & { account: Account }

/**
 * A status as Mastodon apps expect it. What the viewer did with it is told only to a viewer.
 *
 * @see https://docs.joinmastodon.org/entities/Status/
 */
export function toStatus(view: StatusView, uris: Uris, viewer: AccountId | null): Status {
  return { ...toBase(view, uris, viewer), content: shownHtml(view.content, view.account.isLocal), reblog: view.reblog && toStatus(view.reblog, uris, viewer) }
}

/** A status that is no more, with its source in place of its HTML, for whoever wants to write it anew. */
export function toDeletedStatus(view: StatusView, uris: Uris, viewer: AccountId) {
  return { ...toBase(view, uris, viewer), reblog: view.reblog && toStatus(view.reblog, uris, viewer), text: view.text }
}

function toBase(view: StatusView, uris: Uris, viewer: AccountId | null) {
  const { account } = view
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
    quotes_count: 0,
    edited_at: view.editedAt && toDateTime(view.editedAt),
    application: account.isLocal ? view.application : null,
    account: toAccount(account, uris),
    media_attachments: view.media.map((media) => toMediaAttachment(media, uris)),
    mentions: view.mentions.map(toMention),
    tags: view.tags.map((tag) => toShallowTag(tag, uris)),
    emojis: [],
    quote: null,
    card: null,
    poll: null,
    quote_approval: { automatic: [], manual: [], current_user: 'denied' },
    tagged_collections: [],
    ...(viewer === null ? {} : { favourited: view.favourited, reblogged: view.reblogged, muted: false, bookmarked: view.bookmarked, filtered: [] }),
  }
}

/** Other servers say what they like; apps parse it. */
const toLanguage = (tag: string | null): string | null => (tag !== null && /^[A-Za-z]{2,3}(-[A-Za-z0-9]+)*$/.test(tag) ? tag : null)

/** @see https://docs.joinmastodon.org/entities/Status/#Mention */
const toMention = ({ id, username, url, uri, acct }: MentionView) => ({ id, username, url: webUrl(url) ?? uri, acct })

const toShallowTag = ({ name }: TagView, uris: Uris) => ({ name, url: uris.tag(name) })

/** @see https://docs.joinmastodon.org/entities/StatusSource/ */
export const toStatusSource = ({ id, text, spoilerText }: StatusView) => ({ id, text, spoiler_text: spoilerText })
