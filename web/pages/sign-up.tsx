import { Hono } from 'hono'
import { signUp } from '#src/accounts/sign-up/sign-up.ts'
import { loadRules } from '#src/moderation/instance-rules.ts'
import type { Refusal } from '#src/platform/errors.ts'
import { type InstanceSettings, loadSettings } from '#src/rules/settings.ts'
import { Field, Form, Refused } from '../components/form.tsx'
import { Head } from '../components/layout.tsx'
import { type C, clientGroup, type Env } from '../env.ts'
import { refusalOf } from '../forms.ts'
import { page } from '../page.tsx'
import { statusOf } from '../problem.ts'

type Values = { username: string; email: string; reason: string }

/** Signing up: open, by approval, or closed. */
export const signUps = new Hono<Env>()
  .get('/signup', async (c) =>
    c.var.session.viewer ? c.redirect('/', 302) : signUpPage(c, { username: '', email: '', reason: '' }),
  )
  .post('/signup', async (c) => {
    const { app, form } = c.var
    const values = {
      username: form.text('username').trim().replace(/^@/, ''),
      email: form.text('email').trim(),
      reason: form.text('reason'),
    }
    let registrations: InstanceSettings['registrations'] = 'closed'
    const refusal = await refusalOf(async () => {
      const signedUp = await signUp(app, { ...values, password: form.text('password') }, clientGroup(c))
      registrations = signedUp.registrations
    })
    return refusal ? signUpPage(c, values, refusal) : donePage(c, values, registrations)
  })

async function signUpPage(c: C, values: Values, refusal: Refusal | null = null): Promise<Response> {
  const { app } = c.var
  const [{ title, registrations }, rules] = await Promise.all([loadSettings(app.db), loadRules(app.db)])
  const status = refusal ? statusOf(refusal) : 200
  if (registrations === 'closed') {
    return page(
      c,
      { title: 'Sign up', isPrivate: true },
      <>
        <Head title="Sign up" />
        <div class="sheet">
          <p>
            <bdi>{title}</bdi> takes in no new people at the moment. You can read everything public here, and follow
            people from any other server of the fediverse.
          </p>
        </div>
      </>,
      status,
    )
  }
  const problems = refusal?.problems ?? []
  return page(
    c,
    { title: 'Sign up', canonical: `${app.uris.origin}/signup`, description: `Join ${title}` },
    <>
      <Head title={`Join ${title}`} />
      <Form action="/signup" class="sheet" label="Sign up">
        <Refused refusal={refusal} />
        {registrations === 'approval' && (
          <p>Here a person looks at each sign-up. Say a few words about yourself, and you hear from us by mail.</p>
        )}
        <Field
          name="username"
          label="Name"
          value={values.username}
          problems={problems}
          required
          autocomplete="username"
          autocapitalize="none"
          maxlength={30}
          autofocus={!refusal}
          hint={
            <>Letters, digits and underscores. You will be @name@{app.config.handleHost}. It can’t be changed later.</>
          }
        />
        <Field
          name="email"
          label="Mail address"
          type="email"
          value={values.email}
          problems={problems}
          required
          autocomplete="email"
          hint="Only for logging in and for mails from here. Nobody sees it."
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
        {registrations === 'approval' && (
          <Field
            name="reason"
            label="Why do you want to join?"
            rows={4}
            value={values.reason}
            problems={problems}
            required
            maxlength={500}
          />
        )}
        {rules.length > 0 && (
          <>
            <h2>Rules of this place</h2>
            <ol>
              {rules.map(({ text }) => (
                <li dir="auto">{text}</li>
              ))}
            </ol>
          </>
        )}
        <p class="hint">
          What is kept of you says the <a href="/privacy-policy">privacy policy</a>.
        </p>
        <div class="buttons">
          <button type="submit" class="button">
            {registrations === 'approval' ? 'Ask to join' : 'Sign up'}
          </button>
        </div>
      </Form>
      <p class="aside">
        Here already? <a href="/login">Log in</a>
      </p>
    </>,
    status,
  )
}

/** The same page for an address that has an account already, so that it does not reveal accounts. */
function donePage(c: C, { email }: Values, registrations: InstanceSettings['registrations']): Promise<Response> {
  return page(
    c,
    { title: 'Almost there', isPrivate: true },
    <div class="calm">
      <h1>Look into your mail</h1>
      <p>
        We sent a link to <strong>{email}</strong>. Open it to confirm that the address is yours
        {registrations === 'approval'
          ? '; then a moderator lets you in, and you get another mail'
          : ', and then log in'}
        .
      </p>
      <p class="hint">Nothing there after some minutes? Look among unwanted mail, or log in and have it sent again.</p>
      <p>
        <a href="/login" class="button">
          Log in
        </a>
      </p>
    </div>,
  )
}
