import type { App } from '#src/app.ts'
import type { News } from '#src/streaming/news.ts'
import { toFilterResult } from '../entities/filter.ts'
import { toNotification } from '../entities/notification.ts'
import { toStatus } from '../entities/status.ts'

/**
 * What an event of a stream holds: mostly an entity as JSON.
 *
 * @returns undefined where it holds nothing, null where what it is about is gone
 * @see https://docs.joinmastodon.org/methods/streaming/#events
 */
export async function payloadOf(app: App, news: News): Promise<string | undefined | null> {
  switch (news.event) {
    case 'update':
    case 'status.update': {
      const { viewer, view, filtered } = news
      const status = toStatus(view, app.uris, viewer)
      // Streams that many people share say nothing of what each did, only what their filters say.
      return JSON.stringify(viewer === null && filtered.length > 0 ? { ...status, filtered: filtered.map(toFilterResult) } : status)
    }
    case 'notification':
      return JSON.stringify(toNotification(news.view, app.uris, news.viewer))
    case 'delete':
    case 'announcement.delete':
      return news.id
    case 'notifications_merged':
      return '1'
    case 'filters_changed':
      return undefined
    case 'conversation':
    case 'announcement':
    case 'announcement.reaction':
      return null
  }
}
