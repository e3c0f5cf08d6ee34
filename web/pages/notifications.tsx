import { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import { isId, type NotificationId } from '#src/platform/ids.ts'
import { loadNotificationPage, type NotificationView } from '#src/reading/notifications/page.ts'
import { pendingRequests } from '#src/reading/notifications/requests.ts'
import { noticeKey } from '#src/reading/notifications/words.ts'
import { saveMarker } from '#src/reading/timelines/markers.ts'
import { writtenReaction } from '#src/statuses/views/reactions.ts'
import { Avatar, Name, profilePath } from '../components/account.tsx'
import { Action, Form } from '../components/form.tsx'
import { Icon, type IconName } from '../components/icons.tsx'
import { Head } from '../components/layout.tsx'
import { useMessages, usePage } from '../components/page-context.ts'
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
    const { t } = c.var.messages
    return page(
      c,
      t('notifications.title'),
      <>
        <Head title={t('notifications.title')}>{latest && !wanted.maxId && <MarkRead upTo={latest} />}</Head>
        {waiting && waiting.pendingRequests > 0 && <Waiting people={waiting.pendingRequests} />}
        {views.length > 0 ? (
          <div class="feed">
            {views.map((view) => (
              <Notification view={view} />
            ))}
          </div>
        ) : (
          <div class="empty">{t('notifications.empty')}</div>
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

const Waiting: FC<{ people: number }> = ({ people }) => {
  const { t } = useMessages()
  return (
    <div class="notice notice-step">
      <p>{t('notifications.waiting', { people })}</p>
      <a href="/notifications/requests" class="button button-quiet">
        {t('notifications.look')}
      </a>
    </div>
  )
}

const MarkRead: FC<{ upTo: string }> = ({ upTo }) => {
  const { me, messages } = usePage()
  return me?.unread ? (
    <Form action="/notifications/read">
      <input type="hidden" name="up_to" value={upTo} />
      <button type="submit" class="button button-quiet">
        <Icon name="check" /> {messages.t('notifications.markRead')}
      </button>
    </Form>
  ) : null
}

const RequestButtons: FC<{ id: string }> = ({ id }) => {
  const { t } = useMessages()
  return (
    <div class="buttons">
      <Action action={`/accounts/${id}/accept`} label={t('common.accept')} class="button">
        {t('common.accept')}
      </Action>
      <Action action={`/accounts/${id}/reject`} label={t('common.reject')} class="button button-quiet">
        {t('common.reject')}
      </Action>
    </div>
  )
}

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
  'pending.reply': 'reply',
  'pending.quote': 'quote',
  'pending.reblog': 'boost',
  'pending.favourite': 'favourite',
  added_to_collection: 'people',
  'admin.sign_up': 'person',
  'admin.report': 'shield',
  severed_relationships: 'people',
  moderation_warning: 'warning',
}

const Notification: FC<{ view: NotificationView }> = ({ view }) => {
  const { t } = useMessages()
  const { type, account, status, applicant, report, strike } = view
  const about = applicant
    ? '/admin/applicants'
    : report
      ? `/admin/reports/${report.id}`
      : strike
        ? `/settings/strikes/${strike.id}`
        : profilePath(account)
  if (type === 'mention') return status && <Status status={status} context="notifications" />
  return (
    <article class={`post note note-${type}`} id={`note-${view.id}`}>
      <div class="note-icon">
        <Icon name={icons[type]} />
      </div>
      <div class="post-main">
        <header class="post-head">
          <a href={about} class="note-who">
            <Avatar account={account} size="small" />
            <span>
              <Sentence view={view} />
            </span>
          </a>
          <span class="post-time">
            <Ago at={view.createdAt} />
          </span>
        </header>
        {status && (
          <a href={statusPath(status)} class="note-status" dir="auto">
            {summaryOf(status) || t('notifications.withMedia')}
          </a>
        )}
        {applicant && (
          <a href="/admin/applicants" class="note-status" dir="auto">
            {applicant.reason ?? t('admin.noReason')}
          </a>
        )}
        {report && (
          <a href={about} class="note-status" dir="auto">
            {report.comment || t('reports.noComment')}
          </a>
        )}
        {type === 'follow_request' && <RequestButtons id={account.id} />}
      </div>
    </article>
  )
}

/** A notification as a sentence. */
const Sentence: FC<{ view: NotificationView }> = ({ view }) => {
  const { me, messages } = usePage()
  const { type, account, emoji, report, collection, severance, applicant } = view
  const name = <Name account={account} />
  if (report) {
    const target = `@${report.target.acct}`
    return report.accountId === null ? (
      <>{messages.t('notices.reportByVisitor', { target })}</>
    ) : (
      <>{messages.rich('notices.reportAbout', { name, target })}</>
    )
  }
  if (collection)
    return (
      <>
        {messages.rich('notices.addedTo', {
          name,
          collection: (
            <a href={`/collections/${collection.id}`}>
              <bdi>{collection.name}</bdi>
            </a>
          ),
        })}
      </>
    )
  if (severance) {
    const { targetName: server, followersCount: followers, followingCount: following } = severance
    return <>{messages.t('notices.severedAt', { server, followers, following })}</>
  }
  const written = emoji && writtenReaction(emoji)
  const key = noticeKey(type, { isOwn: account.id === me?.account.id, emoji: written, isApplicant: applicant !== null })
  return <>{messages.rich(key, { name, emoji: emoji && written && <ReactionText text={written} emoji={emoji} /> })}</>
}
