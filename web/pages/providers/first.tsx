/** The first sign-in by a provider: a new account, or joining one that is here already. */
import { Hono } from 'hono'
import { joinByMail, joinByPassword, type Joining, readJoin, requestJoinMail } from '#src/accounts/providers/join.ts'
import {
  type FirstSignIn,
  mayMakeAccount,
  needsApproval,
  readFirstSignIn,
  signUpByProvider,
} from '#src/accounts/providers/sign-up.ts'
import { loadRules } from '#src/moderation/instance-rules.ts'
import type { Refusal } from '#src/platform/errors.ts'
import { Agreement, agreementProblems, toAccept } from '../../components/agreement.tsx'
import { Field, Form, NoticeBox, Refused } from '../../components/form.tsx'
import { Inviter, withMaker } from '../../components/inviter.tsx'
import { Head } from '../../components/layout.tsx'
import type { C, Env } from '../../env.ts'
import { refusalOf } from '../../forms.ts'
import { page } from '../../page.tsx'
import { statusOf } from '../../problem.ts'
import { signInBrowser } from '../../session.ts'
import { afterFirstFactor, travellerOf } from '../../sign-in.ts'

/** What the person typed, and the refusal of one of the two forms. */
type Tried = {
  username: string
  email: string
  reason: string
  dateOfBirth: string
  agrees: boolean
  login: string
  form: 'new' | 'join'
  refusal: Refusal | null
}

export const firstSignIns = new Hono<Env>()
  .get('/login/join', (c) => firstPage(c, c.req.query('state') ?? '', null))
  .post('/login/join', async (c) => {
    const { form } = c.var
    const how = form.text('how')
    const state = form.text('state')
    let answer: Response | null = null
    const refusal = await refusalOf(async () => {
      answer =
        how === 'new' ? await makeNew(c, state) : how === 'mail' ? await askByMail(c, state) : await join(c, state)
    })
    if (!refusal) return answer ?? c.redirect('/login', 303)
    return firstPage(c, state, {
      username: form.text('username').trim().replace(/^@/, ''),
      email: form.text('email').trim(),
      reason: form.text('reason'),
      dateOfBirth: form.text('date_of_birth').trim(),
      agrees: form.isChecked('agreement'),
      login: form.text('login'),
      form: how === 'new' ? 'new' : 'join',
      refusal,
    })
  })
  .get('/login/join/mail', (c) => mailedPage(c, c.req.query('token') ?? '', null))
  .post('/login/join/mail', async (c) => {
    const secret = c.var.form.text('token')
    let answer: Response | null = null
    const refusal = await refusalOf(async () => {
      answer = await enter(c, await joinByMail(c.var.app, secret, travellerOf(c)))
    })
    return answer ?? mailedPage(c, secret, refusal)
  })

async function makeNew(c: C, state: string): Promise<Response> {
  const { app, form, messages } = c.var
  const { accountId, byProvider, returnTo } = await signUpByProvider(
    app,
    state,
    {
      username: form.text('username').trim().replace(/^@/, ''),
      email: form.text('email').trim(),
      reason: form.text('reason'),
      dateOfBirth: form.text('date_of_birth').trim(),
      agrees: form.isChecked('agreement'),
      locale: messages.locale,
    },
    travellerOf(c),
    await agreementProblems(c),
  )
  return afterFirstFactor(c, accountId, 'provider', returnTo, byProvider)
}

async function join(c: C, state: string): Promise<Response> {
  const { app, form } = c.var
  return enter(c, await joinByPassword(app, state, form.text('login'), form.text('password'), travellerOf(c)))
}

const enter = (c: C, { accountId, first }: Joining): Promise<Response> =>
  afterFirstFactor(c, accountId, 'provider', first.returnTo, { join: first })

async function askByMail(c: C, state: string): Promise<Response> {
  const { app, form, messages } = c.var
  await requestJoinMail(app, state, form.text('login'), travellerOf(c))
  const { t } = messages
  return page(
    c,
    { title: t('providers.joinSentTitle'), isPrivate: true },
    <div class="calm">
      <h1>{t('providers.joinSentTitle')}</h1>
      <p>{t('providers.joinSent')}</p>
    </div>,
  )
}

async function firstPage(c: C, state: string, tried: Tried | null): Promise<Response> {
  const { t } = c.var.messages
  const first = await readFirstSignIn(c.var.app, state, travellerOf(c))
  if (!first) return overPage(c)
  const { label, provider, takenEmail } = first
  const join = joinForm(c, state, first, tried)
  const invitation = mayMakeAccount(first) ? await withMaker(c.var.app.db, first.invite) : null
  return page(
    c,
    { title: t('providers.welcome'), isPrivate: true },
    <>
      <Head title={t('providers.welcome')} />
      <NoticeBox>
        {label === null
          ? t('providers.leadNameless', { provider: provider.label })
          : t('providers.lead', { provider: provider.label, label })}
        {takenEmail !== null && ` ${t('providers.known', { email: takenEmail })}`}
      </NoticeBox>
      {takenEmail !== null && join}
      {invitation && (
        <Inviter invitation={invitation} server={first.settings.title} registrations={first.settings.registrations} />
      )}
      {await newForm(c, state, first, tried)}
      {takenEmail === null && join}
    </>,
    tried?.refusal ? statusOf(tried.refusal) : 200,
  )
}

async function newForm(c: C, state: string, first: FirstSignIn, tried: Tried | null) {
  const { app, messages } = c.var
  const { t, rich } = messages
  const { settings, provider } = first
  const waits = needsApproval(first)
  const refusal = tried?.form === 'new' ? tried.refusal : null
  if (!mayMakeAccount(first))
    return (
      <section class="sheet">
        <h2>{t('providers.newTitle')}</h2>
        <Refused refusal={refusal} />
        <p>{t(settings.registrations === 'closed' ? 'providers.closed' : 'providers.byInvitation')}</p>
      </section>
    )
  const [rules, accepted] = await Promise.all([loadRules(app.db), toAccept(c)])
  const problems = refusal?.problems ?? []
  return (
    <Form action="/login/join" class="sheet" label={t('providers.newTitle')}>
      <h2>{t('providers.newTitle')}</h2>
      <Refused refusal={refusal} />
      {waits && <p>{t('signUp.approvalLead')}</p>}
      <input type="hidden" name="state" value={state} />
      <input type="hidden" name="how" value="new" />
      <Field
        name="username"
        label={t('signUp.name')}
        value={tried?.username ?? first.username ?? ''}
        problems={problems}
        required
        autocomplete="username"
        autocapitalize="none"
        maxlength={30}
        hint={t('signUp.nameHint', { host: app.config.handleHost })}
      />
      {first.email === null ? (
        <Field
          name="email"
          label={t('signUp.email')}
          type="email"
          value={tried?.email ?? ''}
          problems={problems}
          required
          autocomplete="email"
          hint={t('signUp.emailHint')}
        />
      ) : (
        <p>{t('providers.emailKnown', { email: first.email, provider: provider.label })}</p>
      )}
      {settings.minAge > 0 && (
        <Field
          name="date_of_birth"
          label={t('signUp.birth')}
          type="date"
          value={tried?.dateOfBirth ?? ''}
          problems={problems}
          required
          autocomplete="bday"
          hint={t('signUp.birthHint', { years: settings.minAge })}
        />
      )}
      {waits && (
        <Field
          name="reason"
          label={t(first.invite ? 'signUp.reasonIfAny' : 'signUp.reason')}
          rows={4}
          value={tried?.reason ?? ''}
          problems={problems}
          required={!first.invite}
          maxlength={500}
        />
      )}
      {rules.length > 0 && (
        <>
          <h3>{t('signUp.rules')}</h3>
          <ol>
            {rules.map(({ text }) => (
              <li dir="auto">{text}</li>
            ))}
          </ol>
        </>
      )}
      <Agreement {...accepted} checked={tried?.agrees ?? false} problems={problems} />
      <p class="hint">{rich('signUp.privacy', { a: (children) => <a href="/privacy-policy">{children}</a> })}</p>
      <div class="buttons">
        <button type="submit" class="button">
          {t(waits ? 'signUp.ask' : 'providers.create')}
        </button>
      </div>
    </Form>
  )
}

function joinForm(c: C, state: string, { provider, takenEmail }: FirstSignIn, tried: Tried | null) {
  const { t } = c.var.messages
  const refusal = tried?.form === 'join' ? tried.refusal : null
  const isWrong = refusal?.text?.key === 'loginWrong'
  return (
    <Form action="/login/join" class="sheet" label={t('providers.joinTitle')}>
      <h2>{t('providers.joinTitle')}</h2>
      <p>{t('providers.joinLead', { provider: provider.label })}</p>
      <Refused refusal={refusal} />
      <input type="hidden" name="state" value={state} />
      <Field
        isRefused={isWrong}
        name="login"
        label={t('signIn.loginField')}
        value={tried?.login ?? takenEmail ?? ''}
        autocomplete="username"
        autocapitalize="none"
        required
      />
      <Field
        isRefused={isWrong}
        name="password"
        label={t('common.password')}
        type="password"
        autocomplete="current-password"
        required
      />
      <div class="buttons">
        <button type="submit" class="button" name="how" value="password">
          {t('providers.joinByPassword')}
        </button>
        <button type="submit" class="button button-quiet" name="how" value="mail" formnovalidate>
          {t('providers.joinMail')}
        </button>
      </div>
      <p class="hint">{t('providers.joinMailHint')}</p>
    </Form>
  )
}

/** The page of a mailed link. Opening it changes nothing yet, as programs open links, too. */
async function mailedPage(c: C, secret: string, refusal: Refusal | null): Promise<Response> {
  const { t } = c.var.messages
  const join = await readJoin(c.var.app, secret, signInBrowser(c))
  if (!join) return overPage(c)
  const { username, provider, label } = join
  const title = t('providers.joinConfirmTitle', { name: username, provider })
  return page(
    c,
    { title, isPrivate: true },
    <>
      <Head title={title} />
      <Form action="/login/join/mail" class="sheet" label={title}>
        <Refused refusal={refusal} />
        <input type="hidden" name="token" value={secret} />
        <p>{t('providers.joinConfirmLead', { name: username, provider, label })}</p>
        <div class="buttons">
          <button type="submit" class="button" autofocus>
            {t('providers.joinConfirm')}
          </button>
        </div>
      </Form>
    </>,
    refusal ? statusOf(refusal) : 200,
  )
}

function overPage(c: C): Promise<Response> {
  const { t } = c.var.messages
  return page(
    c,
    { title: t('common.deadLink'), isPrivate: true },
    <div class="calm">
      <h1>{t('common.deadLink')}</h1>
      <p>{t('providers.over')}</p>
      <p>
        <a href="/login" class="button">
          {t('providers.backToLogIn')}
        </a>
      </p>
    </div>,
    422,
  )
}
