import { Hono } from 'hono'
import { canAct } from '#src/accounts/sessions/account-status.ts'
import { confirmAddress, isMailTokenGood, requestConfirmation } from '#src/accounts/sign-up/credentials.ts'
import { Form } from '../components/form.tsx'
import { Head } from '../components/layout.tsx'
import type { C, Env } from '../env.ts'
import { refusalOf } from '../forms.ts'
import { page } from '../page.tsx'

/**
 * Confirming a mail address by the link that was sent there. Opening the link changes nothing yet, as programs open
 * links, too.
 */
export const confirm = new Hono<Env>()
  .get('/confirm', async (c) => {
    const token = c.req.query('token') ?? ''
    if (!(await isMailTokenGood(c.var.app.db, token, 'confirm'))) return usedPage(c)
    const { t } = c.var.messages
    return page(
      c,
      { title: t('confirm.title'), isPrivate: true },
      <>
        <Head title={t('confirm.title')} />
        <Form action="/confirm" class="sheet">
          <input type="hidden" name="token" value={token} />
          <p>{t('confirm.lead')}</p>
          <div class="buttons">
            <button type="submit" class="button" autofocus>
              {t('confirm.confirm')}
            </button>
          </div>
        </Form>
      </>,
    )
  })
  .post('/confirm', async (c) => {
    const { app, form, session } = c.var
    let isIn = false
    const refusal = await refusalOf(async () => {
      const accountId = await app.db.transaction((tx) => confirmAddress(tx, form.text('token')))
      isIn = await canAct(app.db, accountId)
    })
    if (refusal) return usedPage(c)
    const { t } = c.var.messages
    return session.login
      ? c.redirect('/', 303)
      : page(
          c,
          { title: t('confirm.doneTitle'), isPrivate: true },
          <div class="calm">
            <h1>{t('confirm.done')}</h1>
            <p>{t(isIn ? 'confirm.doneText' : 'confirm.doneWaiting')}</p>
            <p>
              <a href="/login" class="button">
                {t('common.logIn')}
              </a>
            </p>
          </div>,
        )
  })
  .post('/confirm/again', async (c) => {
    const { app, session } = c.var
    if (!session.login) return c.redirect('/login', 303)
    if (!session.login.isConfirmed) await requestConfirmation(app, session.login.accountId)
    const { t } = c.var.messages
    return page(
      c,
      { title: t('confirm.sentTitle'), isPrivate: true },
      <div class="calm">
        <h1>{t('confirm.sent')}</h1>
        <p>{t('confirm.sentText')}</p>
      </div>,
    )
  })

function usedPage(c: C): Promise<Response> {
  const { t } = c.var.messages
  return page(
    c,
    { title: t('common.deadLink'), isPrivate: true },
    <div class="calm">
      <h1>{t('common.deadLink')}</h1>
      <p>{t('confirm.used')}</p>
      <p>
        <a href="/login" class="button">
          {t('common.logIn')}
        </a>
      </p>
    </div>,
    422,
  )
}
