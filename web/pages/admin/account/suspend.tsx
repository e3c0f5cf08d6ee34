import { requireAbove, staffMember } from '#src/accounts/roles/staff.ts'
import { staffAccount } from '#src/moderation/accounts/find.ts'
import { notFound, type Refusal } from '#src/platform/errors.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { acctOf } from '#src/text/acct.ts'
import type { C } from '../../../env.ts'
import { viewerOf } from '../../../guards.tsx'
import { suspendFormPage } from '../suspend-form.tsx'

/** Asks before an account is suspended. */
export async function suspendPage(c: C, id: AccountId, refusal: Refusal | null = null): Promise<Response> {
  const { app, messages } = c.var
  const staff = await staffMember(app.db, viewerOf(c).accountId)
  const account = await staffAccount(app.db, staff, id)
  if (!account || account.deletedAt) throw notFound()
  // A refusal says so itself.
  if (!refusal) await requireAbove(app.db, staff, id)
  const isLocal = account.domain === null
  return suspendFormPage(c, {
    handle: `@${acctOf(account)}`,
    isLocal,
    path: `/admin/accounts/${id}`,
    here: '/admin/accounts',
    hint: messages.t(isLocal ? 'staffAccount.actLead' : 'staffAccount.actLeadRemote'),
    back: messages.t('staffAccount.suspendNot'),
    refusal,
  })
}
