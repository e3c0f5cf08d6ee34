import { requireAbove, staffMember } from '#src/accounts/roles/staff.ts'
import { staffAccount } from '#src/moderation/accounts/find.ts'
import { notFound } from '#src/platform/errors.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { acctOf } from '#src/text/acct.ts'
import type { MessageKey } from '#src/text/catalogue.ts'
import { Form } from '../../../components/form.tsx'
import type { C } from '../../../env.ts'
import { viewerOf } from '../../../guards.tsx'
import { page } from '../../../page.tsx'
import { AdminHead } from '../tabs.tsx'

const asked = {
  memorial: {
    title: 'staffAccount.memorialTitle',
    leads: ['staffAccount.memorialLead', 'staffAccount.memorialOthers', 'staffAccount.memorialUndo'],
    now: 'staffAccount.memorialNow',
  },
  'reset-password': {
    title: 'staffAccount.resetTitle',
    leads: ['staffAccount.resetLead', 'staffAccount.resetOthers', 'staffAccount.resetUndo'],
    now: 'staffAccount.resetNow',
  },
} as const satisfies Record<string, { title: MessageKey; leads: MessageKey[]; now: MessageKey }>

export type Asked = keyof typeof asked

/** Says what follows for the person and for other servers, and asks before a local account is changed so. */
export async function askPage(c: C, id: AccountId, what: Asked): Promise<Response> {
  const { app, messages } = c.var
  const { t } = messages
  const staff = await staffMember(app.db, viewerOf(c).accountId)
  const account = await staffAccount(app.db, staff, id)
  if (!account?.user || account.deletedAt) throw notFound()
  await requireAbove(app.db, staff, id)
  const { title, leads, now } = asked[what]
  const heading = t(title, { name: `@${acctOf(account)}` })
  const path = `/admin/accounts/${id}`
  return page(
    c,
    heading,
    <>
      <AdminHead here="/admin/accounts" />
      <Form action={`${path}/${what}`} class="sheet" label={heading}>
        <h2>{heading}</h2>
        {leads.map((lead) => (
          <p>{t(lead)}</p>
        ))}
        <input type="hidden" name="return_to" value={`${path}/${what}`} />
        <div class="buttons">
          <button type="submit" class="button button-bad">
            {t(now)}
          </button>
          <a href={path} class="button button-quiet">
            {t('staffAccount.suspendNot')}
          </a>
        </div>
      </Form>
    </>,
  )
}
