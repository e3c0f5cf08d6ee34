import { staffMember } from '#src/accounts/roles/staff.ts'
import { staffAccount } from '#src/moderation/accounts/find.ts'
import { notFound, type Refusal } from '#src/platform/errors.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { acctOf } from '#src/text/acct.ts'
import { Form, Refused } from '../../../components/form.tsx'
import type { C } from '../../../env.ts'
import { viewerOf } from '../../../guards.tsx'
import { page } from '../../../page.tsx'
import { statusOf } from '../../../problem.ts'
import { ActFields } from '../reports/act.tsx'
import { AdminHead } from '../tabs.tsx'

/** Asks before an account is suspended, and says what follows. */
export async function suspendPage(c: C, id: AccountId, refusal: Refusal | null = null): Promise<Response> {
  const { app, messages, form } = c.var
  const { t } = messages
  const account = await staffAccount(app.db, await staffMember(app.db, viewerOf(c).accountId), id)
  if (!account || account.deletedAt) throw notFound()
  const [isLocal, path] = [account.domain === null, `/admin/accounts/${id}`]
  const title = t('reports.suspendTitle', { name: `@${acctOf(account)}` })
  return page(
    c,
    title,
    <>
      <AdminHead here="/admin/accounts" />
      <Form action={`${path}/suspend`} class="sheet" label={title}>
        <h2>{title}</h2>
        <Refused refusal={refusal} />
        <p>{t(isLocal ? 'reports.suspendLead' : 'reports.suspendLeadRemote')}</p>
        <p class="hint">{t(isLocal ? 'staffAccount.actLead' : 'staffAccount.actLeadRemote')}</p>
        <input type="hidden" name="return_to" value={`${path}/suspend`} />
        <ActFields isLocal={isLocal} values={(name) => (refusal ? form.text(name) : '')} />
        <div class="buttons">
          <button type="submit" class="button button-bad">
            {t('reports.suspendNow')}
          </button>
          <a href={path} class="button button-quiet">
            {t('staffAccount.suspendNot')}
          </a>
        </div>
      </Form>
    </>,
    refusal ? statusOf(refusal) : 200,
  )
}
