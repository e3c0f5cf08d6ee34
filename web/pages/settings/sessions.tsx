import { Hono } from 'hono'
import { endOtherSessions, endSession, loadSessions } from '#src/accounts/sessions/open-sessions.ts'
import { notFound } from '#src/platform/errors.ts'
import { loadSettings } from '#src/rules/settings.ts'
import { Form, NoticeBox } from '../../components/form.tsx'
import { SessionList } from '../../components/security.tsx'
import type { Env } from '../../env.ts'
import { ownerOf, requireOwner } from '../../guards.tsx'
import { page } from '../../page.tsx'
import { clientOf, renewCookie } from '../../session.ts'
import { SettingsHead } from './tabs.tsx'

const path = '/settings/sessions'

/** The browsers in which the account is logged in. */
export const sessionSettings = new Hono<Env>()
  .get(path, requireOwner, async (c) => {
    const { app, session, messages } = c.var
    const [sessions, { addressesKeptDays }] = await Promise.all([
      loadSessions(app.db, ownerOf(c).accountId, session.token),
      loadSettings(app.db),
    ])
    const { t, rich } = messages
    return page(
      c,
      t('sessions.title'),
      <>
        <SettingsHead here="/settings/account" />
        {c.req.query('done') && <NoticeBox kind="good">{t('settings.done')}</NoticeBox>}
        <section class="sheet">
          <h2>{t('sessions.title')}</h2>
          <p>{rich('sessions.lead', { a: (words) => <a href="/settings/account">{words}</a> })}</p>
          <SessionList sessions={sessions} endPath={(id) => `${path}/${id}/end`} providers={app.config.providers} />
          {sessions.length > 1 && (
            <Form action={`${path}/end-others`}>
              <button type="submit" class="button button-bad">
                {t('settings.logOutOthers')}
              </button>
            </Form>
          )}
          <p class="hint">{t('sessions.addressHint', { days: addressesKeptDays })}</p>
        </section>
      </>,
    )
  })
  .post(`${path}/end-others`, requireOwner, async (c) => {
    const { app, session } = c.var
    const by = { client: clientOf(c) }
    await app.db.transaction((tx) => endOtherSessions(tx, ownerOf(c).accountId, session.token, by))
    // Somebody may have copied the cookie of this one.
    await renewCookie(c)
    return c.redirect(`${path}?done=1`, 303)
  })
  .post(`${path}/:id/end`, requireOwner, async (c) => {
    const by = { client: clientOf(c) }
    const isEnded = await c.var.app.db.transaction((tx) => endSession(tx, ownerOf(c).accountId, c.req.param('id'), by))
    if (!isEnded) throw notFound()
    return c.redirect(`${path}?done=1`, 303)
  })
