import { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import { addPasskey, startPasskey } from '#src/accounts/passkeys/add.ts'
import {
  loadPasskeys,
  maxPasskeyNameLength,
  type Passkey,
  removePasskey,
  renamePasskey,
} from '#src/accounts/passkeys/manage.ts'
import { notFound, type Refusal } from '#src/platform/errors.ts'
import { isId, type PasskeyId } from '#src/platform/ids.ts'
import { browserName } from '#src/text/browser-name.ts'
import { Action, Field, Form, NoticeBox, Refused } from '../../components/form.tsx'
import { useMessages } from '../../components/page-context.ts'
import { passkeyAnswer, PasskeyForm } from '../../components/passkey-form.tsx'
import { Moment } from '../../components/time.tsx'
import type { C, Env } from '../../env.ts'
import { refusalOf } from '../../forms.ts'
import { ownerOf, requireFactorOwner, requireProof } from '../../guards.tsx'
import { page } from '../../page.tsx'
import { statusOf } from '../../problem.ts'
import { clientOf, signInBrowser } from '../../session.ts'
import { recoveryCodesPage } from './recovery-codes.tsx'
import { SettingsHead } from './tabs.tsx'

const path = '/settings/passkeys'

/** The passkeys of an account. */
export const passkeySettings = new Hono<Env>()
  .get(path, requireFactorOwner, requireProof, (c) => passkeysPage(c))
  .post(`${path}/options`, requireFactorOwner, requireProof, async (c) =>
    c.json(await startPasskey(c.var.app, ownerOf(c), signInBrowser(c))),
  )
  .post(path, requireFactorOwner, requireProof, async (c) => {
    const { app, form, messages } = c.var
    const client = clientOf(c)
    const names = { name: form.text('name'), otherName: browserName(client.userAgent, messages) }
    let codes: string[] | null = null
    const refusal = await refusalOf(async () => {
      codes = await addPasskey(app, ownerOf(c), client, signInBrowser(c), passkeyAnswer(form), names)
    })
    if (refusal) return passkeysPage(c, refusal)
    return codes ? recoveryCodesPage(c, codes, path) : c.redirect(`${path}?saved=1`, 303)
  })
  .post(`${path}/:id/rename`, requireFactorOwner, requireProof, async (c) => {
    const { app, form } = c.var
    const refusal = await refusalOf(() => renamePasskey(app, ownerOf(c).accountId, idOf(c), form.text('name')))
    return refusal ? passkeysPage(c, refusal) : c.redirect(`${path}?saved=1`, 303)
  })
  .post(`${path}/:id/remove`, requireFactorOwner, requireProof, async (c) => {
    const refusal = await refusalOf(() => removePasskey(c.var.app, ownerOf(c).accountId, clientOf(c), idOf(c)))
    return refusal ? passkeysPage(c, refusal) : c.redirect(`${path}?removed=1`, 303)
  })

function idOf(c: C): PasskeyId {
  const id = c.req.param('id') ?? ''
  if (!isId(id)) throw notFound()
  return id as PasskeyId
}

async function passkeysPage(c: C, refusal: Refusal | null = null): Promise<Response> {
  const { t } = c.var.messages
  const passkeys = await loadPasskeys(c.var.app.db, ownerOf(c).accountId)
  return page(
    c,
    t('settings.passkeys'),
    <>
      <SettingsHead here="/settings/account" />
      {c.req.query('saved') && <NoticeBox kind="good">{t('common.saved')}</NoticeBox>}
      {c.req.query('removed') && <NoticeBox kind="good">{t('passkeys.removed')}</NoticeBox>}
      <section class="sheet" aria-labelledby="passkeys">
        <h2 id="passkeys">{t('settings.passkeys')}</h2>
        <Refused refusal={refusal} />
        <p>{t('passkeys.lead')}</p>
        {passkeys.length > 0 && (
          <ul class="entries">
            {passkeys.map((passkey) => (
              <Entry passkey={passkey} />
            ))}
          </ul>
        )}
        <p class="hint" data-without-passkeys>
          {t('passkeys.needsScripts')}
        </p>
      </section>
      <PasskeyForm action={path} options={`${path}/options`} label={t('passkeys.add')}>
        <h2>{t('passkeys.another')}</h2>
        <input type="hidden" name="return_to" value={path} />
        <Field
          name="name"
          label={t('passkeys.name')}
          hint={t('passkeys.nameHint')}
          maxlength={maxPasskeyNameLength}
          autocomplete="off"
        />
      </PasskeyForm>
    </>,
    refusal ? statusOf(refusal) : 200,
  )
}

const Entry: FC<{ passkey: Passkey }> = ({ passkey: { id, name, isBackedUp, createdAt, lastUsedAt } }) => {
  const { t, rich } = useMessages()
  const field = `name-${id}`
  return (
    <li>
      <div>
        <strong>
          <bdi>{name}</bdi>
        </strong>
        <p class="hint">
          {rich('passkeys.since', { time: <Moment at={createdAt} /> })}
          {' · '}
          {lastUsedAt ? rich('passkeys.used', { time: <Moment at={lastUsedAt} /> }) : t('passkeys.unused')}
          {isBackedUp && ` · ${t('passkeys.backedUp')}`}
        </p>
      </div>
      <Action action={`${path}/${id}/remove`} label={t('passkeys.removeOne', { name })} class="button button-bad">
        {t('common.remove')}
      </Action>
      <details>
        <summary aria-label={t('passkeys.renameOne', { name })}>{t('passkeys.rename')}</summary>
        <Form action={`${path}/${id}/rename`} class="add-line" label={t('passkeys.renameOne', { name })}>
          <input type="hidden" name="return_to" value={path} />
          <div class="field">
            <label for={field}>{t('passkeys.name')}</label>
            <input id={field} name="name" value={name} maxlength={maxPasskeyNameLength} required autocomplete="off" />
          </div>
          <button type="submit" class="button button-quiet">
            {t('common.save')}
          </button>
        </Form>
      </details>
    </li>
  )
}
