import { offerAgain, offerAuthenticator } from '#src/accounts/factors/authenticator.ts'
import type { Refusal } from '#src/platform/errors.ts'
import { Field, Form, Refused } from '../../components/form.tsx'
import { QrImage, qrCodeOf } from '../../components/qr-code.tsx'
import type { C } from '../../env.ts'
import { ownPath } from '../../forms.ts'
import { ownerOf } from '../../guards.tsx'
import { page } from '../../page.tsx'
import { statusOf } from '../../problem.ts'
import { SettingsHead } from './tabs.tsx'

/** The page that gives an authenticator app its secret. A code of the app completes it. */
export async function authenticatorPage(c: C, refusal: Refusal | null = null): Promise<Response> {
  const { app } = c.var
  const isPosted = c.req.method === 'POST'
  const { secret, uri, sealed } = isPosted
    ? await offerAgain(app, ownerOf(c), c.var.form.text('offer'))
    : await offerAuthenticator(app, ownerOf(c))
  const next = ownPath((isPosted ? c.var.form.text('next') : c.req.query('next')) ?? '', '')
  const { t } = c.var.messages
  return page(
    c,
    t('twoFactor.setUp'),
    <>
      <SettingsHead here="/settings/account" />
      <Form action="/settings/two-factor/app" class="sheet" label={t('twoFactor.setUp')}>
        <h2>{t('twoFactor.setUp')}</h2>
        <Refused refusal={refusal} />
        <p>{t('twoFactor.scan')}</p>
        <QrImage code={await qrCodeOf(uri)} label={t('twoFactor.qrCode')} />
        <p>
          <a href={uri}>{t('twoFactor.open')}</a>
        </p>
        <p>{t('twoFactor.typeSecret')}</p>
        <p>
          <code class="totp-secret">{secret.match(/.{1,4}/g)?.join(' ')}</code>
        </p>
        <input type="hidden" name="offer" value={sealed} />
        <input type="hidden" name="next" value={next} />
        <input type="hidden" name="return_to" value="/settings/two-factor/app" />
        <Field
          name="code"
          label={t('twoFactor.firstCode')}
          hint={t('twoFactor.codeHint')}
          problems={refusal?.problems ?? []}
          autocomplete="one-time-code"
          inputmode="numeric"
          maxlength={20}
          required
        />
        <div class="buttons">
          <button type="submit" class="button">
            {t('twoFactor.confirm')}
          </button>
          <a href="/settings/two-factor">{t('twoFactor.cancel')}</a>
        </div>
      </Form>
    </>,
    refusal ? statusOf(refusal) : 200,
  )
}
