import type { AccountId } from '#src/platform/ids.ts'
import type { Uris } from '#src/platform/uris.ts'
import type { AnnouncementView, AnnouncementReactionView } from '#src/reading/announcements/views.ts'
import { shownHtml } from '#src/text/html/shown.ts'
import { toDateTime } from './dates.ts'
import { toEmojis } from './emoji.ts'

/**
 * `read` and `me` are set only for a viewer.
 *
 * @see https://docs.joinmastodon.org/entities/Announcement/
 */
export const toAnnouncement = (view: AnnouncementView, uris: Uris, viewer: AccountId | null) => ({
  id: view.id,
  content: shownHtml(view.content, true),
  starts_at: view.startsAt && toDateTime(view.startsAt),
  ends_at: view.endsAt && toDateTime(view.endsAt),
  all_day: view.isAllDay,
  published_at: toDateTime(view.publishedAt ?? view.createdAt),
  updated_at: toDateTime(view.updatedAt),
  ...(viewer === null ? {} : { read: view.isRead }),
  mentions: view.mentions,
  statuses: view.statuses,
  tags: view.tags.map(({ name }) => ({ name, url: uris.tag(name) })),
  emojis: toEmojis(view.emojis, uris),
  reactions: view.reactions.map((reaction) => toAnnouncementReaction(reaction, uris, viewer)),
})

/** @see https://docs.joinmastodon.org/entities/Reaction/ */
export function toAnnouncementReaction(
  { name, count, isMine, emoji }: AnnouncementReactionView,
  uris: Uris,
  viewer: AccountId | null,
) {
  const [picture] = emoji ? toEmojis([emoji], uris) : []
  return {
    name,
    count,
    ...(viewer === null ? {} : { me: isMine }),
    ...(picture ? { url: picture.url, static_url: picture.static_url } : {}),
  }
}
