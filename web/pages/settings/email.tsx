import { Hono } from 'hono'
import {
  addressOfLink,
  cancelAddressChange,
  changeHours,
  confirmAddressChange,
  loadMailAddress,
  requestAddressChange,
} from '#src/accounts/mail-address/change.ts'
import { undoDays } from '#src/accounts/mail-address/undo.ts'
import type { Refusal } from '#src/platform/errors.ts'
import { Field, Form, NoticeBox, Refused } from '../../components/form.tsx'
import { Head } from '../../components/layout.tsx'
import type { C, Env } from '../../env.ts'
import { refusalOf } from '../../forms.ts'
import { ownerOf, requireOwner, requireProof } from '../../guards.tsx'
import { page } from '../../page.tsx'
import { statusOf } from '../../problem.ts'
import { clientOf } from '../../session.ts'
import { SettingsHead } from './tabs.tsx'

const path = '/settings/email'

/** The mail address, and changing it. */
export const emailSettings = new Hono<Env>()
  .get(path, requireOwner, requireProof, (c) => emailPage(c))
  .post(path, requireOwner, requireProof, async (c) => {
    const { app, form } = c.var
    const refusal = await refusalOf(() =>
      requestAddressChange(app, ownerOf(c).accountId, form.text('email'), clientOf(c)),
    )
    return refusal ? emailPage(c, refusal) : c.redirect(path, 303)
  })
  .post(`${path}/cancel`, requireOwner, async (c) => {
    await c.var.app.db.transaction((tx) => cancelAddressChange(tx, ownerOf(c).accountId))
    return c.redirect(path, 303)
  })
  // Programs open the links of mails, too: only the button changes something.
  .get(`${path}/confirm`, requireOwner, async (c) => {
    const secret = c.req.query('token') ?? ''
    const { accountId, username } = ownerOf(c)
    const address = await addressOfLink(c.var.app.db, accountId, secret)
    if (address === null) return deadLinkPage(c)
    const { t, rich } = c.var.messages
    return page(
      c,
      { title: t('mailAddress.confirmTitle'), isPrivate: true },
      <>
        <Head title={t('mailAddress.confirmTitle')} />
        <Form action={`${path}/confirm`} class="sheet" label={t('mailAddress.confirmTitle')}>
          <input type="hidden" name="token" value={secret} />
          <p>{rich('mailAddress.confirmText', { address: <bdi>{address}</bdi>, name: <bdi>{username}</bdi> })}</p>
          <div class="buttons">
            <button type="submit" class="button" autofocus>
              {t('mailAddress.confirm')}
            </button>
          </div>
        </Form>
      </>,
    )
  })
  .post(`${path}/confirm`, requireOwner, async (c) => {
    const { app, form } = c.var
    const refusal = await refusalOf(() =>
      confirmAddressChange(app, ownerOf(c).accountId, form.text('token'), clientOf(c)),
    )
    if (refusal) return deadLinkPage(c)
    const { t } = c.var.messages
    return page(
      c,
      t('mailAddress.title'),
      <>
        <Head title={t('mailAddress.title')} />
        <NoticeBox kind="good">{t('mailAddress.changed')}</NoticeBox>
      </>,
    )
  })

async function emailPage(c: C, refusal: Refusal | null = null): Promise<Response> {
  const { app, form, messages } = c.var
  const { t } = messages
  const { address, pending } = await loadMailAddress(app.db, ownerOf(c).accountId)
  return page(
    c,
    t('mailAddress.title'),
    <>
      <SettingsHead here="/settings/account" />
      <Form action={path} class="sheet" label={t('mailAddress.title')}>
        <h2>{t('mailAddress.title')}</h2>
        <Refused refusal={refusal} />
        <p>{address ? t('mailAddress.present', { address }) : t('mailAddress.none')}</p>
        <Field
          name="email"
          label={t('mailAddress.new')}
          type="email"
          value={refusal ? form.text('email') : ''}
          problems={refusal?.problems ?? []}
          required
          maxlength={254}
          autocomplete="email"
          hint={t('mailAddress.effect', { days: undoDays })}
        />
        <div class="buttons">
          <button type="submit" class="button">
            {t('mailAddress.ask')}
          </button>
        </div>
      </Form>
      {pending && (
        <Form action={`${path}/cancel`} class="sheet" label={t('mailAddress.waiting')}>
          <h2>{t('mailAddress.waiting')}</h2>
          <p>{t('mailAddress.askedText', { address: pending, hours: changeHours })}</p>
          <div class="buttons">
            <button type="submit" class="button button-quiet">
              {t('mailAddress.cancel')}
            </button>
          </div>
        </Form>
      )}
    </>,
    refusal ? statusOf(refusal) : 200,
  )
}

function deadLinkPage(c: C): Promise<Response> {
  const { t, rich } = c.var.messages
  return page(
    c,
    { title: t('common.deadLink'), isPrivate: true },
    <div class="calm">
      <h1>{t('common.deadLink')}</h1>
      <p>{rich('mailAddress.deadLink', { hours: changeHours, name: <bdi>{ownerOf(c).username}</bdi> })}</p>
      <p>
        <a href={path} class="button">
          {t('mailAddress.title')}
        </a>
      </p>
    </div>,
    422,
  )
}
