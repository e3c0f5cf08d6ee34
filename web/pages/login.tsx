import { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import { maxBrowserAccounts } from '#src/accounts/sessions/browser-sessions.ts'
import { checkPassword } from '#src/accounts/sessions/sessions.ts'
import type { Refusal } from '#src/platform/errors.ts'
import { refuse } from '#src/text/refusals.ts'
import { Field, Form, NoticeBox, Refused } from '../components/form.tsx'
import { Head } from '../components/layout.tsx'
import { usePage } from '../components/page-context.ts'
import { PasskeyLogIn } from '../components/passkey-form.tsx'
import { takesAnybody } from '../components/registrations.ts'
import { OtherAccounts } from '../components/switcher.tsx'
import type { C, Env } from '../env.ts'
import { ownPath, refusalOf } from '../forms.ts'
import { page } from '../page.tsx'
import { statusOf } from '../problem.ts'
import { clientOf, logOut, logOutAll, switchTo } from '../session.ts'
import { afterFirstFactor } from '../sign-in.ts'

type Values = { login: string; returnTo: string }

/** Logging in and out. */
export const logins = new Hono<Env>()
  .get('/login', async (c) => {
    const returnTo = ownPath(c.req.query('return_to') ?? '')
    if (c.var.session.viewer && !c.req.query('add')) return c.redirect(returnTo, 302)
    return loginPage(c, { login: '', returnTo })
  })
  .post('/login', async (c) => {
    const { app, form } = c.var
    const values = { login: form.text('login'), returnTo: ownPath(form.text('return_to')) }
    let answer: Response | null = null
    const refusal = await refusalOf(async () => {
      const viewer = await checkPassword(app, values.login, form.text('password'), clientOf(c))
      if (viewer.isDisabled) throw refuse('not_permitted', 'loginClosed')
      answer = await afterFirstFactor(c, viewer.accountId, 'password', values.returnTo)
    })
    return answer ?? loginPage(c, values, refusal)
  })
  .post('/logout', async (c) => {
    await (c.var.form.isChecked('all') ? logOutAll(c) : logOut(c))
    return c.redirect('/', 303)
  })
  .post('/switch', async (c) => {
    const { form } = c.var
    if (!(await switchTo(c, form.text('account')))) throw refuse('not_permitted', 'notLoggedInHere')
    return c.redirect(ownPath(form.text('return_to')), 303)
  })

/** @param refusal of the password, or of another way to log in */
export function loginPage(c: C, values: Values, refusal: Refusal | null = null): Promise<Response> {
  const { t, rich } = c.var.messages
  // Which of the two is wrong stays open: names would be found out.
  const isWrong = refusal?.text?.key === 'loginWrong'
  const { login } = c.var.session
  const title = t(login ? 'switcher.add' : 'common.logIn')
  return page(
    c,
    { title, isPrivate: true },
    <>
      <Head title={title} />
      {!login && <OtherAccounts returnTo={values.returnTo} class="sheet accounts" />}
      <Form action="/login" class="sheet" label={t('common.logIn')}>
        <Refused refusal={refusal} />
        {login && (
          <NoticeBox>
            {rich('switcher.addText', { name: <bdi>{login.username}</bdi>, max: maxBrowserAccounts })}
          </NoticeBox>
        )}
        {values.returnTo !== '/' && !refusal && <NoticeBox>{t('signIn.goOn')}</NoticeBox>}
        <input type="hidden" name="return_to" value={values.returnTo} />
        <Field
          isRefused={isWrong}
          name="login"
          label={t('signIn.loginField')}
          value={values.login}
          autocomplete="username webauthn"
          autocapitalize="none"
          required
          autofocus={values.login === ''}
        />
        <Field
          isRefused={isWrong}
          name="password"
          label={t('common.password')}
          type="password"
          autocomplete="current-password"
          required
          autofocus={values.login !== ''}
        />
        <div class="buttons">
          <button type="submit" class="button">
            {t('common.logIn')}
          </button>
          <a href="/password">{t('signIn.forgot')}</a>
        </div>
      </Form>
      <PasskeyLogIn returnTo={values.returnTo} />
      <SignUpLine />
    </>,
    refusal ? statusOf(refusal) : 200,
  )
}

const SignUpLine: FC = () => {
  const { settings, messages } = usePage()
  if (!takesAnybody(settings)) return null
  return <p class="aside">{messages.rich('signIn.noAccount', { a: (words) => <a href="/signup">{words}</a> })}</p>
}
