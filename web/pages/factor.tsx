import { Hono } from 'hono'
import { type Factors, loadFactors } from '#src/accounts/factors/factors.ts'
import { passWithCode } from '#src/accounts/factors/pass-factor.ts'
import { askForPasskeyFactor, passWithPasskey } from '#src/accounts/passkeys/factor.ts'
import { readState } from '#src/accounts/security/states.ts'
import type { Refusal } from '#src/platform/errors.ts'
import { refuse } from '#src/text/refusals.ts'
import { Field, Form, Refused } from '../components/form.tsx'
import { Head } from '../components/layout.tsx'
import { passkeyAnswer, PasskeyForm } from '../components/passkey-form.tsx'
import type { C, Env } from '../env.ts'
import { refusalOf } from '../forms.ts'
import { page } from '../page.tsx'
import { statusOf } from '../problem.ts'
import { clientOf, signInBrowser } from '../session.ts'
import { afterAllFactors } from '../sign-in.ts'

/** The second step of a log-in, where the account has a second factor. */
export const factorSteps = new Hono<Env>()
  .get('/login/factor', async (c) => {
    const state = c.req.query('state') ?? ''
    return stepPage(c, state, c.req.query('with') === 'recovery')
  })
  .post('/login/factor', async (c) => {
    const { app, form } = c.var
    const state = form.text('state')
    let answer: Response | null = null
    const refusal = await refusalOf(async () => {
      const passed = await passWithCode(app, { state, browser: signInBrowser(c) }, form.text('code'), clientOf(c))
      answer = passed ? await afterAllFactors(c, passed.accountId, passed.data) : await overPage(c)
    })
    return answer ?? stepPage(c, state, form.text('with') === 'recovery', refusal)
  })
  .post('/login/factor/passkey/options', async (c) => {
    const step = { state: c.var.form.text('state'), browser: signInBrowser(c) }
    const question = await askForPasskeyFactor(c.var.app, step)
    if (!question) throw refuse('unprocessable', 'passkeyLate')
    return c.json(question)
  })
  .post('/login/factor/passkey', async (c) => {
    const { app, form } = c.var
    const state = form.text('state')
    let answer: Response | null = null
    const refusal = await refusalOf(async () => {
      const step = { state, browser: signInBrowser(c) }
      const passed = await passWithPasskey(app, step, passkeyAnswer(form), clientOf(c))
      answer = passed ? await afterAllFactors(c, passed.accountId, passed.data) : await overPage(c)
    })
    return answer ?? stepPage(c, state, false, refusal)
  })

async function stepPage(
  c: C,
  state: string,
  wantsRecovery: boolean,
  refusal: Refusal | null = null,
): Promise<Response> {
  const step = await readState(c.var.app, 'factor', state, signInBrowser(c))
  if (!step?.accountId) return overPage(c, refusal)
  const factors = await loadFactors(c.var.app.db, step.accountId)
  const { t } = c.var.messages
  return page(
    c,
    { title: t('twoFactor.stepTitle'), isPrivate: true },
    <>
      <Head title={t('twoFactor.stepTitle')} />
      {factors.passkeys > 0 && passkeyForm(c, state)}
      {codeForm(c, state, factors, wantsRecovery || !factors.hasAuthenticator, refusal)}
      <p class="aside">
        <a href="/login">{t('twoFactor.startAgain')}</a>
      </p>
    </>,
    refusal ? statusOf(refusal) : 200,
  )
}

function passkeyForm(c: C, state: string) {
  const { t } = c.var.messages
  return (
    <>
      <PasskeyForm action="/login/factor/passkey" options="/login/factor/passkey/options" label={t('passkeys.use')}>
        <input type="hidden" name="state" value={state} />
      </PasskeyForm>
      <p class="aside" data-without-passkeys>
        {t('passkeys.stepNeedsScripts')}
      </p>
    </>
  )
}

/** The form takes codes of either kind; which one it names decides which keyboard phones show. */
function codeForm(
  c: C,
  state: string,
  { hasAuthenticator, passkeys }: Factors,
  isRecovery: boolean,
  refusal: Refusal | null,
) {
  const { t, rich } = c.var.messages
  const other = new URLSearchParams(isRecovery ? { state } : { state, with: 'recovery' })
  return (
    <Form action="/login/factor" class="sheet" label={t('twoFactor.stepTitle')}>
      <Refused refusal={refusal} />
      <input type="hidden" name="state" value={state} />
      {isRecovery && <input type="hidden" name="with" value="recovery" />}
      <Field
        name="code"
        label={t(isRecovery ? 'twoFactor.recoveryCode' : 'twoFactor.code')}
        hint={t(isRecovery ? 'twoFactor.recoveryCodeHint' : 'twoFactor.codeHint')}
        isRefused={refusal?.text?.key === 'factorWrong'}
        autocomplete="one-time-code"
        autocapitalize="none"
        inputmode={isRecovery ? 'text' : 'numeric'}
        maxlength={40}
        required
        autofocus={hasAuthenticator || passkeys === 0}
      />
      <div class="buttons">
        <button type="submit" class="button">
          {t('common.logIn')}
        </button>
      </div>
      {hasAuthenticator && (
        <p class="hint">
          {rich(isRecovery ? 'twoFactor.useApp' : 'twoFactor.useRecovery', {
            a: (words) => <a href={`/login/factor?${other}`}>{words}</a>,
          })}
        </p>
      )}
    </Form>
  )
}

/** The step can't be passed any more, or not in this browser. Which of them stays open. */
function overPage(c: C, refusal: Refusal | null = null): Promise<Response> {
  const { t } = c.var.messages
  return page(
    c,
    { title: t('twoFactor.overTitle'), isPrivate: true },
    <div class="calm">
      <h1>{t('twoFactor.overTitle')}</h1>
      <Refused refusal={refusal} />
      <p>{t('twoFactor.overText')}</p>
      <p>
        <a href="/login" class="button">
          {t('common.logIn')}
        </a>
      </p>
    </div>,
    refusal ? statusOf(refusal) : 422,
  )
}
