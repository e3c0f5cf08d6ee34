import { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import { mayLogInHere } from '#src/accounts/providers/configured.ts'
import { changePassword, hasPassword, requestFirstPassword } from '#src/accounts/sign-up/credentials.ts'
import type { Refusal } from '#src/platform/errors.ts'
import { Field, Form, NoticeBox, Refused } from '../../components/form.tsx'
import { useMessages } from '../../components/page-context.ts'
import type { C, Env } from '../../env.ts'
import { refusalOf } from '../../forms.ts'
import { ownerOf, requireOwner } from '../../guards.tsx'
import { page } from '../../page.tsx'
import { statusOf } from '../../problem.ts'
import { clientOf } from '../../session.ts'
import { SettingsHead } from './tabs.tsx'

/** The password, and logging out. */
export const accountSettings = new Hono<Env>()
  .get('/settings/account', requireOwner, (c) => accountPage(c))
  .post('/settings/password', requireOwner, async (c) => {
    const { app, form } = c.var
    const refusal = await refusalOf(() =>
      changePassword(app, ownerOf(c).accountId, form.text('current_password'), chosen(c)),
    )
    return refusal ? accountPage(c, refusal) : c.redirect('/settings/account?saved=1', 303)
  })
  .post('/settings/password/first', requireOwner, async (c) => {
    await requestFirstPassword(c.var.app, ownerOf(c).accountId)
    return c.redirect('/settings/account?sent=1', 303)
  })

/** The new password of the form. */
const chosen = (c: C) => ({
  password: c.var.form.text('password'),
  sessionToken: c.var.session.token ?? '',
  client: clientOf(c),
})

/** The pages about an account's security, and the beginnings of their texts in the catalogue. */
const securityPages = [
  ['/settings/email', 'email'],
  ['/settings/two-factor', 'twoFactor'],
  ['/settings/passkeys', 'passkeys'],
  ['/settings/providers', 'providers'],
  ['/settings/sessions', 'sessions'],
  ['/settings/security-log', 'securityLog'],
  ['/settings/tokens', 'tokens'],
  ['/settings/invites', 'invites'],
] as const

async function accountPage(c: C, refusal: Refusal | null = null): Promise<Response> {
  const { app, messages } = c.var
  const { t } = messages
  const { accountId, role } = ownerOf(c)
  const has = await hasPassword(app.db, accountId)
  return page(
    c,
    t('settings.accountTitle'),
    <>
      <SettingsHead here="/settings/account" />
      <nav class="sheet more-list" aria-label={t('settings.security')}>
        <h2>{t('settings.security')}</h2>
        <ul>
          {securityPages.map(([path, key]) => (
            <li>
              <a href={path}>{t(`settings.${key}`)}</a>
              <span class="hint">{t(`settings.${key}Hint`)}</span>
            </li>
          ))}
        </ul>
      </nav>
      {c.req.query('saved') && <NoticeBox kind="good">{t('settings.passwordChanged')}</NoticeBox>}
      {c.req.query('sent') && <NoticeBox kind="good">{t('providers.passwordSent')}</NoticeBox>}
      {has ? passwordForm(c, refusal) : mayLogInHere(app, role) && <FirstPassword />}
      <Form action="/logout" class="sheet" label={t('settings.logOut')}>
        <div class="buttons">
          <button type="submit" class="button button-quiet">
            {t('settings.logOutHere')}
          </button>
        </div>
      </Form>
    </>,
    refusal ? statusOf(refusal) : 200,
  )
}

function passwordForm(c: C, refusal: Refusal | null) {
  const { t } = c.var.messages
  const problems = refusal?.problems ?? []
  return (
    <Form action="/settings/password" class="sheet" label={t('settings.password')}>
      <h2>{t('settings.password')}</h2>
      <Refused refusal={refusal} />
      <input type="text" name="username" value={ownerOf(c).username} autocomplete="username" hidden />
      <Field
        name="current_password"
        label={t('settings.currentPassword')}
        type="password"
        problems={problems}
        required
        autocomplete="current-password"
      />
      <Field
        name="password"
        label={t('settings.newPassword')}
        type="password"
        problems={problems}
        required
        autocomplete="new-password"
        hint={t('settings.passwordHint')}
      />
      <div class="buttons">
        <button type="submit" class="button">
          {t('settings.changePassword')}
        </button>
      </div>
      <p class="hint">{t('settings.passwordEffect')}</p>
    </Form>
  )
}

/** For people who log in by a provider and have chosen no password. */
const FirstPassword: FC = () => {
  const { t } = useMessages()
  return (
    <Form action="/settings/password/first" class="sheet" label={t('settings.password')}>
      <h2>{t('settings.password')}</h2>
      <p>{t('providers.noPassword')}</p>
      <div class="buttons">
        <button type="submit" class="button button-quiet">
          {t('providers.mailSetPassword')}
        </button>
      </div>
    </Form>
  )
}
