import { Hono } from 'hono'
import { endSessionByStaff, loadAccountSecurity } from '#src/accounts/security/staff.ts'
import { notFound } from '#src/platform/errors.ts'
import { type AccountId, isId } from '#src/platform/ids.ts'
import { Form, NoticeBox } from '../../components/form.tsx'
import { pageOf, Pagination } from '../../components/pagination.tsx'
import { LogList, SessionList } from '../../components/security.tsx'
import { Moment } from '../../components/time.tsx'
import type { C, Env } from '../../env.ts'
import { requirePermission, viewerOf } from '../../guards.tsx'
import { page } from '../../page.tsx'
import { AdminHead } from './tabs.tsx'

/** Sessions and security log of one account, for staff. */
export const accountSecurity = new Hono<Env>()
  .get('/admin/accounts/:id/security', requirePermission('manage_users'), async (c) => {
    const id = idOf(c)
    const wanted = pageOf(c)
    const { username, createdAt, showsAddresses, signUpAddress, sessions, log } = await loadAccountSecurity(
      c.var.app.db,
      viewerOf(c),
      id,
      wanted,
    )
    const { t, rich } = c.var.messages
    return page(
      c,
      t('sessions.ofAccount', { name: username }),
      <>
        <AdminHead here="/admin/accounts" />
        {c.req.query('done') && <NoticeBox kind="good">{t('settings.done')}</NoticeBox>}
        <section class="sheet">
          <h2>{rich('sessions.ofAccount', { name: <bdi>{username}</bdi> })}</h2>
          <p class="hint">
            {rich(signUpAddress ? 'sessions.signedUpFrom' : 'sessions.signedUp', {
              time: <Moment at={createdAt} />,
              address: signUpAddress,
            })}
          </p>
          {!showsAddresses && <p class="hint">{t('sessions.noAddresses')}</p>}
        </section>
        <section class="sheet">
          <h2>{t('sessions.title')}</h2>
          {sessions.length === 0 ? (
            <p>{t('sessions.noSessions')}</p>
          ) : (
            <>
              <SessionList
                sessions={sessions}
                endPath={(session) => `${pathOf(id)}/sessions/${session}/end`}
                providers={c.var.app.config.providers}
              />
              <Form action={`${pathOf(id)}/sessions/end`}>
                <button type="submit" class="button button-bad">
                  {t('sessions.endAll')}
                </button>
              </Form>
            </>
          )}
        </section>
        <section class="sheet">
          <h2>{t('settings.securityLog')}</h2>
          {log.length === 0 ? <p>{t('sessions.nothing')}</p> : <LogList log={log} showsActors />}
        </section>
        <Pagination path={pathOf(id)} page={wanted} cursors={log.map((entry) => entry.id)} />
      </>,
    )
  })
  .post('/admin/accounts/:id/security/sessions/end', requirePermission('manage_users'), (c) => end(c, null))
  .post('/admin/accounts/:id/security/sessions/:session/end', requirePermission('manage_users'), (c) =>
    end(c, c.req.param('session')),
  )

async function end(c: C, session: string | null): Promise<Response> {
  const id = idOf(c)
  await c.var.app.db.transaction((tx) => endSessionByStaff(tx, viewerOf(c), id, session))
  return c.redirect(`${pathOf(id)}?done=1`, 303)
}

const pathOf = (id: AccountId): string => `/admin/accounts/${id}/security`

function idOf(c: C): AccountId {
  const id = c.req.param('id') ?? ''
  if (!isId(id)) throw notFound()
  return id as AccountId
}
