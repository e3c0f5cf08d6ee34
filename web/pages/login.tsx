import { Hono } from 'hono'
import { checkPassword } from '#src/accounts/sessions/sessions.ts'
import { Refusal } from '#src/platform/errors.ts'
import { Field, Form, NoticeBox, Refused } from '../components/form.tsx'
import { Head } from '../components/layout.tsx'
import { type C, clientGroup, type Env } from '../env.ts'
import { ownPath, refusalOf } from '../forms.ts'
import { page } from '../page.tsx'
import { statusOf } from '../problem.ts'
import { logIn, logOut } from '../session.ts'

type Values = { login: string; returnTo: string }

/** Logging in and out. */
export const logins = new Hono<Env>()
  .get('/login', async (c) => {
    const returnTo = ownPath(c.req.query('return_to') ?? '')
    if (c.var.session.viewer) return c.redirect(returnTo, 302)
    return loginPage(c, { login: '', returnTo })
  })
  .post('/login', async (c) => {
    const { app, form } = c.var
    const values = { login: form.text('login'), returnTo: ownPath(form.text('return_to')) }
    const refusal = await refusalOf(async () => {
      const viewer = await checkPassword(app, values.login, form.text('password'), clientGroup(c))
      if (viewer.isDisabled) throw new Refusal('not_permitted', 'This account was closed by the moderators')
      await logIn(c, viewer.accountId)
    })
    return refusal ? loginPage(c, values, refusal) : c.redirect(values.returnTo, 303)
  })
  .post('/logout', async (c) => {
    await logOut(c)
    return c.redirect('/', 303)
  })

function loginPage(c: C, values: Values, refusal: Refusal | null = null): Promise<Response> {
  return page(
    c,
    { title: 'Log in', isPrivate: true },
    <>
      <Head title="Log in" />
      <Form action="/login" class="sheet" label="Log in">
        <Refused refusal={refusal} />
        {values.returnTo !== '/' && !refusal && <NoticeBox>Log in to go on.</NoticeBox>}
        <input type="hidden" name="return_to" value={values.returnTo} />
        <Field
          name="login"
          label="Name or mail address"
          value={values.login}
          autocomplete="username"
          autocapitalize="none"
          required
          autofocus={values.login === ''}
        />
        <Field
          name="password"
          label="Password"
          type="password"
          autocomplete="current-password"
          required
          autofocus={values.login !== ''}
        />
        <div class="buttons">
          <button type="submit" class="button">
            Log in
          </button>
          <a href="/password">Forgot your password?</a>
        </div>
      </Form>
      <p class="aside">
        No account yet? <a href="/signup">Sign up</a>
      </p>
    </>,
    refusal ? statusOf(refusal) : 200,
  )
}
