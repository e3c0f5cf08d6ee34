import { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import { notFound } from '#src/platform/errors.ts'
import { isId, type RelationId } from '#src/platform/ids.ts'
import { acceptRequests, dismissRequests, loadRequests, type RequestView } from '#src/reading/notifications/requests.ts'
import { htmlToText } from '#src/text/html/to-text.ts'
import { Avatar, Name, profilePath } from '../components/account.tsx'
import { Action } from '../components/form.tsx'
import { Head } from '../components/layout.tsx'
import { useMessages } from '../components/page-context.ts'
import { pageOf, Pagination } from '../components/pagination.tsx'
import { Ago } from '../components/time.tsx'
import type { Env } from '../env.ts'
import { backTo, requireViewer, viewerOf } from '../guards.tsx'
import { page } from '../page.tsx'

const answers: Record<string, typeof acceptRequests> = { accept: acceptRequests, dismiss: dismissRequests }

/** Notification requests: accounts whose notifications a person's policy filters, and the person's answers. */
export const notificationRequests = new Hono<Env>()
  .get('/notifications/requests', requireViewer, async (c) => {
    const wanted = pageOf(c)
    const requests = await loadRequests(c.var.app.db, viewerOf(c).accountId, wanted)
    const { t } = c.var.messages
    return page(
      c,
      t('notifications.filteredTitle'),
      <>
        <Head title={t('notifications.filteredTitle')} />
        {requests.length > 0 ? (
          <div class="people">
            {requests.map((request) => (
              <Request request={request} />
            ))}
          </div>
        ) : (
          <div class="empty">{t('notifications.noFiltered')}</div>
        )}
        <Pagination path="/notifications/requests" page={wanted} cursors={requests.map(({ id }) => id)} />
      </>,
    )
  })
  .post('/notifications/requests/:id/:answer', requireViewer, async (c) => {
    const [id, answer] = [c.req.param('id'), c.req.param('answer')]
    const give = Object.hasOwn(answers, answer) ? answers[answer] : undefined
    if (!give || !isId(id)) throw notFound()
    await c.var.app.db.transaction((tx) => give(tx, viewerOf(c).accountId, [id as RelationId]))
    return backTo(c, '/notifications/requests')
  })

/** At most so many posts of a request are counted. */
const mostCounted = 100

const Request: FC<{ request: RequestView }> = ({ request: { id, account, count, lastStatus, updatedAt } }) => {
  const { t, rich } = useMessages()
  const values = { count, when: <Ago at={updatedAt} /> }
  return (
    <article class="person">
      <a href={profilePath(account)} class="person-link">
        <Avatar account={account} />
        <span class="person-names">
          <Name account={account} />
          <span class="handle">
            <bdi>@{account.acct}</bdi> ·{' '}
            {rich(count >= mostCounted ? 'notifications.keptMany' : 'notifications.kept', values)}
          </span>
          {lastStatus && (
            <span class="note-status" dir="auto">
              {lastStatus.spoilerText || htmlToText(lastStatus.content).slice(0, 200) || t('notifications.withMedia')}
            </span>
          )}
        </span>
      </a>
      <div class="buttons">
        <Action
          action={`/notifications/requests/${id}/accept`}
          label={t('notifications.acceptOf', { handle: account.acct })}
          class="button"
        >
          {t('common.accept')}
        </Action>
        <Action
          action={`/notifications/requests/${id}/dismiss`}
          label={t('notifications.dismissOf', { handle: account.acct })}
          class="button button-quiet"
        >
          {t('common.dismiss')}
        </Action>
      </div>
    </article>
  )
}
