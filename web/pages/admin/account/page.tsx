import { hasPermission } from '#src/accounts/roles/permissions.ts'
import { loadRoles } from '#src/accounts/roles/roles.ts'
import { staffMember } from '#src/accounts/roles/staff.ts'
import { loadAccountOverview } from '#src/moderation/accounts/overview.ts'
import type { Refusal } from '#src/platform/errors.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { acctOf } from '#src/text/acct.ts'
import { Refused } from '../../../components/form.tsx'
import type { C } from '../../../env.ts'
import { typedForm } from '../../../forms.ts'
import { viewerOf } from '../../../guards.tsx'
import { page } from '../../../page.tsx'
import { statusOf } from '../../../problem.ts'
import { Act } from '../reports/act.tsx'
import { Notes } from '../reports/forms.tsx'
import { AdminHead } from '../tabs.tsx'
import { DoneNote } from './done.tsx'
import { Facts, Profile, State } from './facts.tsx'
import { Audit, Reports, Strikes } from './history.tsx'
import { More } from './more.tsx'
import type { AccountForm, PartProps } from './parts.ts'
import { Files, Posts } from './posts.tsx'

type RefusedForm = { refusal: Refusal; form: AccountForm }

/** One account on one screen: who it is, what it did, what was done about it, and all that can be done. */
export async function accountPage(c: C, id: AccountId, refused: RefusedForm | null = null): Promise<Response> {
  const { app, messages, form } = c.var
  const { t } = messages
  const staff = await staffMember(app.db, viewerOf(c).accountId)
  const overview = await loadAccountOverview(app.db, app.uris, staff, id)
  const { account, canAct, notes } = overview
  const path = `/admin/accounts/${id}`
  const roles = await loadRoles(app.db)
  const title = t('staffAccount.title', { name: `@${acctOf(account)}` })
  const kept = refused ? null : await typedForm(c, null)
  const isKept = (name: AccountForm) => kept?.text('form') === name
  const parts: PartProps = {
    overview,
    path,
    may: (...permissions) => permissions.some((one) => hasPermission(staff.permissions, one)),
    refusalAt: (name) => (refused?.form === name ? refused.refusal : null),
    values: (name, field) =>
      refused?.form === name ? form.text(field) : isKept(name) ? (kept?.text(field) ?? '') : '',
    isKept,
    mails: (name) => refused?.form !== name || form.isChecked('mails'),
  }
  return page(
    c,
    title,
    <>
      <AdminHead here="/admin/accounts" />
      <DoneNote done={c.req.query('done')} account={account} />
      <Refused refusal={parts.refusalAt('state')} />
      <section class="sheet">
        <h2>{title}</h2>
        <Profile {...parts} />
        <State {...parts} />
        <Facts {...parts} />
      </section>
      {canAct ? (
        !account.suspendedAt && (
          <Act
            path={path}
            isLocal={account.domain === null}
            isAnswer={false}
            canSuspend={parts.may('manage_users')}
            mails={parts.mails('act')}
            refusal={parts.refusalAt('act')}
            values={(name) => parts.values('act', name)}
          />
        )
      ) : (
        <p class="aside">{t('staffAccount.isEqual')}</p>
      )}
      <Strikes {...parts} />
      <Reports {...parts} />
      <Posts {...parts} />
      <Files {...parts} />
      <Notes path={path} notes={notes} refusal={parts.refusalAt('note')} value={parts.values('note', 'note')} />
      {canAct && parts.may('manage_users', 'manage_roles', 'manage_user_access', 'delete_user_data') && (
        <More roles={[...roles.values()]} staff={staff} {...parts} />
      )}
      <Audit {...parts} roles={roles} />
    </>,
    refused ? statusOf(refused.refusal) : 200,
  )
}
