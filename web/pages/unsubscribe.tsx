import { Hono } from 'hono'
import { isUnsubscribeLink, unsubscribe } from '#src/accounts/unsubscribe.ts'
import { notFound } from '#src/platform/errors.ts'
import { type AccountId, isId } from '#src/platform/ids.ts'
import { Head } from '../components/layout.tsx'
import type { C, Env } from '../env.ts'
import { readForm } from '../forms.ts'
import { page } from '../page.tsx'

/** Mail programs send a short form (RFC 8058). */
const maxBytes = 4_096

/** The unsubscribe link of mails. The signature authorizes it, so neither a log-in nor a form token is needed. */
export const unsubscribes = new Hono<Env>()
  .get('/unsubscribe', (c) => {
    const { accountId, signature } = linkOf(c)
    if (!isUnsubscribeLink(c.var.app, accountId, signature)) throw notFound()
    const { t } = c.var.messages
    return page(
      c,
      { title: t('unsubscribe.title'), isPrivate: true },
      <>
        <Head title={t('unsubscribe.question')} />
        <form method="post" class="sheet">
          <p>{t('unsubscribe.lead')}</p>
          <div class="buttons">
            <button type="submit" class="button">
              {t('unsubscribe.turnOff')}
            </button>
          </div>
        </form>
      </>,
    )
  })
  .post('/unsubscribe', async (c) => {
    const { accountId, signature } = linkOf(c)
    if (c.req.raw.body) await readForm(c, maxBytes)
    await unsubscribe(c.var.app, accountId, signature)
    const { t } = c.var.messages
    return page(
      c,
      { title: t('unsubscribe.done'), isPrivate: true },
      <div class="calm">
        <h1>{t('unsubscribe.done')}</h1>
        <p>{t('unsubscribe.doneText')}</p>
      </div>,
    )
  })

function linkOf(c: C): { accountId: AccountId; signature: string } {
  const account = c.req.query('account') ?? ''
  if (!isId(account)) throw notFound()
  return { accountId: account as AccountId, signature: c.req.query('signature') ?? '' }
}
