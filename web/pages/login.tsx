import { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import { type ProviderLogOut, providerLogOut } from '#src/accounts/providers/log-out.ts'
import { maxBrowserAccounts } from '#src/accounts/sessions/browser-sessions.ts'
import { checkPassword } from '#src/accounts/sessions/sessions.ts'
import { closingStrikeUrl } from '#src/moderation/appeals.ts'
import type { Refusal } from '#src/platform/errors.ts'
import { refuse } from '#src/text/refusals.ts'
import { Field, Form, NoticeBox, Refused } from '../components/form.tsx'
import { Head } from '../components/layout.tsx'
import { usePage } from '../components/page-context.ts'
import { PasskeyLogIn } from '../components/passkey-form.tsx'
import { OtherWays, ProviderButtons } from '../components/provider-buttons.tsx'
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
    return c.var.app.config.providersOnly ? providersPage(c, returnTo) : loginPage(c, { login: '', returnTo })
  })
  // A way back for the owner, where people log in by a provider only.
  .get('/login/owner', async (c) => loginPage(c, { login: '', returnTo: ownPath(c.req.query('return_to') ?? '') }))
  .post('/login', async (c) => {
    const { app, form } = c.var
    const values = { login: form.text('login'), returnTo: ownPath(form.text('return_to')) }
    let answer: Response | null = null
    const refusal = await refusalOf(async () => {
      const viewer = await checkPassword(app, values.login, form.text('password'), clientOf(c))
      const closing = viewer.isDisabled ? await closingStrikeUrl(app, viewer.accountId) : null
      // There the person reads why, and can appeal, also without the mail.
      if (closing) return void (answer = c.redirect(closing, 303))
      if (viewer.isDisabled) throw refuse('not_permitted', 'loginClosed')
      answer = await afterFirstFactor(c, viewer.accountId, 'password', values.returnTo)
    })
    return answer ?? loginPage(c, values, refusal)
  })
  .post('/logout', async (c) => {
    const { app, form, session } = c.var
    const atProvider = session.token ? await providerLogOut(app, session.token) : null
    await (form.isChecked('all') ? logOutAll(c) : logOut(c))
    return atProvider ? loggedOutPage(c, atProvider) : c.redirect('/', 303)
  })
  .post('/switch', async (c) => {
    const { form } = c.var
    if (!(await switchTo(c, form.text('account')))) throw refuse('not_permitted', 'notLoggedInHere')
    return c.redirect(ownPath(form.text('return_to')), 303)
  })

/** @param refusal of the password, or of another way to log in */
export function loginPage(c: C, values: Values, refusal: Refusal | null = null): Promise<Response> {
  const { t, rich } = c.var.messages
  const { providers, providersOnly } = c.var.app.config
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
        {providersOnly && <p>{t('providers.ownerHint')}</p>}
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
      {!providersOnly && (
        <>
          <OtherWays providers={providers} returnTo={values.returnTo} />
          <SignUpLine />
        </>
      )}
    </>,
    refusal ? statusOf(refusal) : 200,
  )
}

/** The page where people log in by a provider only. */
function providersPage(c: C, returnTo: string): Promise<Response> {
  const { t } = c.var.messages
  const { providers } = c.var.app.config
  return page(
    c,
    { title: t('common.logIn'), isPrivate: true },
    <>
      <Head title={t('common.logIn')} />
      <OtherAccounts returnTo={returnTo} class="sheet accounts" />
      <section class="sheet">
        <p>{t('providers.onlyLead', { count: providers.length })}</p>
        <ProviderButtons providers={providers} returnTo={returnTo} />
      </section>
      <p class="aside">
        <a href={`/login/owner?${new URLSearchParams({ return_to: returnTo })}`}>{t('providers.ownerLink')}</a>
      </p>
    </>,
  )
}

/**
 * Leads on to the log-out of the provider. As a page: browsers apply our `form-action` to the redirects of a form.
 */
function loggedOutPage(c: C, { url, label }: ProviderLogOut): Promise<Response> {
  const { t } = c.var.messages
  c.set('session', { token: null, login: null, viewer: null })
  c.header('Refresh', `0; url=${url}`)
  return page(
    c,
    { title: t('providers.loggedOut'), isPrivate: true },
    <div class="calm">
      <h1>{t('providers.loggedOut')}</h1>
      <p>{t('providers.loggedOutText', { provider: label })}</p>
      <p>
        <a href={url} class="button" rel="noreferrer">
          {t('providers.loggedOutThere', { provider: label })}
        </a>
      </p>
    </div>,
  )
}

const SignUpLine: FC = () => {
  const { settings, messages } = usePage()
  if (!takesAnybody(settings)) return null
  return <p class="aside">{messages.rich('signIn.noAccount', { a: (words) => <a href="/signup">{words}</a> })}</p>
}
