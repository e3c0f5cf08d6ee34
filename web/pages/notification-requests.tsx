import { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import { notFound, type Refusal } from '#src/platform/errors.ts'
import { isId, type RelationId } from '#src/platform/ids.ts'
import { loadGroupPage, loadGroupReactions } from '#src/reading/notifications/groups.ts'
import {
  acceptRequests,
  dismissRequests,
  loadRequest,
  loadRequests,
  type RequestView,
} from '#src/reading/notifications/requests.ts'
import { htmlToText } from '#src/text/html/to-text.ts'
import { refuse } from '#src/text/refusals.ts'
import { Avatar, Name, profilePath } from '../components/account.tsx'
import { Action, Form, Refused } from '../components/form.tsx'
import { Head } from '../components/layout.tsx'
import { NotificationList } from '../components/notifications/list.tsx'
import { useMessages } from '../components/page-context.ts'
import { pageOf, Pagination } from '../components/pagination.tsx'
import { Ago } from '../components/time.tsx'
import type { C, Env } from '../env.ts'
import { requireViewer, viewerOf } from '../guards.tsx'
import { page } from '../page.tsx'
import { statusOf } from '../problem.ts'

const path = '/notifications/requests'
const answers: Record<string, typeof acceptRequests> = { accept: acceptRequests, dismiss: dismissRequests }
const answerNamed = (name: string) => (Object.hasOwn(answers, name) ? answers[name] : undefined)

/** Notification requests: accounts whose notifications a person's policy filters, and the person's answers, for one or for many. */
export const notificationRequests = new Hono<Env>()
  .get(path, requireViewer, (c) => listPage(c))
  .post(path, requireViewer, async (c) => {
    const { app, form } = c.var
    // One button for one account, or a button for all that are ticked.
    const [name = '', one] = form.text('answer').split(' ')
    const ids = (one ? [one] : form.texts('pick')).filter(isId) as RelationId[]
    const give = answerNamed(name)
    if (!give || ids.length === 0) return listPage(c, refuse('unprocessable', 'chooseRequest'))
    await app.db.transaction((tx) => give(tx, viewerOf(c).accountId, ids))
    return c.redirect(path, 303)
  })
  .get(`${path}/:id`, requireViewer, (c) => requestPage(c))
  .post(`${path}/:id/:answer`, requireViewer, async (c) => {
    const give = answerNamed(c.req.param('answer'))
    if (!give) throw notFound()
    const count = await c.var.app.db.transaction((tx) => give(tx, viewerOf(c).accountId, [idOf(c)]))
    if (count === 0) throw notFound()
    return c.redirect(path, 303)
  })

function idOf(c: C): RelationId {
  const id = c.req.param('id') ?? ''
  if (!isId(id)) throw notFound()
  return id as RelationId
}

async function listPage(c: C, refusal: Refusal | null = null): Promise<Response> {
  const wanted = pageOf(c)
  const requests = await loadRequests(c.var.app.db, viewerOf(c).accountId, wanted)
  const { t } = c.var.messages
  return page(
    c,
    t('notifications.filteredTitle'),
    <>
      <Head title={t('notifications.filteredTitle')} />
      <Refused refusal={refusal} />
      <p class="hint approvals-hint">
        {t('notifications.filteredLead')} <a href="/settings/notifications">{t('notifications.settings')}</a>
      </p>
      {requests.length > 0 ? <List requests={requests} /> : <div class="empty">{t('notifications.noFiltered')}</div>}
      <Pagination path={path} page={wanted} cursors={requests.map(({ id }) => id)} />
    </>,
    refusal ? statusOf(refusal) : 200,
  )
}

const List: FC<{ requests: RequestView[] }> = ({ requests }) => {
  const { t } = useMessages()
  return (
    <Form action={path} class="approvals" label={t('notifications.filteredTitle')}>
      {/* The first button is what Enter in a box would press: a disabled one keeps it from answering anybody. */}
      <button type="submit" disabled hidden />
      <div class="people">
        {requests.map((request) => (
          <Request request={request} />
        ))}
      </div>
      <div class="buttons approvals-all" role="group" aria-label={t('notifications.chosen')}>
        <button type="submit" name="answer" value="accept" class="button">
          {t('notifications.acceptChosen')}
        </button>
        <button type="submit" name="answer" value="dismiss" class="button button-quiet">
          {t('notifications.dismissChosen')}
        </button>
      </div>
    </Form>
  )
}

/** At most so many posts of a request are counted. */
const mostCounted = 100

const Request: FC<{ request: RequestView }> = ({ request }) => {
  const { t } = useMessages()
  const { id, account, lastStatus } = request
  const handle = account.acct
  return (
    <article class="person approval">
      <label class="approval-pick">
        <input type="checkbox" name="pick" value={id} aria-label={t('notifications.choose', { handle })} />
      </label>
      <a href={profilePath(account)} class="person-link">
        <Avatar account={account} />
        <span class="person-names">
          <Name account={account} />
          <Facts request={request} />
          {lastStatus && (
            <span class="note-status" dir="auto">
              {lastStatus.spoilerText || htmlToText(lastStatus.content).slice(0, 200) || t('notifications.withMedia')}
            </span>
          )}
        </span>
      </a>
      <div class="buttons">
        <a href={`${path}/${id}`} class="button button-quiet" aria-label={t('notifications.readOf', { handle })}>
          {t('notifications.read')}
        </a>
        <button
          type="submit"
          name="answer"
          value={`accept ${id}`}
          class="button"
          aria-label={t('notifications.acceptOf', { handle })}
        >
          {t('common.accept')}
        </button>
        <button
          type="submit"
          name="answer"
          value={`dismiss ${id}`}
          class="button button-quiet"
          aria-label={t('notifications.dismissOf', { handle })}
        >
          {t('common.dismiss')}
        </button>
      </div>
    </article>
  )
}

const Facts: FC<{ request: RequestView }> = ({ request: { account, count, updatedAt } }) => {
  const { rich } = useMessages()
  const values = { count, when: <Ago at={updatedAt} /> }
  return (
    <span class="handle">
      <bdi>@{account.acct}</bdi> ·{' '}
      {rich(count >= mostCounted ? 'notifications.keptMany' : 'notifications.kept', values)}
    </span>
  )
}

/** The filtered notifications of one account, before the person decides. */
async function requestPage(c: C): Promise<Response> {
  const { db } = c.var.app
  const { accountId } = viewerOf(c)
  const wanted = pageOf(c)
  const request = await loadRequest(db, accountId, idOf(c))
  const kept = { accountId: request.account.id, onlyFiltered: true }
  const found = await loadGroupPage(db, accountId, kept, undefined, wanted)
  const reactions = await loadGroupReactions(db, found.groups)
  const { t, rich } = c.var.messages
  const here = `${path}/${request.id}`
  return page(
    c,
    t('notifications.requestTitle', { handle: `@${request.account.acct}` }),
    <>
      <Head title={rich('notifications.requestTitle', { handle: <bdi>@{request.account.acct}</bdi> })} />
      <div class="notice notice-step">
        <p>{t('notifications.requestLead')}</p>
        <div class="buttons">
          <Action action={`${here}/accept`} label={t('common.accept')} class="button">
            {t('common.accept')}
          </Action>
          <Action action={`${here}/dismiss`} label={t('common.dismiss')} class="button button-quiet">
            {t('common.dismiss')}
          </Action>
        </div>
      </div>
      <NotificationList found={found} reactions={reactions} />
      <Pagination path={here} page={wanted} cursors={found.cursors} />
    </>,
  )
}
