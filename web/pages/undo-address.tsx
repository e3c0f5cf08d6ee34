import { Hono } from 'hono'
import { undoAddressChange, undoDays, undoOfLink } from '#src/accounts/mail-address/undo.ts'
import { countAttempt } from '#src/accounts/sessions/attempts.ts'
import type { Refusal } from '#src/platform/errors.ts'
import { calmPage } from '../calm.tsx'
import { Form, Refused } from '../components/form.tsx'
import { Head } from '../components/layout.tsx'
import { type C, clientGroup, type Env } from '../env.ts'
import { refusalOf } from '../forms.ts'
import { page } from '../page.tsx'
import { statusOf } from '../problem.ts'
import { clientOf } from '../session.ts'

const path = '/address/undo'

/** Bringing an earlier mail address back, by the link in the mail that told of the change. */
export const undoAddress = new Hono<Env>()
  .get(path, (c) => undoPage(c, c.req.query('token') ?? ''))
  .post(path, async (c) => {
    const { app, form } = c.var
    const secret = form.text('token')
    const refusal = await refusalOf(async () => {
      await countAttempt(app, `address undo from ${clientGroup(c)}`, { count: 20, minutes: 60 })
      await undoAddressChange(app, secret, clientOf(c))
    })
    if (refusal) return undoPage(c, secret, refusal)
    const { t } = c.var.messages
    return calmPage(c, t('mailAddress.undone'), [t('mailAddress.undoneText'), t('mailAddress.undoneCheck')])
  })

async function undoPage(c: C, secret: string, refusal: Refusal | null = null): Promise<Response> {
  const { t, rich } = c.var.messages
  const link = await undoOfLink(c.var.app.db, secret)
  if (!link) return calmPage(c, t('common.deadLink'), [t('mailAddress.deadUndo', { days: undoDays })], 422)
  const { address, username: name } = link
  return page(
    c,
    { title: t('mailAddress.undoTitle'), isPrivate: true },
    <>
      <Head title={t('mailAddress.undoTitle')} />
      <Form action={path} class="sheet" label={t('mailAddress.undoTitle')}>
        <Refused refusal={refusal} />
        <input type="hidden" name="token" value={secret} />
        <p>{rich('mailAddress.undoText', { address: <bdi>{address}</bdi>, name: <bdi>{name}</bdi> })}</p>
        <p>{t('mailAddress.undoEffect')}</p>
        <div class="buttons">
          <button type="submit" class="button" autofocus>
            {t('mailAddress.undo')}
          </button>
        </div>
      </Form>
    </>,
    refusal ? statusOf(refusal) : 200,
  )
}
