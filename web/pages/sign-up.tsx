import { Hono } from 'hono'
import { signUp } from '#src/accounts/sign-up/sign-up.ts'
import { loadRules } from '#src/moderation/instance-rules.ts'
import type { Refusal } from '#src/platform/errors.ts'
import { type InstanceSettings, loadSettings } from '#src/rules/settings.ts'
import { captchaAnswer, captchaTask } from '../captcha.ts'
import { Captcha } from '../components/captcha.tsx'
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
      const signedUp = await signUp(
        app,
        { ...values, password: form.text('password') },
        clientGroup(c),
        [],
        captchaAnswer(c),
      )
      registrations = signedUp.registrations
    })
    return refusal ? signUpPage(c, values, refusal) : donePage(c, values, registrations)
  })

async function signUpPage(c: C, values: Values, refusal: Refusal | null = null): Promise<Response> {
  const { app, messages } = c.var
  const { t, rich } = messages
  const [{ title, registrations }, rules] = await Promise.all([loadSettings(app.db), loadRules(app.db)])
  const status = refusal ? statusOf(refusal) : 200
  if (registrations === 'closed') {
    return page(
      c,
      { title: t('common.signUp'), isPrivate: true },
      <>
        <Head title={t('common.signUp')} />
        <div class="sheet">
          <p>{rich('signUp.closed', { server: <bdi>{title}</bdi> })}</p>
        </div>
      </>,
      status,
    )
  }
  const problems = refusal?.problems ?? []
  const captcha = await captchaTask(c, refusal)
  return page(
    c,
    {
      title: t('common.signUp'),
      canonical: `${app.uris.origin}/signup`,
      description: t('signUp.joinTitle', { server: title }),
    },
    <>
      <Head title={t('signUp.joinTitle', { server: title })} />
      <Form action="/signup" class="sheet" label={t('common.signUp')}>
        <Refused refusal={refusal} />
        {registrations === 'approval' && <p>{t('signUp.approvalLead')}</p>}
        <Field
          name="username"
          label={t('signUp.name')}
          value={values.username}
          problems={problems}
          required
          autocomplete="username"
          autocapitalize="none"
          maxlength={30}
          autofocus={!refusal}
          hint={t('signUp.nameHint', { host: app.config.handleHost })}
        />
        <Field
          name="email"
          label={t('signUp.email')}
          type="email"
          value={values.email}
          problems={problems}
          required
          autocomplete="email"
          hint={t('signUp.emailHint')}
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
        {registrations === 'approval' && (
          <Field
            name="reason"
            label={t('signUp.reason')}
            rows={4}
            value={values.reason}
            problems={problems}
            required
            maxlength={500}
          />
        )}
        {rules.length > 0 && (
          <>
            <h2>{t('signUp.rules')}</h2>
            <ol>
              {rules.map(({ text }) => (
                <li dir="auto">{text}</li>
              ))}
            </ol>
          </>
        )}
        <Captcha task={captcha} problems={problems} />
        <p class="hint">{rich('signUp.privacy', { a: (children) => <a href="/privacy-policy">{children}</a> })}</p>
        <div class="buttons">
          <button type="submit" class="button">
            {t(registrations === 'approval' ? 'signUp.ask' : 'common.signUp')}
          </button>
        </div>
      </Form>
      <p class="aside">{rich('signUp.hereAlready', { a: (children) => <a href="/login">{children}</a> })}</p>
    </>,
    status,
  )
}

/** The same page for an address that has an account already, so that it does not reveal accounts. */
function donePage(c: C, { email }: Values, registrations: InstanceSettings['registrations']): Promise<Response> {
  const { t, rich } = c.var.messages
  return page(
    c,
    { title: t('signUp.doneTitle'), isPrivate: true },
    <div class="calm">
      <h1>{t('signUp.lookIntoMail')}</h1>
      <p>
        {rich(registrations === 'approval' ? 'signUp.sentApproval' : 'signUp.sentOpen', {
          email,
          strong: (children) => <strong>{children}</strong>,
        })}
      </p>
      <p class="hint">{t('signUp.nothingThere')}</p>
      <p>
        <a href="/login" class="button">
          {t('common.logIn')}
        </a>
      </p>
    </div>,
  )
}
