import { Hono } from 'hono'
import type { Child } from 'hono/jsx'
import { loadAccountMap } from '#src/accounts/views.ts'
import { notFound } from '#src/platform/errors.ts'
import { isId, type StatusId } from '#src/platform/ids.ts'
import { webUrl } from '#src/platform/web-url.ts'
import { quotesOf } from '#src/reading/timelines/quotes.ts'
import { rebloggersOf } from '#src/reading/timelines/rebloggers.ts'
import { favouritersOf } from '#src/relationships/lists.ts'
import { loadRelationships } from '#src/relationships/views.ts'
import { loadStatusView, loadStatusViews, type StatusView } from '#src/statuses/views/views.ts'
import { shownHost } from '#src/text/acct.ts'
import { AccountRow } from '../components/account.tsx'
import { Head, Tabs } from '../components/layout.tsx'
import { NothingHere, pageOf, Pagination } from '../components/pagination.tsx'
import { StatusList, statusPath, statusTitle } from '../components/status.tsx'
import type { C, Env } from '../env.ts'
import { page } from '../page.tsx'

const kinds = ['favourites', 'boosts', 'quotes'] as const
type Kind = (typeof kinds)[number]

/** Who favourited, boosted and quoted a status: `/@alice/1/favourites`, `/boosts`, `/quotes`. Quotes are for people with an account. */
export const statusPeople = new Hono<Env>()
  .get('/:at{@[^/]+}/:id{[0-9]+}/favourites', (c) => peoplePage(c, 'favourites', favouritersOf))
  .get('/:at{@[^/]+}/:id{[0-9]+}/boosts', (c) => peoplePage(c, 'boosts', rebloggersOf))
  .get('/:at{@[^/]+}/:id{[0-9]+}/quotes', quotesPage)

async function loadShown(c: C): Promise<StatusView> {
  const id = c.req.param('id') ?? ''
  const viewer = c.var.session.viewer?.accountId ?? null
  const status = isId(id) ? await loadStatusView(c.var.app.db, viewer, id as StatusId) : undefined
  if (!status || status.reblog) throw notFound()
  return status
}

async function peoplePage(
  c: C,
  kind: Exclude<Kind, 'quotes'>,
  load: typeof favouritersOf | typeof rebloggersOf,
): Promise<Response> {
  const { app, session } = c.var
  const viewer = session.viewer?.accountId ?? null
  const status = await loadShown(c)
  const wanted = pageOf(c, 40)
  const found = await load(app.db, viewer, status.id, wanted)
  const ids = found.map(({ accountId }) => accountId)
  const [accounts, relationships] = await Promise.all([
    loadAccountMap(app.db, ids),
    viewer ? loadRelationships(app.db, viewer, ids) : [],
  ])
  return framed(
    c,
    status,
    kind,
    <>
      {ids.length > 0 ? (
        <div class="people">
          {ids.flatMap((id) => {
            const account = accounts.get(id)
            return account ? (
              <AccountRow account={account} relationship={relationships.find((one) => one.id === id)} />
            ) : (
              []
            )
          })}
        </div>
      ) : (
        <div class="empty">
          <NothingHere page={wanted}>{c.var.messages.t(`statusPeople.${kind}None`)}</NothingHere>
        </div>
      )}
      <Pagination path={`${statusPath(status)}/${kind}`} page={wanted} cursors={found.map(({ id }) => id)} />
    </>,
  )
}

async function quotesPage(c: C): Promise<Response> {
  const { app, session } = c.var
  const { t } = c.var.messages
  const status = await loadShown(c)
  const { viewer } = session
  if (!viewer) return framed(c, status, 'quotes', <div class="empty">{t('statusPeople.quotesForMembers')}</div>)
  const wanted = pageOf(c)
  const ids = await quotesOf(app.db, viewer.accountId, status.id, wanted)
  const statuses = await loadStatusViews(app.db, viewer.accountId, ids)
  return framed(
    c,
    status,
    'quotes',
    <>
      <StatusList statuses={statuses} context="public">
        <NothingHere page={wanted}>{t('statusPeople.quotesNone')}</NothingHere>
      </StatusList>
      <Pagination path={`${statusPath(status)}/quotes`} page={wanted} cursors={ids} />
    </>,
  )
}

/** The frame of the three pages: the way back to the post, the tabs, and what this server can't know. */
function framed(c: C, status: StatusView, kind: Kind, body: Child): Promise<Response> {
  const { t, rich } = c.var.messages
  const path = statusPath(status)
  const origin = status.account.isLocal ? null : webUrl(status.url)
  return page(
    c,
    { title: t(`statusPeople.${kind}Of`, { post: statusTitle(status) }), isPrivate: true },
    <>
      <Head title={t(`statusPeople.${kind}`)}>
        <Tabs
          label={t('statusPeople.tabs')}
          here={`${path}/${kind}`}
          tabs={[
            [`${path}#post-${status.id}`, t('statusPeople.post')],
            ...kinds.map((one) => [`${path}/${one}`, t(`statusPeople.${one}`)] as const),
          ]}
        />
      </Head>
      {body}
      {origin && (
        <p class="aside hint">
          {rich('statusPeople.onlyKnown', {
            host: shownHost(status.account.domain ?? ''),
            a: (words) => (
              <a href={origin} rel="nofollow noopener noreferrer" target="_blank">
                {words}
              </a>
            ),
          })}
        </p>
      )}
    </>,
  )
}
