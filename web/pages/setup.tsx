import { Hono } from 'hono'
import { countAttempt } from '#src/accounts/sessions/attempts.ts'
import { setUpInstance } from '#src/instance/set-up.ts'
import { opensSetup } from '#src/instance/setup-link.ts'
import { Refusal } from '#src/platform/errors.ts'
import type { AccountId } from '#src/platform/ids.ts'
import type { RegistrationMode } from '#src/rules/settings.ts'
import { Field, Form, Refused, Select } from '../components/form.tsx'
import { Head } from '../components/layout.tsx'
import { registrationOptions, toRegistrationMode } from '../components/registrations.ts'
import { type C, clientGroup, type Env } from '../env.ts'
import { refusalOf } from '../forms.ts'
import { page } from '../page.tsx'
import { statusOf } from '../problem.ts'
import { logIn } from '../session.ts'

type Values = { token: string; title: string; username: string; email: string; registrations: RegistrationMode }

/** Setup: the person with the link from the terminal makes the owner's account. */
export const setup = new Hono<Env>()
  .get('/setup', async (c) => {
    const token = c.req.query('token') ?? ''
    await assertOpen(c, token)
    return setupPage(c, { token, title: 'Pipit', username: '', email: '', registrations: 'closed' })
  })
  .post('/setup', async (c) => {
    const { app, form } = c.var
    const values: Values = {
      token: form.text('token'),
      title: form.text('title'),
      username: form.text('username').trim().replace(/^@/, ''),
      email: form.text('email').trim(),
      registrations: toRegistrationMode(form.text('registrations')),
    }
    await assertOpen(c, values.token)
    let owner: AccountId | undefined
    const refusal = await refusalOf(async () => {
      owner = await setUpInstance(app, values.token, { ...values, password: form.text('password') })
    })
    if (refusal || !owner) return setupPage(c, values, refusal)
    await logIn(c, owner)
    return c.redirect('/', 303)
  })

/** Checks that the link is the printed one, and that there is no owner yet. */
async function assertOpen(c: C, token: string): Promise<void> {
  const { app } = c.var
  if (await opensSetup(app.db, app.secrets, token)) return
  await countAttempt(app, `set-up from ${clientGroup(c)}`, { count: 30, minutes: 15 })
  throw new Refusal(
    'not_permitted',
    'This link does not open the set-up: it is not the one that Pipit printed when it was started last, or the owner’s account was made already.',
  )
}

function setupPage(c: C, values: Values, refusal: Refusal | null = null): Promise<Response> {
  const problems = refusal?.problems ?? []
  return page(
    c,
    { title: 'Set up', isPrivate: true, isAlone: true },
    <>
      <Head title="Welcome to your Pipit" />
      <Form action="/setup" class="sheet" label="Set up">
        <p>
          Give this place a name, and make the account that owns it. Everything but your user name can be changed later.
        </p>
        <Refused refusal={refusal} />
        <input type="hidden" name="token" value={values.token} />
        <Field
          name="title"
          label="Name of this server"
          value={values.title}
          problems={problems}
          required
          maxlength={100}
        />
        <Field
          name="username"
          label="Your user name"
          value={values.username}
          problems={problems}
          required
          autocomplete="username"
          autocapitalize="none"
          maxlength={30}
          hint={`Letters, digits and underscores. You will be @name@${c.var.app.config.handleHost}.`}
          autofocus
        />
        <Field
          name="email"
          label="Your mail address"
          type="email"
          value={values.email}
          problems={problems}
          required
          autocomplete="email"
        />
        <Field
          name="password"
          label="Password"
          type="password"
          problems={problems}
          required
          autocomplete="new-password"
          hint="At least 8 characters. A few random words are easy to keep and hard to guess."
        />
        <Select name="registrations" label="Sign-ups" value={values.registrations} options={registrationOptions} />
        <div class="buttons">
          <button type="submit" class="button">
            Begin
          </button>
        </div>
      </Form>
    </>,
    refusal ? statusOf(refusal) : 200,
  )
}
