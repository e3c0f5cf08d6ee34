import { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import { addAuthenticator, removeAuthenticator } from '#src/accounts/factors/authenticator.ts'
import { type Factors, loadFactors } from '#src/accounts/factors/factors.ts'
import { makeRecoveryCodes } from '#src/accounts/factors/recovery-codes.ts'
import { loadRoles, needsFactor, roleOf } from '#src/accounts/roles/roles.ts'
import { countAction } from '#src/accounts/sessions/attempts.ts'
import { loadSettings } from '#src/rules/settings.ts'
import { Form, NoticeBox } from '../../components/form.tsx'
import { useMessages } from '../../components/page-context.ts'
import type { C, Env } from '../../env.ts'
import { ownPath, refusalOf } from '../../forms.ts'
import { ownerOf, requireFactorOwner, requireProof } from '../../guards.tsx'
import { page } from '../../page.tsx'
import { clientOf } from '../../session.ts'
import { authenticatorPage } from './authenticator.tsx'
import { recoveryCodesPage } from './recovery-codes.tsx'
import { SettingsHead } from './tabs.tsx'

const path = '/settings/two-factor'

/** Authenticator app and recovery codes. */
export const twoFactorSettings = new Hono<Env>()
  .get(path, requireFactorOwner, requireProof, (c) => overview(c))
  .get(`${path}/app`, requireFactorOwner, requireProof, (c) => authenticatorPage(c))
  .post(`${path}/app`, requireFactorOwner, requireProof, async (c) => {
    const { app, form } = c.var
    let codes: string[] | null = null
    const refusal = await refusalOf(async () => {
      codes = await addAuthenticator(app, ownerOf(c).accountId, form.text('offer'), form.text('code'), clientOf(c))
    })
    if (refusal) return authenticatorPage(c, refusal)
    const next = form.text('next')
    return codes ? recoveryCodesPage(c, codes, next) : c.redirect(ownPath(next, `${path}?saved=1`), 303)
  })
  .post(`${path}/app/remove`, requireFactorOwner, requireProof, async (c) => {
    await c.var.app.db.transaction((tx) => removeAuthenticator(tx, ownerOf(c).accountId, clientOf(c)))
    return c.redirect(`${path}?removed=1`, 303)
  })
  .post(`${path}/codes`, requireFactorOwner, requireProof, async (c) => {
    await countAction(c.var.app, 'recoveryCodes', ownerOf(c).accountId)
    const codes = await c.var.app.db.transaction((tx) => makeRecoveryCodes(tx, ownerOf(c).accountId, clientOf(c)))
    return recoveryCodesPage(c, codes)
  })

async function overview(c: C): Promise<Response> {
  const { db } = c.var.app
  const owner = ownerOf(c)
  const [factors, roles, settings] = [
    await loadFactors(db, owner.accountId),
    await loadRoles(db),
    await loadSettings(db),
  ]
  const { t } = c.var.messages
  return page(
    c,
    t('settings.twoFactor'),
    <>
      <SettingsHead here="/settings/account" />
      {c.req.query('saved') && <NoticeBox kind="good">{t('twoFactor.added')}</NoticeBox>}
      {c.req.query('removed') && <NoticeBox kind="good">{t('twoFactor.removed')}</NoticeBox>}
      <Authenticator factors={factors} isRequired={needsFactor(roleOf(roles, owner), settings.secondFactorRoles)} />
      {(factors.hasAuthenticator || factors.passkeys > 0) && <RecoveryCodes left={factors.recoveryCodes} />}
      <p class="aside">
        <a href="/settings/passkeys">{t('twoFactor.passkeys', { count: factors.passkeys })}</a>
      </p>
    </>,
  )
}

const Authenticator: FC<{ factors: Factors; isRequired: boolean }> = ({ factors, isRequired }) => {
  const { t } = useMessages()
  const isLast = factors.hasAuthenticator && factors.passkeys === 0
  return (
    <section class="sheet">
      <h2>{t('twoFactor.app')}</h2>
      <p>{t(factors.hasAuthenticator ? 'twoFactor.appIsOn' : 'twoFactor.appIsOff')}</p>
      <div class="buttons">
        <a class={factors.hasAuthenticator ? 'button button-quiet' : 'button'} href={`${path}/app`}>
          {t(factors.hasAuthenticator ? 'twoFactor.replace' : 'twoFactor.setUp')}
        </a>
        {factors.hasAuthenticator && (
          <Form action={`${path}/app/remove`}>
            <input type="hidden" name="return_to" value={path} />
            <button type="submit" class="button button-bad">
              {t('twoFactor.remove')}
            </button>
          </Form>
        )}
      </div>
      {isLast && <p class="hint">{t(isRequired ? 'twoFactor.removeRequired' : 'twoFactor.removeLast')}</p>}
    </section>
  )
}

const fewCodes = 3

const RecoveryCodes: FC<{ left: number }> = ({ left }) => {
  const { t } = useMessages()
  return (
    <Form action={`${path}/codes`} class="sheet" label={t('twoFactor.codesTitle')}>
      <h2>{t('twoFactor.codesTitle')}</h2>
      {left <= fewCodes ? (
        <NoticeBox kind="bad">{t('twoFactor.codesFew', { left })}</NoticeBox>
      ) : (
        <p>{t('twoFactor.codesLeft', { left })}</p>
      )}
      <input type="hidden" name="return_to" value={path} />
      <div class="buttons">
        <button type="submit" class="button button-quiet">
          {t('twoFactor.makeCodes')}
        </button>
      </div>
      <p class="hint">{t('twoFactor.makeCodesHint')}</p>
    </Form>
  )
}
