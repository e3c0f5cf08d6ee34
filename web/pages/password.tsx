import { Hono } from 'hono'
import { countAttempt } from '#src/accounts/sessions/attempts.ts'
import { isMailTokenGood, requestPasswordReset, resetPassword } from '#src/accounts/sign-up/credentials.ts'
import type { Refusal } from '#src/platform/errors.ts'
import { Field, Form, Refused } from '../components/form.tsx'
import { Head } from '../components/layout.tsx'
import { type C, clientGroup, type Env } from '../env.ts'
import { refusalOf } from '../forms.ts'
import { page } from '../page.tsx'
import { statusOf } from '../problem.ts'
import { clientOf, keepDevice } from '../session.ts'

/** Resetting the password by mail. */
export const passwords = new Hono<Env>()
  .get('/password', (c) => askPage(c, ''))
  .post('/password', async (c) => {
    const { app, form } = c.var
    const email = form.text('email').trim()
    const refusal = await refusalOf(async () => {
      await countAttempt(app, `password reset from ${clientGroup(c)}`, { count: 20, minutes: 60 })
      await requestPasswordReset(app, email)
    })
    return refusal ? askPage(c, email, refusal) : sentPage(c, email)
  })
  .get('/reset', async (c) => {
    const token = c.req.query('token') ?? ''
    return (await isMailTokenGood(c.var.app.db, token, 'reset')) ? choosePage(c, token) : usedPage(c)
  })
  .post('/reset', async (c) => {
    const { app, form } = c.var
    const token = form.text('token')
    const refusal = await refusalOf(async () => {
      const { device } = await resetPassword(app, token, form.text('password'), clientOf(c))
      keepDevice(c, device)
    })
    if (refusal) return (await isMailTokenGood(app.db, token, 'reset')) ? choosePage(c, token, refusal) : usedPage(c)
    const { t } = c.var.messages
    return page(
      c,
      { title: t('password.changedTitle'), isPrivate: true },
      <div class="calm">
        <h1>{t('password.changed')}</h1>
        <p>{t('password.changedText')}</p>
        <p>
          <a href="/login" class="button">
            {t('common.logIn')}
          </a>
        </p>
      </div>,
    )
  })

function askPage(c: C, email: string, refusal: Refusal | null = null): Promise<Response> {
  const { t } = c.var.messages
  return page(
    c,
    { title: t('password.forgot'), isPrivate: true },
    <>
      <Head title={t('password.forgot')} />
      <Form action="/password" class="sheet">
        <Refused refusal={refusal} />
        <Field
          name="email"
          label={t('password.email')}
          type="email"
          value={email}
          required
          autocomplete="email"
          autofocus
        />
        <div class="buttons">
          <button type="submit" class="button">
            {t('password.send')}
          </button>
        </div>
      </Form>
    </>,
    refusal ? statusOf(refusal) : 200,
  )
}

function sentPage(c: C, email: string): Promise<Response> {
  const { t, rich } = c.var.messages
  return page(
    c,
    { title: t('password.sentTitle'), isPrivate: true },
    <div class="calm">
      <h1>{t('password.sentTitle')}</h1>
      <p>{rich('password.sent', { email, strong: (children) => <strong>{children}</strong> })}</p>
    </div>,
  )
}

function choosePage(c: C, token: string, refusal: Refusal | null = null): Promise<Response> {
  const { t } = c.var.messages
  return page(
    c,
    { title: t('password.choose'), isPrivate: true },
    <>
      <Head title={t('password.choose')} />
      <Form action="/reset" class="sheet">
        <Refused refusal={refusal} />
        <input type="hidden" name="token" value={token} />
        <Field
          name="password"
          label={t('password.new')}
          type="password"
          problems={refusal?.problems ?? []}
          required
          autocomplete="new-password"
          hint={t('password.hint')}
          autofocus
        />
        <div class="buttons">
          <button type="submit" class="button">
            {t('password.change')}
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
      <p>{t('password.used')}</p>
      <p>
        <a href="/password" class="button">
          {t('password.again')}
        </a>
      </p>
    </div>,
    422,
  )
}
