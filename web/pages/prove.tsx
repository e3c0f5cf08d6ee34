import { Hono } from 'hono'
import { type Factors, loadFactors } from '#src/accounts/factors/factors.ts'
import { checkOwnCode } from '#src/accounts/factors/own-code.ts'
import { askForProof, proveByPasskey } from '#src/accounts/passkeys/factor.ts'
import { provingProviders } from '#src/accounts/providers/proving.ts'
import { checkOwnPassword } from '#src/accounts/sessions/own-password.ts'
import { hasPassword, proofMinutes } from '#src/accounts/sessions/proof.ts'
import type { Refusal } from '#src/platform/errors.ts'
import { Field, Form, Refused } from '../components/form.tsx'
import { Head } from '../components/layout.tsx'
import { passkeyAnswer, PasskeyForm } from '../components/passkey-form.tsx'
import { OtherWays } from '../components/provider-buttons.tsx'
import type { C, Env } from '../env.ts'
import { ownPath, refusalOf } from '../forms.ts'
import { ownerOf, requireFactorOwner } from '../guards.tsx'
import { page } from '../page.tsx'
import { statusOf } from '../problem.ts'
import { clientOf, proveSession, signInBrowser } from '../session.ts'

type Way = 'password' | 'code' | 'passkey'

const path = '/prove'

/** Showing again that the account is one's own, before a strong action (`requireProof`). */
export const proofs = new Hono<Env>()
  .get(path, requireFactorOwner, (c) => provePage(c, ownPath(c.req.query('return_to') ?? '')))
  .post(path, requireFactorOwner, (c) =>
    prove(c, 'password', () =>
      checkOwnPassword(c.var.app, ownerOf(c).accountId, c.var.form.text('password'), clientOf(c)),
    ),
  )
  .post(`${path}/code`, requireFactorOwner, (c) =>
    prove(c, 'code', () => checkOwnCode(c.var.app, ownerOf(c).accountId, c.var.form.text('code'), clientOf(c))),
  )
  .post(`${path}/passkey/options`, requireFactorOwner, async (c) =>
    c.json(await askForProof(c.var.app, ownerOf(c).accountId, signInBrowser(c))),
  )
  .post(`${path}/passkey`, requireFactorOwner, (c) =>
    prove(c, 'passkey', () =>
      proveByPasskey(c.var.app, ownerOf(c).accountId, clientOf(c), signInBrowser(c), passkeyAnswer(c.var.form)),
    ),
  )

/** @param check throws a Refusal unless the form's answer is right */
async function prove(c: C, way: Way, check: () => Promise<void>): Promise<Response> {
  const returnTo = ownPath(c.var.form.text('return_to'))
  const refusal = await refusalOf(async () => {
    await check()
    await proveSession(c)
  })
  return refusal ? provePage(c, returnTo, { way, refusal }) : c.redirect(returnTo, 303)
}

type Failed = { way: Way; refusal: Refusal }

/** Offers the ways by which the account can be logged in to. */
async function provePage(c: C, returnTo: string, refused: Failed | null = null): Promise<Response> {
  const { t } = c.var.messages
  const { db } = c.var.app
  const { accountId } = ownerOf(c)
  const [withPassword, factors, providers] = await Promise.all([
    hasPassword(db, accountId),
    loadFactors(db, accountId),
    provingProviders(c.var.app, accountId),
  ])
  const withCode = factors.hasAuthenticator || factors.recoveryCodes > 0
  return page(
    c,
    { title: t('prove.title'), isPrivate: true },
    <>
      <Head title={t('prove.title')} />
      <div class="sheet">
        <p>{t('prove.lead', { minutes: proofMinutes })}</p>
        {refused?.way === 'passkey' && <Refused refusal={refused.refusal} />}
      </div>
      {withPassword && passwordForm(c, returnTo, refused)}
      {factors.passkeys > 0 && passkeyForm(c, returnTo)}
      {withCode && codeForm(c, returnTo, factors, refused, !withPassword)}
      <OtherWays providers={providers} returnTo={returnTo} proves />
      {!withPassword && !withCode && providers.length === 0 && anotherLogIn(c)}
    </>,
    refused ? statusOf(refused.refusal) : 200,
  )
}

const ofWay = (refused: Failed | null, way: Way): Refusal | null => (refused?.way === way ? refused.refusal : null)

function passwordForm(c: C, returnTo: string, refused: Failed | null) {
  const { t } = c.var.messages
  const refusal = ofWay(refused, 'password')
  return (
    <Form action={path} class="sheet" label={t('common.password')}>
      <Refused refusal={refusal} />
      <input type="hidden" name="return_to" value={returnTo} />
      <input type="text" name="username" value={ownerOf(c).username} autocomplete="username" hidden />
      <Field
        name="password"
        label={t('common.password')}
        type="password"
        problems={refusal?.problems ?? []}
        required
        autocomplete="current-password"
        autofocus={refused === null || refusal !== null}
      />
      <div class="buttons">
        <button type="submit" class="button">
          {t('prove.goOn')}
        </button>
        <a href="/password">{t('prove.forgot')}</a>
      </div>
    </Form>
  )
}

function passkeyForm(c: C, returnTo: string) {
  const { t } = c.var.messages
  return (
    <>
      <PasskeyForm action={`${path}/passkey`} options={`${path}/passkey/options`} label={t('passkeys.use')}>
        <input type="hidden" name="return_to" value={returnTo} />
      </PasskeyForm>
      <p class="aside" data-without-passkeys>
        {t('passkeys.stepNeedsScripts')}
      </p>
    </>
  )
}

function codeForm(c: C, returnTo: string, { hasAuthenticator }: Factors, refused: Failed | null, isFirst: boolean) {
  const { t } = c.var.messages
  const refusal = ofWay(refused, 'code')
  const label = t(hasAuthenticator ? 'twoFactor.code' : 'twoFactor.recoveryCode')
  return (
    <Form action={`${path}/code`} class="sheet" label={label}>
      <Refused refusal={refusal} />
      <input type="hidden" name="return_to" value={returnTo} />
      <Field
        name="code"
        label={label}
        hint={t(hasAuthenticator ? 'prove.codeHint' : 'twoFactor.recoveryCodeHint')}
        problems={refusal?.problems ?? []}
        autocomplete="one-time-code"
        autocapitalize="none"
        maxlength={40}
        required
        autofocus={refusal !== null || (isFirst && refused === null)}
      />
      <div class="buttons">
        <button type="submit" class="button">
          {t('prove.goOn')}
        </button>
      </div>
    </Form>
  )
}

/** A new log-in proves as much. */
function anotherLogIn(c: C) {
  const { t } = c.var.messages
  return (
    <Form action="/logout" class="sheet" label={t('prove.logInAgain')}>
      <p>{t('prove.noPassword', { minutes: proofMinutes })}</p>
      <div class="buttons">
        <button type="submit" class="button">
          {t('prove.logInAgain')}
        </button>
      </div>
    </Form>
  )
}
