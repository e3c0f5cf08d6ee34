import type { StreamedEvent } from '../../outbox/events.ts'
import type { App } from '../../platform/app.ts'
import type { Db } from '../../platform/db/index.ts'
import { Refusal } from '../../platform/errors.ts'
import type { AccountId, AnnouncementId, ListId, StatusId, TagId } from '../../platform/ids.ts'
import { type FilterMatch, hides, loadFiltersOf, matchFilters } from '../../statuses/views/filters.ts'
import { reactedBy } from '../../statuses/views/reactions.ts'
import { loadViewsFor } from '../../statuses/views/views-for.ts'
import { loadStatusView, type StatusView } from '../../statuses/views/views.ts'
/** The news of an event, and which of the listeners receive them. */
import { type AnnouncementView, loadAnnouncement, type AnnouncementReactionView } from '../announcements/views.ts'
import { type ConversationView, loadConversation } from '../conversations/page.ts'
import { isRequestNotice } from '../notifications/conditions.ts'
import { loadNotification, type NotificationView } from '../notifications/page.ts'
import { recipientOf } from '../notifications/recipient.ts'
import {
  formerHomeWatchers,
  formerListWatchers,
  homeWatchers,
  listWatchers,
  publicWatchers,
  unblocked,
  type StreamTraits,
  loadStreamTraits,
} from '../timelines/watchers.ts'
import { type Channel, mayReceiveNotifications } from './channels.ts'

/** News by the API's names of events. The sender makes the payload. */
export type News =
  /**
   * `viewer` is null for the status as everybody sees it; `filtered` still holds the matches of the recipient's
   * filters, and the view the recipient's own reactions.
   */
  | { event: 'update' | 'status.update'; viewer: AccountId | null; view: StatusView; filtered: FilterMatch[] }
  | { event: 'notification'; viewer: AccountId; view: NotificationView }
  | { event: 'conversation'; viewer: AccountId; view: ConversationView }
  | { event: 'announcement'; view: AnnouncementView }
  /** The present count of a reaction, 0 when the last one was removed. */
  | { event: 'announcement.reaction'; announcementId: AnnouncementId; reaction: AnnouncementReactionView }
  | { event: 'delete' | 'announcement.delete'; id: string }
  | { event: 'filters_changed' | 'notifications_merged' }

/** A listener and its stream. */
export type NewsListener = { accountId: AccountId; scopes: readonly string[]; channel: Channel }

export type NewsDelivery<L extends NewsListener> = { to: L[]; news: News }

type StreamableEvent = Exclude<StreamedEvent, { type: 'token.revoked' }>

/**
 * Loads the news of an event in a fixed number of queries for any number of listeners, except for one view per owner
 * of a home timeline or list that shows the status.
 */
export async function newsOf<L extends NewsListener>(
  { db, uris }: Pick<App, 'db' | 'uris'>,
  event: StreamableEvent,
  listeners: L[],
): Promise<NewsDelivery<L>[]> {
  switch (event.type) {
    case 'status.published':
    case 'status.received':
    case 'reblog.created':
      return statusNews(db, 'update', event.statusId, listeners)
    case 'status.edited':
      return statusNews(db, 'status.update', event.statusId, listeners)
    case 'status.deleted':
      return deletions(db, event.statusId, event.tagIds, listeners)
    case 'reblog.removed':
      return deletions(db, event.statusId, [], listeners)
    case 'notification.created': {
      const viewer = await recipientOf(db, event.notificationId)
      const to = viewer ? listeners.filter((one) => one.accountId === viewer && isForNotifications(one)) : []
      const view = viewer && to.length > 0 ? await loadNotification(db, viewer, event.notificationId) : null
      // Apps can't say on a stream that they know these types, and some stop at a type that they don't know.
      if (view && isRequestNotice(view.type)) return []
      if (!viewer || !view || (view.status && hides(view.status.filtered, 'notifications'))) return []
      return [{ to, news: { event: 'notification', viewer, view } }]
    }
    case 'notifications.merged':
      return [
        {
          to: listeners.filter((one) => one.accountId === event.accountId && isForNotifications(one)),
          news: { event: 'notifications_merged' },
        },
      ]
    case 'conversation.updated': {
      const { accountId: viewer, conversationId } = event
      const to = listeners.filter(
        ({ accountId, channel }) => accountId === viewer && (channel.kind === 'direct' || channel.kind === 'user'),
      )
      const view = to.length > 0 ? await ifFound(loadConversation(db, viewer, conversationId)) : null
      return view ? [{ to, news: { event: 'conversation', viewer, view } }] : []
    }
    case 'filters.changed':
      return [
        {
          to: onHome(listeners).filter(({ accountId }) => accountId === event.accountId),
          news: { event: 'filters_changed' },
        },
      ]
    case 'announcement.published':
    case 'announcement.updated': {
      const view = await loadAnnouncement(db, uris, null, event.announcementId)
      return view ? [{ to: onHome(listeners), news: { event: 'announcement', view } }] : []
    }
    case 'announcement.reaction': {
      const { announcementId, name } = event
      const view = await loadAnnouncement(db, uris, null, announcementId)
      const reaction = view?.reactions.find((one) => one.name === name) ?? {
        name,
        count: 0,
        isMine: false,
        emoji: null,
      }
      return view ? [{ to: onHome(listeners), news: { event: 'announcement.reaction', announcementId, reaction } }] : []
    }
    case 'announcement.removed':
      return [{ to: onHome(listeners), news: { event: 'announcement.delete', id: event.announcementId } }]
  }
}

/** Null for a record that is gone in the meantime. */
const ifFound = <T>(loading: Promise<T>): Promise<T | null> =>
  loading.catch((error: unknown) => {
    if (error instanceof Refusal) return null
    throw error
  })

const isForNotifications = ({ channel, scopes }: NewsListener): boolean =>
  channel.kind === 'user:notification' || (channel.kind === 'user' && mayReceiveNotifications(scopes))

const onHome = <L extends NewsListener>(listeners: L[]): L[] =>
  listeners.filter(({ channel }) => channel.kind === 'user')

async function statusNews<L extends NewsListener>(
  db: Db,
  event: 'update' | 'status.update',
  statusId: StatusId,
  listeners: L[],
): Promise<NewsDelivery<L>[]> {
  const traits = await loadStreamTraits(db, statusId)
  if (!traits || (event === 'update' && !traits.isRecent)) return []
  const [personal, everybodys] = await Promise.all([
    shownOwn(db, statusId, listeners),
    shownPublic(db, statusId, traits, listeners),
  ])
  return [...personal, ...everybodys].map(({ to, ...shown }) => ({ to, news: { event, ...shown } }))
}

type Shown<L> = { to: L[]; viewer: AccountId | null; view: StatusView; filtered: FilterMatch[] }

/** Home timelines and lists, as each owner sees the status. */
async function shownOwn<L extends NewsListener>(db: Db, statusId: StatusId, listeners: L[]): Promise<Shown<L>[]> {
  const [homes, lists] = [byAccount(onHome(listeners)), byList(listeners)]
  const [owners, listIds] = await Promise.all([
    homeWatchers(db, statusId, [...homes.keys()]),
    listWatchers(db, statusId, [...lists.keys()]),
  ])
  const to = byAccount([
    ...owners.flatMap((id) => homes.get(id) ?? []),
    ...listIds.flatMap((id) => lists.get(id) ?? []),
  ])
  const views = await loadViewsFor(db, [...to.keys()], statusId)
  return [...views]
    .filter(([, view]) => !hides(view.filtered, 'home'))
    .map(([viewer, view]) => ({ to: to.get(viewer) ?? [], viewer, view, filtered: view.filtered }))
}

/** Streams of public statuses and of hashtags. */
async function shownPublic<L extends NewsListener>(
  db: Db,
  statusId: StatusId,
  traits: StreamTraits,
  listeners: L[],
): Promise<Shown<L>[]> {
  const wanting = byAccount(listeners.filter(({ channel }) => isWithin(traits, channel)))
  const viewers = await publicWatchers(db, statusId, [...wanting.keys()])
  const view = viewers.length > 0 ? await loadStatusView(db, null, statusId) : undefined
  if (!view) return []
  const filters = await loadFiltersOf(db, viewers)
  const reactions = view.reactions.length > 0 ? await reactedBy(db, viewers, view.id) : new Map<AccountId, never>()
  const forMost: Shown<L> = { to: [], viewer: null, view, filtered: [] }
  const shown = [forMost]
  for (const viewer of viewers) {
    const to = wanting.get(viewer) ?? []
    const filtered = matchFilters(filters.get(viewer) ?? [], viewer, view)
    const reacted = reactions.get(viewer)
    if (filtered.length === 0 && !reacted) forMost.to.push(...to)
    else if (!hides(filtered, 'public'))
      shown.push({ to, viewer: null, view: reacted ? { ...view, reacted } : view, filtered })
  }
  return shown
}

/** The deletion of a status, for every listener who may have been shown it or a boost of it. */
async function deletions<L extends NewsListener>(
  db: Db,
  statusId: StatusId,
  tagIds: TagId[],
  listeners: L[],
): Promise<NewsDelivery<L>[]> {
  const found = await loadStreamTraits(db, statusId, tagIds)
  if (!found) return []
  // What is left of a deleted status does not say whether it answered somebody else.
  const traits = { ...found, answersOthers: false }
  const [homes, lists, wanting] = [
    byAccount(onHome(listeners)),
    byList(listeners),
    byAccount(listeners.filter(({ channel }) => isWithin(traits, channel))),
  ]
  const [ofHomes, ofLists, viewers] = await Promise.all([
    formerHomeWatchers(db, statusId, tagIds, [...homes.keys()]),
    formerListWatchers(db, statusId, [...lists.keys()]),
    unblocked(db, traits.accountId, [...wanting.keys()]),
  ])
  const gone = [
    ...ofHomes.flatMap(({ id, statusId: of }) => (homes.get(id) ?? []).map((to) => ({ to, of }))),
    ...ofLists.flatMap(({ id, statusId: of }) => (lists.get(id) ?? []).map((to) => ({ to, of }))),
    ...viewers.flatMap((id) => (wanting.get(id) ?? []).map((to) => ({ to, of: statusId }))),
  ]
  return [...Map.groupBy(gone, ({ of }) => of)].map(([id, ones]) => ({
    to: ones.map(({ to }) => to),
    news: { event: 'delete', id },
  }))
}

const byAccount = <L extends NewsListener>(listeners: L[]): Map<AccountId, L[]> =>
  Map.groupBy(listeners, ({ accountId }) => accountId)

function byList<L extends NewsListener>(listeners: L[]): Map<ListId, L[]> {
  const lists = new Map<ListId, L[]>()
  for (const one of listeners) {
    if (one.channel.kind !== 'list') continue
    const { listId } = one.channel
    lists.set(listId, [...(lists.get(listId) ?? []), one])
  }
  return lists
}

/** Whether a status belongs to a stream of public statuses or of a hashtag. */
function isWithin({ isPublic, isLocal, hasMedia, tags, answersOthers }: StreamTraits, channel: Channel): boolean {
  if (!isPublic || (channel.kind !== 'public' && channel.kind !== 'hashtag')) return false
  if (channel.from && channel.from !== (isLocal ? 'local' : 'remote')) return false
  return channel.kind === 'public' ? !answersOthers && (hasMedia || !channel.onlyMedia) : tags.includes(channel.tag)
}
