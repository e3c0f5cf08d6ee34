import { Hono } from 'hono'
import { readInvite } from '#src/accounts/invites/use.ts'
import { type SignedUp, signUp } from '#src/accounts/sign-up/sign-up.ts'
import { loadRules } from '#src/moderation/instance-rules.ts'
import type { Refusal } from '#src/platform/errors.ts'
import { type InstanceSettings, loadSettings } from '#src/rules/settings.ts'
import { captchaAnswer, captchaTask } from '../captcha.ts'
import { Handle, Name, profilePath } from '../components/account.tsx'
import { Agreement, agreementProblems, toAccept } from '../components/agreement.tsx'
import { Captcha } from '../components/captcha.tsx'
import { Field, Form, Refused } from '../components/form.tsx'
import { type Invitation, Inviter, withMaker } from '../components/inviter.tsx'
import { Head } from '../components/layout.tsx'
import { OtherWays, ProviderButtons } from '../components/provider-buttons.tsx'
import { takesAnybody } from '../components/registrations.ts'
import type { C, Env } from '../env.ts'
import { refusalOf } from '../forms.ts'
import { page } from '../page.tsx'
import { statusOf } from '../problem.ts'
import { clientOf } from '../session.ts'

type Values = { username: string; email: string; reason: string; dateOfBirth: string; agrees: boolean }
const blank: Values = { username: '', email: '', reason: '', dateOfBirth: '', agrees: false }

/** Signing up: open, by approval, by invitation, or closed. */
export const signUps = new Hono<Env>()
  .get('/signup', async (c) => (c.var.session.viewer ? c.redirect('/', 302) : signUpPage(c, blank, null)))
  .get('/invite/:code', async (c) => {
    const invitation = await invitationOf(c, c.req.param('code'))
    if (!invitation) return deadPage(c)
    return c.var.session.viewer ? knownPage(c, invitation) : signUpPage(c, blank, invitation)
  })
  .post('/signup', async (c) => {
    const { app, form } = c.var
    const values: Values = {
      username: form.text('username').trim().replace(/^@/, ''),
      email: form.text('email').trim(),
      reason: form.text('reason'),
      dateOfBirth: form.text('date_of_birth').trim(),
      agrees: form.isChecked('agreement'),
    }
    const code = form.text('invite_code')
    const problems = await agreementProblems(c)
    let signedUp: SignedUp | undefined
    const refusal = await refusalOf(async () => {
      const input = { ...values, password: form.text('password'), inviteCode: code }
      signedUp = await signUp(app, input, clientOf(c).address, problems, captchaAnswer(c))
    })
    if (signedUp) return donePage(c, values, signedUp)
    if (refusal?.problems.some(({ field }) => field === 'invite_code')) return deadPage(c)
    // Read again only to show it: the refusal may be that of too many look-ups.
    const invitation = code === '' || refusal?.code === 'too_many' ? null : await invitationOf(c, code)
    return signUpPage(c, values, invitation, refusal, code)
  })

async function invitationOf(c: C, code: string): Promise<Invitation | null> {
  const { app } = c.var
  return withMaker(app.db, await readInvite(app, code, clientOf(c).address))
}

/** @param code that a refused form was sent with */
async function signUpPage(
  c: C,
  values: Values,
  invitation: Invitation | null,
  refusal: Refusal | null = null,
  code: string = invitation?.code ?? '',
): Promise<Response> {
  const { app, messages } = c.var
  const { t, rich } = messages
  if (app.config.providersOnly) return byProviderPage(c, code)
  const [settings, rules, accepted] = await Promise.all([loadSettings(app.db), loadRules(app.db), toAccept(c)])
  const { title, registrations } = settings
  const status = refusal ? statusOf(refusal) : 200
  if (registrations === 'closed' || (registrations === 'invitation' && code === ''))
    return closedPage(c, settings, status)
  const problems = refusal?.problems ?? []
  const captcha = await captchaTask(c, refusal)
  const needsApproval = registrations === 'approval' && !invitation?.isByStaff
  return page(
    c,
    {
      title: t('common.signUp'),
      isPrivate: code !== '',
      ...(code === '' && { canonical: `${app.uris.origin}/signup` }),
      description: t('signUp.joinTitle', { server: title }),
    },
    <>
      <Head title={t('signUp.joinTitle', { server: title })} />
      {invitation && <Inviter invitation={invitation} server={title} registrations={registrations} />}
      <Form action="/signup" class="sheet" label={t('common.signUp')}>
        <Refused refusal={refusal} />
        {code !== '' && <input type="hidden" name="invite_code" value={code} />}
        {needsApproval && <p>{t('signUp.approvalLead')}</p>}
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
        {settings.minAge > 0 && (
          <Field
            name="date_of_birth"
            label={t('signUp.birth')}
            type="date"
            value={values.dateOfBirth}
            problems={problems}
            required
            autocomplete="bday"
            hint={t('signUp.birthHint', { years: settings.minAge })}
          />
        )}
        {needsApproval && (
          <Field
            name="reason"
            label={t(invitation ? 'signUp.reasonIfAny' : 'signUp.reason')}
            rows={4}
            value={values.reason}
            problems={problems}
            required={!invitation}
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
        <Agreement {...accepted} checked={values.agrees} problems={problems} />
        <p class="hint">{rich('signUp.privacy', { a: (children) => <a href="/privacy-policy">{children}</a> })}</p>
        <div class="buttons">
          <button type="submit" class="button">
            {t(needsApproval ? 'signUp.ask' : 'common.signUp')}
          </button>
        </div>
      </Form>
      <OtherWays providers={app.config.providers} returnTo={invitation ? `/invite/${code}` : '/'} />
      <p class="aside">{rich('signUp.hereAlready', { a: (children) => <a href="/login">{children}</a> })}</p>
    </>,
    status,
  )
}

/** Where people log in by a provider only, that makes their accounts, too. */
function byProviderPage(c: C, code: string): Promise<Response> {
  const { t } = c.var.messages
  const { providers } = c.var.app.config
  return page(
    c,
    { title: t('common.signUp'), isPrivate: true },
    <>
      <Head title={t('common.signUp')} />
      <section class="sheet">
        <p>{t('providers.signUpLead')}</p>
        <ProviderButtons providers={providers} returnTo={code === '' ? '/' : `/invite/${code}`} />
      </section>
    </>,
    c.req.method === 'POST' ? 403 : 200,
  )
}

/** Where nobody signs up, or nobody without an invitation. */
function closedPage(c: C, settings: InstanceSettings, status: 200 | ReturnType<typeof statusOf>): Promise<Response> {
  const { t, rich } = c.var.messages
  const isByInvitation = settings.registrations === 'invitation'
  return page(
    c,
    { title: t('common.signUp'), isPrivate: true },
    <>
      <Head title={t(isByInvitation ? 'signUp.byInvitationTitle' : 'common.signUp')} />
      <div class="sheet">
        <p>{rich(isByInvitation ? 'signUp.byInvitation' : 'signUp.closed', { server: <bdi>{settings.title}</bdi> })}</p>
      </div>
    </>,
    status,
  )
}

/** One page for used up, expired, revoked and unknown links, so that nobody learns anything about a link that isn't theirs. */
async function deadPage(c: C): Promise<Response> {
  const { t, rich } = c.var.messages
  const settings = await loadSettings(c.var.app.db)
  return page(
    c,
    { title: t('invites.dead'), isPrivate: true },
    <div class="calm">
      <h1>{t('invites.dead')}</h1>
      <p>
        {takesAnybody(settings)
          ? rich('invites.deadOpen', { a: (children) => <a href="/signup">{children}</a> })
          : t('invites.deadClosed')}
      </p>
    </div>,
    404,
  )
}

/** An invitation in a browser where somebody is logged in. */
function knownPage(c: C, invitation: Invitation): Promise<Response> {
  const { t } = c.var.messages
  const { maker } = invitation
  return page(
    c,
    { title: t('invites.title'), isPrivate: true },
    <div class="calm">
      <h1>{t('invites.goOn')}</h1>
      <p>
        <a href={profilePath(maker)}>
          <Name account={maker} /> <Handle account={maker} />
        </a>
      </p>
    </div>,
  )
}

/** The same page for an address that has an account already, so that it does not reveal accounts. */
function donePage(c: C, { email }: Values, { isApproved }: SignedUp): Promise<Response> {
  const { t, rich } = c.var.messages
  return page(
    c,
    { title: t('signUp.doneTitle'), isPrivate: true },
    <div class="calm">
      <h1>{t('signUp.lookIntoMail')}</h1>
      <p>
        {rich(isApproved ? 'signUp.sentOpen' : 'signUp.sentApproval', {
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
