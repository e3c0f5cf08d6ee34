import { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import { mayLogInHere } from '#src/accounts/providers/configured.ts'
import { hasPassword } from '#src/accounts/sessions/proof.ts'
import { changePassword, chooseFirstPassword } from '#src/accounts/sign-up/credentials.ts'
import type { Refusal } from '#src/platform/errors.ts'
import { Field, Form, NoticeBox, Refused } from '../../components/form.tsx'
import { useMessages } from '../../components/page-context.ts'
import type { C, Env } from '../../env.ts'
import { refusalOf } from '../../forms.ts'
import { ownerOf, requireOwner, requireProof } from '../../guards.tsx'
import { page } from '../../page.tsx'
import { statusOf } from '../../problem.ts'
import { clientOf, renewCookie } from '../../session.ts'
import { SettingsHead } from './tabs.tsx'

/** The password, and logging out. */
export const accountSettings = new Hono<Env>()
  .get('/settings/account', requireOwner, (c) => accountPage(c))
  .post('/settings/password', requireOwner, async (c, next) => {
    const { app, form } = c.var
    if (!(await hasPassword(app.db, ownerOf(c).accountId))) return next()
    const refusal = await refusalOf(() =>
      changePassword(app, ownerOf(c).accountId, form.text('current_password'), chosen(c)),
    )
    return refusal ? accountPage(c, refusal) : done(c)
  })
  // Without a present password to ask for, the person proves by other means who they are.
  .post('/settings/password', requireProof, async (c) => {
    const refusal = await refusalOf(() => chooseFirstPassword(c.var.app, ownerOf(c).accountId, chosen(c)))
    return refusal ? accountPage(c, refusal) : done(c)
  })

/** The session that stays gets a new token: somebody may have copied its cookie. */
async function done(c: C): Promise<Response> {
  await renewCookie(c)
  return c.redirect('/settings/account?saved=1', 303)
}

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

/** The pages about what was reported and decided. */
const moderationPages = [
  ['/settings/reports', 'reports'],
  ['/settings/strikes', 'strikes'],
  ['/settings/severed', 'severed'],
] as const

type Pages = typeof securityPages | typeof moderationPages

const PageList: FC<{ title: string; pages: Pages }> = ({ title, pages }) => {
  const { t } = useMessages()
  return (
    <nav class="sheet more-list" aria-label={title}>
      <h2>{title}</h2>
      <ul>
        {pages.map(([path, key]) => (
          <li>
            <a href={path}>{t(`settings.${key}`)}</a>
            <span class="hint">{t(`settings.${key}Hint`)}</span>
          </li>
        ))}
      </ul>
    </nav>
  )
}

async function accountPage(c: C, refusal: Refusal | null = null): Promise<Response> {
  const { app, messages } = c.var
  const { t } = messages
  const { accountId, role } = ownerOf(c)
  const isFirst = !(await hasPassword(app.db, accountId))
  return page(
    c,
    t('settings.accountTitle'),
    <>
      <SettingsHead here="/settings/account" />
      <PageList title={t('settings.security')} pages={securityPages} />
      <PageList title={t('settings.moderation')} pages={moderationPages} />
      {c.req.query('saved') && <NoticeBox kind="good">{t('settings.passwordChanged')}</NoticeBox>}
      {(!isFirst || mayLogInHere(app, role)) && passwordForm(c, isFirst, refusal)}
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

/** @param isFirst whether the person came by a provider or a passkey, and has chosen no password yet */
function passwordForm(c: C, isFirst: boolean, refusal: Refusal | null) {
  const { t } = c.var.messages
  const problems = refusal?.problems ?? []
  return (
    <Form action="/settings/password" class="sheet" label={t('settings.password')}>
      <h2>{t('settings.password')}</h2>
      <Refused refusal={refusal} />
      <input type="hidden" name="return_to" value="/settings/account" />
      <input type="text" name="username" value={ownerOf(c).username} autocomplete="username" hidden />
      {isFirst ? (
        <p>{t('settings.noPassword')}</p>
      ) : (
        <Field
          name="current_password"
          label={t('settings.currentPassword')}
          type="password"
          problems={problems}
          required
          autocomplete="current-password"
        />
      )}
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
          {t(isFirst ? 'settings.choosePassword' : 'settings.changePassword')}
        </button>
      </div>
      <p class="hint">{t('settings.passwordEffect')}</p>
    </Form>
  )
}
