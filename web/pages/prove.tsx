import { Hono } from 'hono'
import { checkOwnPassword, hasPassword, proofMinutes } from '#src/accounts/sessions/proof.ts'
import type { Refusal } from '#src/platform/errors.ts'
import { Field, Form, Refused } from '../components/form.tsx'
import { Head } from '../components/layout.tsx'
import type { C, Env } from '../env.ts'
import { ownPath, refusalOf } from '../forms.ts'
import { ownerOf, requireOwner } from '../guards.tsx'
import { page } from '../page.tsx'
import { statusOf } from '../problem.ts'
import { clientOf, proveSession } from '../session.ts'

/** Showing again that the account is one's own, before a strong action (`requireProof`). */
export const proofs = new Hono<Env>()
  .get('/prove', requireOwner, (c) => provePage(c, ownPath(c.req.query('return_to') ?? '')))
  .post('/prove', requireOwner, async (c) => {
    const { app, form } = c.var
    const returnTo = ownPath(form.text('return_to'))
    const refusal = await refusalOf(async () => {
      await checkOwnPassword(app, ownerOf(c).accountId, form.text('password'), clientOf(c))
      await proveSession(c)
    })
    return refusal ? provePage(c, returnTo, refusal) : c.redirect(returnTo, 303)
  })

/** Offers the ways by which the account can be logged in to. */
async function provePage(c: C, returnTo: string, refusal: Refusal | null = null): Promise<Response> {
  const { t } = c.var.messages
  const { accountId, username } = ownerOf(c)
  return page(
    c,
    { title: t('prove.title'), isPrivate: true },
    <>
      <Head title={t('prove.title')} />
      {(await hasPassword(c.var.app.db, accountId)) ? (
        <Form action="/prove" class="sheet" label={t('prove.title')}>
          <Refused refusal={refusal} />
          <p>{t('prove.lead', { minutes: proofMinutes })}</p>
          <input type="hidden" name="return_to" value={returnTo} />
          <input type="text" name="username" value={username} autocomplete="username" hidden />
          <Field
            name="password"
            label={t('common.password')}
            type="password"
            problems={refusal?.problems ?? []}
            required
            autocomplete="current-password"
            autofocus
          />
          <div class="buttons">
            <button type="submit" class="button">
              {t('prove.goOn')}
            </button>
            <a href="/password">{t('prove.forgot')}</a>
          </div>
        </Form>
      ) : (
        <Form action="/logout" class="sheet" label={t('prove.title')}>
          <p>{t('prove.lead', { minutes: proofMinutes })}</p>
          <p>{t('prove.noPassword', { minutes: proofMinutes })}</p>
          <div class="buttons">
            <button type="submit" class="button">
              {t('prove.logInAgain')}
            </button>
          </div>
        </Form>
      )}
    </>,
    refusal ? statusOf(refusal) : 200,
  )
}
