import { Hono } from 'hono'
import { countAttempt } from '#src/accounts/sessions/attempts.ts'
import { setUpInstance } from '#src/instance/set-up.ts'
import { opensSetup } from '#src/instance/setup-link.ts'
import type { Refusal } from '#src/platform/errors.ts'
import type { AccountId } from '#src/platform/ids.ts'
import type { RegistrationMode } from '#src/rules/settings.ts'
import { refuse } from '#src/text/refusals.ts'
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
    await logIn(c, owner, 'password')
    return c.redirect('/', 303)
  })

/** Checks that the link is the printed one, and that there is no owner yet. */
async function assertOpen(c: C, token: string): Promise<void> {
  const { app } = c.var
  if (await opensSetup(app.db, app.secrets, token)) return
  await countAttempt(app, `set-up from ${clientGroup(c)}`, { count: 30, minutes: 15 })
  throw refuse('not_permitted', 'setupLink')
}

function setupPage(c: C, values: Values, refusal: Refusal | null = null): Promise<Response> {
  const { t } = c.var.messages
  const problems = refusal?.problems ?? []
  return page(
    c,
    { title: t('setup.title'), isPrivate: true, isAlone: true },
    <>
      <Head title={t('setup.welcome')} />
      <Form action="/setup" class="sheet" label={t('setup.title')}>
        <p>{t('setup.lead')}</p>
        <Refused refusal={refusal} />
        <input type="hidden" name="token" value={values.token} />
        <Field
          name="title"
          label={t('setup.serverName')}
          value={values.title}
          problems={problems}
          required
          maxlength={100}
        />
        <Field
          name="username"
          label={t('setup.userName')}
          value={values.username}
          problems={problems}
          required
          autocomplete="username"
          autocapitalize="none"
          maxlength={30}
          hint={t('setup.userNameHint', { host: c.var.app.config.handleHost })}
          autofocus
        />
        <Field
          name="email"
          label={t('setup.email')}
          type="email"
          value={values.email}
          problems={problems}
          required
          autocomplete="email"
        />
        <Field
          name="password"
          label={t('common.password')}
          type="password"
          problems={problems}
          required
          autocomplete="new-password"
          hint={t('common.passwordHint')}
        />
        <Select
          name="registrations"
          label={t('registrations.label')}
          value={values.registrations}
          options={registrationOptions(c.var.messages)}
        />
        <div class="buttons">
          <button type="submit" class="button">
            {t('setup.begin')}
          </button>
        </div>
      </Form>
    </>,
    refusal ? statusOf(refusal) : 200,
  )
}
