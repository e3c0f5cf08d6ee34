import { Hono } from 'hono'
import { accountByUrl } from '#src/accounts/find.ts'
import { countAttempt } from '#src/accounts/sessions/attempts.ts'
import { type AccountView, loadAccountViews } from '#src/accounts/views.ts'
import type { App } from '#src/platform/app.ts'
import { parseHandle } from '#src/platform/handle.ts'
import type { RemoteFind } from '#src/platform/remote.ts'
import { loadRelationships } from '#src/relationships/views.ts'
import { loadStatusView } from '#src/statuses/views/views.ts'
import { nameOf, profilePath } from '../components/account.tsx'
import { Head } from '../components/layout.tsx'
import { ProfileHead } from '../components/profile-head.tsx'
import { MainStatus, statusPath, statusTitle } from '../components/status.tsx'
import type { C, Env } from '../env.ts'
import { requireViewer, viewerOf } from '../guards.tsx'
import { page } from '../page.tsx'

/**
 * The target of other servers' "interact" links for local people: `/authorize_interaction?uri=` shows the remote
 * account or status with its actions. Nothing changes before the person presses a button.
 */
export const interactions = new Hono<Env>().get('/authorize_interaction', requireViewer, async (c) => {
  const found = await findShared(c, c.req.query('uri') ?? '')
  if (found?.type === 'collection') return c.redirect(`/collections/${found.id}`, 302)
  const shown = found && (found.type === 'account' ? await accountPage(c, found.id) : await statusPage(c, found.id))
  return shown ?? nothingPage(c)
})

/**
 * Finds the account or status of a URI, a page's URL, or a handle, here or on another server. Limited per account, as
 * any site may link here and so make this server send requests.
 */
export async function findShared(c: C, text: string): Promise<RemoteFind | null> {
  const { app } = c.var
  const wanted = text.trim().slice(0, 2_048)
  await countAttempt(app, `interaction of ${viewerOf(c).accountId}`, { count: 60, minutes: 5 })
  if (URL.canParse(wanted) && /^https?:/i.test(wanted))
    return app.uris.isOwn(wanted) ? ownFind(app, wanted) : app.remote.url(wanted)
  const id = parseHandle(wanted)?.domain ? await app.remote.account(wanted) : null
  return id && { type: 'account', id }
}

async function ownFind(app: App, uri: string): Promise<RemoteFind | null> {
  const own = app.uris.parse(uri)
  if (own?.type === 'status' || own?.type === 'collection') return own
  const id = own && (own.type === 'account' ? own.id : await accountByUrl(app.db, app.uris, uri))
  return id && { type: 'account', id }
}

async function accountPage(c: C, id: AccountView['id']): Promise<Response | null> {
  const { db } = c.var.app
  const [[account], [relationship]] = await Promise.all([
    loadAccountViews(db, [id]),
    loadRelationships(db, viewerOf(c).accountId, [id]),
  ])
  if (!account || account.suspendedAt || account.deletedAt) return null
  const { t } = c.var.messages
  return page(
    c,
    { title: t('interact.accountTitle', { name: nameOf(account), handle: account.acct }), isPrivate: true },
    <>
      <ProfileHead account={account} relationship={relationship} />
      <p class="aside">
        <a href={profilePath(account)}>{t('interact.allPosts', { name: nameOf(account) })}</a>
      </p>
    </>,
  )
}

async function statusPage(c: C, id: Parameters<typeof loadStatusView>[2]): Promise<Response | null> {
  const found = await loadStatusView(c.var.app.db, viewerOf(c).accountId, id)
  const status = found?.reblog ?? found
  if (!status) return null
  const { t } = c.var.messages
  return page(
    c,
    { title: statusTitle(status), isPrivate: true },
    <>
      <Head title={t('interact.post')} />
      <MainStatus status={status} />
      <p class="aside">
        <a href={statusPath(status)}>{t('interact.thread')}</a>
      </p>
    </>,
  )
}

function nothingPage(c: C): Promise<Response> {
  const { t } = c.var.messages
  return page(
    c,
    { title: t('common.nothingFound'), isPrivate: true },
    <>
      <Head title={t('common.nothingFound')} />
      <p class="aside">{t('interact.nothingText')}</p>
    </>,
    404,
  )
}
