import { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import { type AuthorisedApp, loadAuthorisedApps, revokeApp } from '#src/accounts/sessions/authorised.ts'
import { notFound } from '#src/platform/errors.ts'
import { type ApplicationId, isId } from '#src/platform/ids.ts'
import { Action, NoticeBox } from '../../components/form.tsx'
import { useMessages } from '../../components/page-context.ts'
import { scopeWords } from '../../components/scope-words.ts'
import { Moment } from '../../components/time.tsx'
import type { C, Env } from '../../env.ts'
import { ownerOf, requireOwner } from '../../guards.tsx'
import { page } from '../../page.tsx'
import { clientOf } from '../../session.ts'
import { SettingsHead } from './tabs.tsx'

/** Authorized apps. */
export const appSettings = new Hono<Env>()
  .get('/settings/apps', requireOwner, async (c) => {
    const apps = await loadAuthorisedApps(c.var.app.db, ownerOf(c).accountId)
    const { t } = c.var.messages
    return page(
      c,
      t('settings.appsTitle'),
      <>
        <SettingsHead here="/settings/apps" />
        {c.req.query('done') && <NoticeBox kind="good">{t('settings.done')}</NoticeBox>}
        {apps.length === 0 && <div class="empty">{t('settings.noApps')}</div>}
        {apps.map((one) => (
          <App app={one} />
        ))}
      </>,
    )
  })
  .post('/settings/apps/:id/revoke', requireOwner, async (c) => {
    await c.var.app.db.transaction((tx) => revokeApp(tx, ownerOf(c).accountId, idOf(c), clientOf(c)))
    return c.redirect('/settings/apps?done=1', 303)
  })

function idOf(c: C): ApplicationId {
  const id = c.req.param('id') ?? ''
  if (!isId(id)) throw notFound()
  return id as ApplicationId
}

const App: FC<{ app: AuthorisedApp }> = ({ app }) => {
  const messages = useMessages()
  const { t, rich } = messages
  return (
    <article class="sheet">
      <h2>
        <bdi>{app.name}</bdi>
      </h2>
      <p class="hint">
        {app.website && (
          <>
            <a href={app.website} rel="nofollow noopener noreferrer">
              {URL.parse(app.website)?.host ?? app.website}
            </a>
            {' · '}
          </>
        )}
        <>{rich('settings.appSince', { time: <Moment at={app.since} /> })}</>
        {' · '}
        {app.lastUsedAt ? (
          <>{rich('settings.appUsed', { time: <Moment at={app.lastUsedAt} /> })}</>
        ) : (
          t('settings.appUnused')
        )}
        {app.lastAddress && <> · {t('sessions.address', { address: app.lastAddress })}</>}
      </p>
      <ul class="oauth-scopes">
        {scopeWords(app.scopes, messages).map((words) => (
          <li>{words}</li>
        ))}
      </ul>
      <div class="buttons">
        <Action
          action={`/settings/apps/${app.id}/revoke`}
          label={t('settings.shutOutApp', { name: app.name })}
          class="button button-bad"
        >
          {t('settings.shutOut')}
        </Action>
      </div>
    </article>
  )
}
