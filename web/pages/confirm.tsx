import { Hono } from 'hono'
import { canAct } from '#src/accounts/sessions/account-status.ts'
import {
  confirmByForm,
  isMailTokenGood,
  linkAsksCaptcha,
  requestConfirmation,
} from '#src/accounts/sign-up/credentials.ts'
import type { Refusal } from '#src/platform/errors.ts'
import { captchaAnswer, captchaTask } from '../captcha.ts'
import { Captcha } from '../components/captcha.tsx'
import { Form, Refused } from '../components/form.tsx'
import { Head } from '../components/layout.tsx'
import { type C, clientGroup, type Env } from '../env.ts'
import { refusalOf } from '../forms.ts'
import { page } from '../page.tsx'
import { statusOf } from '../problem.ts'

/**
 * Confirming a mail address by the link that was sent there. Opening the link changes nothing yet, as programs open
 * links, too.
 */
export const confirm = new Hono<Env>()
  .get('/confirm', (c) => confirmPage(c, c.req.query('token') ?? ''))
  .post('/confirm', async (c) => {
    const { app, form, session } = c.var
    const token = form.text('token')
    let isIn = false
    const refusal = await refusalOf(async () => {
      const accountId = await confirmByForm(app, token, captchaAnswer(c), clientGroup(c))
      isIn = await canAct(app.db, accountId)
    })
    if (refusal?.code === 'unprocessable') return usedPage(c)
    if (refusal) return confirmPage(c, token, refusal)
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

/** @param token of the link */
async function confirmPage(c: C, token: string, refusal: Refusal | null = null): Promise<Response> {
  const { db } = c.var.app
  if (!(await isMailTokenGood(db, token, 'confirm'))) return usedPage(c)
  const captcha = (await linkAsksCaptcha(db, token)) ? await captchaTask(c, refusal) : null
  const { t } = c.var.messages
  return page(
    c,
    { title: t('confirm.title'), isPrivate: true },
    <>
      <Head title={t('confirm.title')} />
      <Form action="/confirm" class="sheet">
        <Refused refusal={refusal} />
        <input type="hidden" name="token" value={token} />
        <p>{t(captcha ? 'captcha.confirmLead' : 'confirm.lead')}</p>
        <Captcha task={captcha} problems={refusal?.problems ?? []} />
        <div class="buttons">
          <button type="submit" class="button" autofocus={!captcha}>
            {t('confirm.confirm')}
          </button>
        </div>
      </Form>
    </>,
    refusal ? statusOf(refusal) : 200,
  )
}

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
