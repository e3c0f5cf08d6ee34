import { accountStatusOf } from '#src/accounts/sessions/account-status.ts'
import { NoticeBox } from '../../components/form.tsx'
import type { C } from '../../env.ts'
import { ownPath } from '../../forms.ts'
import { ownerOf } from '../../guards.tsx'
import { page } from '../../page.tsx'
import { SettingsHead } from './tabs.tsx'

/**
 * Shows new recovery codes, this once. They can be copied, printed and saved; the file is part of the page, as the server does not know
 * the codes any more.
 *
 * @param next own path to go on to
 */
export function recoveryCodesPage(c: C, codes: readonly string[], next = ''): Promise<Response> {
  noteFactor(c)
  const { t } = c.var.messages
  const { handleHost } = c.var.app.config
  const { username } = ownerOf(c)
  const handle = `@${username}@${handleHost}`
  const text = `${t('twoFactor.fileTitle', { handle })}\n\n${codes.join('\n')}\n`
  return page(
    c,
    t('twoFactor.codesTitle'),
    <>
      <SettingsHead here="/settings/account" />
      <NoticeBox kind="good">{t('twoFactor.codesMade')}</NoticeBox>
      <section class="sheet">
        <h2>{t('twoFactor.codesOf', { handle })}</h2>
        <p>{t('twoFactor.codesText')}</p>
        <ul class="recovery-codes">
          {codes.map((code) => (
            <li>
              <code>{code}</code>
            </li>
          ))}
        </ul>
        <div class="buttons">
          <a
            class="button button-quiet"
            href={`data:text/plain;charset=utf-8,${encodeURIComponent(text)}`}
            download={`recovery-codes-${username}-${handleHost.replaceAll(':', '-')}.txt`}
          >
            {t('twoFactor.download')}
          </a>
          <a class="button" href={ownPath(next, '/settings/two-factor')}>
            {t('twoFactor.kept')}
          </a>
        </div>
      </section>
    </>,
  )
}

/** Whoever gets codes has a second factor by now: the page must not say, as at the request's beginning, that one is missing. */
function noteFactor(c: C): void {
  const { session } = c.var
  if (!session.login?.lacksFactor) return
  const login = { ...session.login, lacksFactor: false }
  c.set('session', { ...session, login, viewer: accountStatusOf(login) === 'active' ? login : null })
}
