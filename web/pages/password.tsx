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
      await countAttempt(app, `reset from ${clientGroup(c)}`, { count: 20, minutes: 60 })
      await resetPassword(app, token, form.text('password'))
    })
    if (refusal) return (await isMailTokenGood(app.db, token, 'reset')) ? choosePage(c, token, refusal) : usedPage(c)
    return page(
      c,
      { title: 'New password', isPrivate: true },
      <div class="calm">
        <h1>Your password is changed</h1>
        <p>All browsers and apps were logged out. Log in with the new one.</p>
        <p>
          <a href="/login" class="button">
            Log in
          </a>
        </p>
      </div>,
    )
  })

function askPage(c: C, email: string, refusal: Refusal | null = null): Promise<Response> {
  return page(
    c,
    { title: 'Forgot your password?', isPrivate: true },
    <>
      <Head title="Forgot your password?" />
      <Form action="/password" class="sheet">
        <Refused refusal={refusal} />
        <Field
          name="email"
          label="Mail address of your account"
          type="email"
          value={email}
          required
          autocomplete="email"
          autofocus
        />
        <div class="buttons">
          <button type="submit" class="button">
            Send me a link
          </button>
        </div>
      </Form>
    </>,
    refusal ? statusOf(refusal) : 200,
  )
}

function sentPage(c: C, email: string): Promise<Response> {
  return page(
    c,
    { title: 'Look into your mail', isPrivate: true },
    <div class="calm">
      <h1>Look into your mail</h1>
      <p>
        If there is an account with the address <strong>{email}</strong>, a link to choose a new password is on its way.
        It works for two hours.
      </p>
    </div>,
  )
}

function choosePage(c: C, token: string, refusal: Refusal | null = null): Promise<Response> {
  return page(
    c,
    { title: 'Choose a new password', isPrivate: true },
    <>
      <Head title="Choose a new password" />
      <Form action="/reset" class="sheet">
        <Refused refusal={refusal} />
        <input type="hidden" name="token" value={token} />
        <Field
          name="password"
          label="New password"
          type="password"
          problems={refusal?.problems ?? []}
          required
          autocomplete="new-password"
          hint="At least 8 characters."
          autofocus
        />
        <div class="buttons">
          <button type="submit" class="button">
            Change password
          </button>
        </div>
      </Form>
    </>,
    refusal ? statusOf(refusal) : 200,
  )
}

function usedPage(c: C): Promise<Response> {
  return page(
    c,
    { title: 'This link no longer works', isPrivate: true },
    <div class="calm">
      <h1>This link no longer works</h1>
      <p>It was used already, or it is older than two hours.</p>
      <p>
        <a href="/password" class="button">
          Get a new one
        </a>
      </p>
    </div>,
    422,
  )
}
