import type { Uris } from '#src/platform/uris.ts'
import type { RevisionView } from '#src/statuses/views/history.ts'
import { shownHtml } from '#src/text/html/shown.ts'
import { toAccount } from './account.ts'
import { toDateTime } from './dates.ts'
import { toEmojis } from './emoji.ts'
import { toMediaAttachment } from './media.ts'

/**
 * A revision of a status.
 *
 * @see https://docs.joinmastodon.org/entities/StatusEdit/
 */
export function toStatusEdit(view: RevisionView, uris: Uris) {
  return {
    content: shownHtml(view.content, view.account.isLocal),
    spoiler_text: view.spoilerText,
    sensitive: view.isSensitive,
    created_at: toDateTime(view.createdAt),
    account: toAccount(view.account, uris),
    media_attachments: view.media.map((file) => toMediaAttachment(file, uris)),
    emojis: toEmojis(view.emojis, uris),
    ...(view.pollOptions ? { poll: { options: view.pollOptions.map((title) => ({ title })) } } : {}),
  }
}
