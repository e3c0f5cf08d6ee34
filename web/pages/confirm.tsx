import { Hono } from 'hono'
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
    return page(
      c,
      { title: 'Confirm your address', isPrivate: true },
      <>
        <Head title="Confirm your address" />
        <Form action="/confirm" class="sheet">
          <input type="hidden" name="token" value={token} />
          <p>One press, and your address is confirmed.</p>
          <div class="buttons">
            <button type="submit" class="button" autofocus>
              Confirm
            </button>
          </div>
        </Form>
      </>,
    )
  })
  .post('/confirm', async (c) => {
    const { app, form, session } = c.var
    const refusal = await refusalOf(() => app.db.transaction((tx) => confirmAddress(tx, form.text('token'))))
    if (refusal) return usedPage(c)
    return session.login
      ? c.redirect('/', 303)
      : page(
          c,
          { title: 'Confirmed', isPrivate: true },
          <div class="calm">
            <h1>Your address is confirmed</h1>
            <p>Thank you. You can log in now.</p>
            <p>
              <a href="/login" class="button">
                Log in
              </a>
            </p>
          </div>,
        )
  })
  .post('/confirm/again', async (c) => {
    const { app, session } = c.var
    if (!session.login) return c.redirect('/login', 303)
    if (!session.login.isConfirmed) await requestConfirmation(app, session.login.accountId)
    return page(
      c,
      { title: 'Sent', isPrivate: true },
      <div class="calm">
        <h1>The link is on its way</h1>
        <p>Earlier links no longer work. If nothing comes within some minutes, look among unwanted mail.</p>
      </div>,
    )
  })

function usedPage(c: C): Promise<Response> {
  return page(
    c,
    { title: 'This link no longer works', isPrivate: true },
    <div class="calm">
      <h1>This link no longer works</h1>
      <p>
        It was used already, or it is older than two days. If your address isn’t confirmed yet, log in and have a new
        link sent.
      </p>
      <p>
        <a href="/login" class="button">
          Log in
        </a>
      </p>
    </div>,
    422,
  )
}
