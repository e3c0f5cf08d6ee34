import { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import { loadAccountViews } from '#src/accounts/views.ts'
import { isId, type NotificationId } from '#src/platform/ids.ts'
import { loadNotificationPage, type NotificationView } from '#src/reading/notifications/page.ts'
import { pendingRequests } from '#src/reading/notifications/requests.ts'
import { notificationWords } from '#src/reading/notifications/words.ts'
import { saveMarker } from '#src/reading/timelines/markers.ts'
import { requestsTo } from '#src/relationships/lists.ts'
import { writtenReaction } from '#src/statuses/views/reactions.ts'
import { Avatar, Name, profilePath } from '../components/account.tsx'
import { Action, Form } from '../components/form.tsx'
import { Icon, type IconName } from '../components/icons.tsx'
import { Head } from '../components/layout.tsx'
import { usePage } from '../components/page-context.ts'
import { pageOf, Pagination } from '../components/pagination.tsx'
import { ReactionText } from '../components/reactions.tsx'
import { summaryOf } from '../components/status-summary.ts'
import { Status, statusPath } from '../components/status.tsx'
import { Ago } from '../components/time.tsx'
import type { Env } from '../env.ts'
import { requireViewer, viewerOf } from '../guards.tsx'
import { page } from '../page.tsx'

/** Notifications, and follow requests. */
export const notifications = new Hono<Env>()
  .get('/notifications', requireViewer, async (c) => {
    const wanted = pageOf(c)
    const { db } = c.var.app
    const { ids, views } = await loadNotificationPage(db, viewerOf(c).accountId, {}, wanted)
    const waiting = wanted.maxId ? null : await pendingRequests(db, viewerOf(c).accountId)
    const latest = ids[0]
    return page(
      c,
      'Notifications',
      <>
        <Head title="Notifications">{latest && !wanted.maxId && <MarkRead upTo={latest} />}</Head>
        {waiting && waiting.pendingRequests > 0 && <Waiting people={waiting.pendingRequests} />}
        {views.length > 0 ? (
          <div class="feed">
            {views.map((view) => (
              <Notification view={view} />
            ))}
          </div>
        ) : (
          <div class="empty">Nothing yet. When somebody mentions or follows you, it stands here.</div>
        )}
        <Pagination path="/notifications" page={wanted} cursors={ids} />
      </>,
    )
  })
  .post('/notifications/read', requireViewer, async (c) => {
    const upTo = c.var.form.text('up_to')
    if (isId(upTo))
      await c.var.app.db.transaction((tx) =>
        saveMarker(tx, viewerOf(c).accountId, 'notifications', upTo as NotificationId, { isForwardOnly: true }),
      )
    return c.redirect('/notifications', 303)
  })
  .get('/follow-requests', requireViewer, async (c) => {
    const { db } = c.var.app
    const wanted = pageOf(c, 40)
    const requests = await requestsTo(db, viewerOf(c).accountId, wanted)
    const people = await loadAccountViews(
      db,
      requests.map(({ accountId }) => accountId),
    )
    return page(
      c,
      'Follow requests',
      <>
        <Head title="Follow requests" />
        {people.length > 0 ? (
          <div class="people">
            {people.map((account) => (
              <article class="person">
                <a href={profilePath(account)} class="person-link">
                  <Avatar account={account} />
                  <span class="person-names">
                    <Name account={account} />
                    <span class="handle">@{account.acct}</span>
                  </span>
                </a>
                <RequestButtons id={account.id} />
              </article>
            ))}
          </div>
        ) : (
          <div class="empty">Nobody is waiting for an answer.</div>
        )}
        <Pagination path="/follow-requests" page={wanted} cursors={requests.map(({ id }) => id)} />
      </>,
    )
  })

const Waiting: FC<{ people: number }> = ({ people }) => (
  <div class="notice notice-step">
    <p>
      What {people === 1 ? 'one person' : `${people} people`} wrote to you was kept back, as your filters for
      notifications ask.
    </p>
    <a href="/notifications/requests" class="button button-quiet">
      Look at them
    </a>
  </div>
)

const MarkRead: FC<{ upTo: string }> = ({ upTo }) =>
  usePage().me?.unread ? (
    <Form action="/notifications/read">
      <input type="hidden" name="up_to" value={upTo} />
      <button type="submit" class="button button-quiet">
        <Icon name="check" /> Mark all as read
      </button>
    </Form>
  ) : null

const RequestButtons: FC<{ id: string }> = ({ id }) => (
  <div class="buttons">
    <Action action={`/accounts/${id}/accept`} label="Accept" class="button">
      Accept
    </Action>
    <Action action={`/accounts/${id}/reject`} label="Reject" class="button button-quiet">
      Reject
    </Action>
  </div>
)

const icons: Record<Exclude<NotificationView['type'], 'mention'>, IconName> = {
  reblog: 'boost',
  favourite: 'favourite',
  follow: 'person',
  follow_request: 'people',
  status: 'pen',
  poll: 'check',
  update: 'pen',
  quote: 'reply',
  quoted_update: 'pen',
  added_to_collection: 'people',
  'admin.sign_up': 'person',
  'admin.report': 'shield',
  severed_relationships: 'people',
}

const Notification: FC<{ view: NotificationView }> = ({ view }) => {
  const { type, account, status, report, collection, severance } = view
  if (type === 'mention') return status && <Status status={status} context="notifications" />
  const isOwn = account.id === usePage().me?.account.id
  const { before, after } = notificationWords(type, { isOwn, emoji: view.emoji && writtenReaction(view.emoji) })
  return (
    <article class={`post note note-${type}`} id={`note-${view.id}`}>
      <div class="note-icon">
        <Icon name={icons[type]} />
      </div>
      <div class="post-main">
        <header class="post-head">
          <a href={profilePath(account)} class="note-who">
            <Avatar account={account} size="small" />
            <span>
              {before} {(after || !isOwn) && <Name account={account} />}{' '}
              {view.emoji ? <ReactionText text={after} emoji={view.emoji} /> : after}
              {report && ` about @${report.target.acct}`}
              {collection && `: ${collection.name}`}
              {severance &&
                ` at ${severance.targetName}: ${severance.followersCount} who followed you, ${severance.followingCount} whom you followed`}
            </span>
          </a>
          <span class="post-time">
            <Ago at={view.createdAt} />
          </span>
        </header>
        {status && (
          <a href={statusPath(status)} class="note-status" dir="auto">
            {summaryOf(status) || 'A post with media'}
          </a>
        )}
        {type === 'follow_request' && <RequestButtons id={account.id} />}
      </div>
    </article>
  )
}
