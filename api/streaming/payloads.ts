import type { App } from '#src/platform/app.ts'
import type { News } from '#src/reading/streaming/news.ts'
import { toAnnouncement, toAnnouncementReaction } from '../entities/announcement.ts'
import { toConversation } from '../entities/conversation.ts'
import { toFilterResult } from '../entities/filter.ts'
import { toNotification } from '../entities/notification.ts'
import { toStatus } from '../entities/status.ts'

/**
 * The payload of an event: mostly an entity as JSON.
 *
 * @returns undefined for an event without a payload
 * @see https://docs.joinmastodon.org/methods/streaming/#events
 */
export function payloadOf({ uris }: Pick<App, 'uris'>, news: News): string | undefined {
  switch (news.event) {
    case 'update':
    case 'status.update': {
      const { viewer, view, filtered } = news
      const status = toStatus(view, uris, viewer)
      // Streams that many people share leave out each viewer's interactions, and include only matches of the viewer's
      // filters.
      return JSON.stringify(
        viewer === null && filtered.length > 0 ? { ...status, filtered: filtered.map(toFilterResult) } : status,
      )
    }
    case 'notification':
      return JSON.stringify(toNotification(news.view, uris, news.viewer))
    case 'delete':
    case 'announcement.delete':
      return news.id
    case 'notifications_merged':
      return '1'
    case 'filters_changed':
      return undefined
    case 'conversation':
      return JSON.stringify(toConversation(news.view, uris, news.viewer))
    case 'announcement':
      return JSON.stringify(toAnnouncement(news.view, uris, null))
    case 'announcement.reaction':
      return JSON.stringify({
        ...toAnnouncementReaction(news.reaction, uris, null),
        announcement_id: news.announcementId,
      })
  }
}
