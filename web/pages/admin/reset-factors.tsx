import { Hono } from 'hono'
import { resetFactors } from '#src/accounts/factors/reset.ts'
import { accountByHandle } from '#src/accounts/find.ts'
import { managedAccount } from '#src/accounts/manage.ts'
import { staffMember } from '#src/accounts/roles/staff.ts'
import { Refusal } from '#src/platform/errors.ts'
import { refuse } from '#src/text/refusals.ts'
import { Field, Form, NoticeBox, Refused } from '../../components/form.tsx'
import type { C, Env } from '../../env.ts'
import { refusalOf } from '../../forms.ts'
import { requireProof, requirePermission, viewerOf } from '../../guards.tsx'
import { page } from '../../page.tsx'
import { statusOf } from '../../problem.ts'
import { AdminHead } from './tabs.tsx'

const path = '/admin/accounts/reset-factors'

/** Removing the second factors of a person who lost them. */
export const factorResets = new Hono<Env>()
  .get(path, requirePermission('manage_user_access'), requireProof, (c) => resetPage(c, c.req.query('name') ?? ''))
  .post(path, requirePermission('manage_user_access'), requireProof, async (c) => {
    const { app, form } = c.var
    const name = form.text('name').trim().slice(0, 300)
    const refusal = await refusalOf(async () => {
      const { id } = await accountNamed(c, name)
      const done = await app.db.transaction(async (tx) =>
        resetFactors(tx, await staffMember(tx, viewerOf(c).accountId), id),
      )
      if (!done) throw refuse('unprocessable', 'factorMissingOf', { name })
    })
    return refusal
      ? resetPage(c, name, refusal)
      : c.redirect(`${path}?${new URLSearchParams({ name, done: '1' })}`, 303)
  })

async function accountNamed(c: C, name: string) {
  const [username = '', host] = name.replace(/^@/, '').split('@')
  try {
    if (host === undefined || host === c.var.app.config.handleHost) return await managedAccount(c.var.app.db, username)
  } catch (error) {
    if (!(error instanceof Refusal && error.code === 'not_found')) throw error
  }
  throw refuse('unprocessable', 'nameNotFound', { name })
}

async function resetPage(c: C, name: string, refusal: Refusal | null = null): Promise<Response> {
  const { t } = c.var.messages
  const isDone = c.req.query('done') !== undefined
  const [username = ''] = name.replace(/^@/, '').split('@')
  const id = username === '' ? null : await accountByHandle(c.var.app.db, { username, domain: null })
  return page(
    c,
    t('twoFactor.resetTitle'),
    <>
      <AdminHead here="/admin/accounts" />
      {isDone && <NoticeBox kind="good">{t('twoFactor.resetDone', { name })}</NoticeBox>}
      <Form action={path} class="sheet" label={t('twoFactor.resetTitle')}>
        <h2>{t('twoFactor.resetTitle')}</h2>
        <Refused refusal={refusal} />
        {id && (
          <p>
            <a href={`/admin/accounts/${id}`}>{t('reports.staffPage')}</a>
          </p>
        )}
        <p>{t('twoFactor.resetText')}</p>
        <p>{t('twoFactor.resetWarning')}</p>
        <input type="hidden" name="return_to" value={path} />
        <Field
          name="name"
          label={t('twoFactor.resetName')}
          value={isDone ? '' : name}
          isRefused={refusal !== null}
          autocomplete="off"
          autocapitalize="none"
          maxlength={300}
          required
        />
        <div class="buttons">
          <button type="submit" class="button button-bad">
            {t('twoFactor.reset')}
          </button>
        </div>
      </Form>
    </>,
    refusal ? statusOf(refusal) : 200,
  )
}
