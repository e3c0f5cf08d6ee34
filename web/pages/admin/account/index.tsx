import { Hono } from 'hono'
import type { Permission } from '#src/accounts/roles/permissions.ts'
import type { Staff } from '#src/accounts/roles/staff.ts'
import { approveApplicants } from '#src/accounts/sign-up/applicants.ts'
import {
  changeAddress,
  changeProfile,
  changeRole,
  confirmAddress,
  endSessions,
  resetPassword,
  setMemorial,
} from '#src/moderation/accounts/manage.ts'
import { deleteAccountNote, writeAccountNote } from '#src/moderation/accounts/notes.ts'
import { purgeAccount } from '#src/moderation/accounts/purge.ts'
import { refetchProfile } from '#src/moderation/accounts/refetch.ts'
import { endEffect, isSuspension, liftStrikeOf, strike } from '#src/moderation/accounts/strike.ts'
import type { NoteId } from '#src/moderation/notes.ts'
import { actOnStatuses } from '#src/moderation/statuses.ts'
import type { Tx } from '#src/platform/db/index.ts'
import { notFound } from '#src/platform/errors.ts'
import { type AccountId, isId, type RoleId, type StatusId, type StrikeId } from '#src/platform/ids.ts'
import { refuse } from '#src/text/refusals.ts'
import type { C, Env } from '../../../env.ts'
import { refusalOf } from '../../../forms.ts'
import { requirePermission, requireProof, requireProofWithinHour, staffOf } from '../../../guards.tsx'
import { isWeakAction } from '../reports/act.tsx'
import { dayIn } from '../reports/days.ts'
import { accountPage } from './page.tsx'
import type { AccountForm } from './parts.ts'
import { suspendPage } from './suspend.tsx'

const path = '/admin/accounts/:id{[0-9]+}'
const guard = requirePermission('manage_users')

type Work = (tx: Tx, staff: Staff, id: AccountId, c: C) => Promise<unknown>

/** What each button and form of the page does; a refusal is shown at its form. */
const verbs: Record<string, { needs?: Permission; isStrong?: true; form: AccountForm; work: Work }> = {
  act: {
    form: 'act',
    work: (tx, staff, id, c) => {
      const action = c.var.form.text('action')
      if (!isWeakAction(action)) throw refuse('unprocessable', 'chooseAction')
      return strike(tx, staff, id, { action, ...writtenIn(c) })
    },
  },
  unsensitive: { form: 'state', work: (tx, staff, id) => endEffect(tx, staff, id, 'sensitive') },
  unlimit: { form: 'state', work: (tx, staff, id) => endEffect(tx, staff, id, 'silence') },
  enable: { form: 'state', work: (tx, staff, id) => endEffect(tx, staff, id, 'disable') },
  unsuspend: { form: 'state', isStrong: true, work: (tx, staff, id) => endEffect(tx, staff, id, 'suspend') },
  approve: { form: 'state', work: (tx, staff, id) => approveApplicants(tx, staff, [id]) },
  confirm: { form: 'state', work: confirmAddress },
  refetch: { form: 'state', work: refetchProfile },
  posts: {
    form: 'posts',
    work: (tx, staff, id, c) => {
      const { form } = c.var
      const chosen = form.texts('post').filter(isId) as StatusId[]
      if (chosen.length === 0) throw refuse('unprocessable', 'choosePosts')
      const action = form.text('do') === 'mark' ? 'mark_statuses_as_sensitive' : 'delete_statuses'
      return actOnStatuses(tx, staff, id, chosen, { action, text: form.text('words') })
    },
  },
  notes: { form: 'note', work: (tx, staff, id, c) => writeAccountNote(tx, staff, id, c.var.form.text('note')) },
  'end-sessions': { form: 'more', work: endSessions },
  'reset-password': { needs: 'manage_user_access', isStrong: true, form: 'more', work: resetPassword },
  role: {
    needs: 'manage_roles',
    isStrong: true,
    form: 'role',
    work: (tx, staff, id, c) => {
      const role = c.var.form.text('role')
      if (!/^-?\d{1,19}$/.test(role)) throw notFound()
      return changeRole(tx, staff, id, role as RoleId)
    },
  },
  address: {
    needs: 'manage_user_access',
    isStrong: true,
    form: 'address',
    work: (tx, staff, id, c) => changeAddress(tx, staff, id, c.var.form.text('email')),
  },
  profile: {
    form: 'profile',
    work: (tx, staff, id, c) => {
      const { form } = c.var
      const part = (name: string) => (form.isChecked(name) ? { [name]: true } : {})
      const name = form.text('displayName')
      return changeProfile(tx, staff, id, {
        ...(form.texts('displayName').length > 0 && name !== form.text('was') ? { displayName: name } : {}),
        ...part('avatar'),
        ...part('header'),
        ...part('note'),
        ...part('fields'),
      })
    },
  },
  memorial: {
    needs: 'delete_user_data',
    isStrong: true,
    form: 'more',
    work: (tx, staff, id) => setMemorial(tx, staff, id, true),
  },
  unmemorial: {
    needs: 'delete_user_data',
    isStrong: true,
    form: 'more',
    work: (tx, staff, id) => setMemorial(tx, staff, id, false),
  },
  purge: {
    needs: 'delete_user_data',
    isStrong: true,
    form: 'purge',
    work: (tx, staff, id, c) => purgeAccount(tx, staff, id, c.var.form.text('name')),
  },
}

/** One account, with everything that staff see of it and may do to it. */
export const accountPages = new Hono<Env>()
  .get(path, guard, (c) => accountPage(c, idOf(c)))
  .get(`${path}/suspend`, guard, requireProof, (c) => suspendPage(c, idOf(c)))
  .post(`${path}/suspend`, guard, requireProofWithinHour, async (c) => {
    const id = idOf(c)
    const refusal = await refusalOf(() =>
      c.var.app.db.transaction(async (tx) =>
        strike(tx, await staffOf(c, tx), id, { action: 'suspend', ...writtenIn(c) }),
      ),
    )
    return refusal ? suspendPage(c, id, refusal) : backTo(c, id)
  })
  .post(`${path}/notes/:note/delete`, guard, (c) =>
    handle(c, 'note', (tx, staff, id) => deleteAccountNote(tx, staff, id, named(c, 'note') as NoteId)),
  )
  .post(`${path}/strikes/:strike/lift`, guard, async (c, next) => {
    const strikeId = named(c, 'strike') as StrikeId
    const lift = () => handle(c, 'state', (tx, staff, id) => liftStrikeOf(tx, staff, id, strikeId))
    if (!(await isSuspension(c.var.app.db, strikeId))) return lift()
    let answer: Response | undefined
    const redirect = await requireProof(c, async () => {
      answer = await lift()
    })
    return answer ?? redirect ?? next()
  })

for (const [verb, { needs, isStrong, form, work }] of Object.entries(verbs))
  accountPages.post(
    `${path}/${verb}`,
    requirePermission(needs ?? 'manage_users'),
    isStrong ? requireProof : (_, next) => next(),
    (c) => handle(c, form, work),
  )

/** The fields of a strike in a form. */
const writtenIn = ({ var: { form } }: C) => ({
  text: form.text('text'),
  endsAt: dayIn(form.text('ends_on')),
  reviewAt: dayIn(form.text('review_on')),
})

async function handle(c: C, form: AccountForm, work: Work): Promise<Response> {
  const id = idOf(c)
  const refusal = await refusalOf(() => c.var.app.db.transaction(async (tx) => work(tx, await staffOf(c, tx), id, c)))
  return refusal ? accountPage(c, id, { refusal, form }) : backTo(c, id)
}

const backTo = (c: C, id: AccountId): Response => c.redirect(`/admin/accounts/${id}?done=1`, 303)

const idOf = (c: C): AccountId => named(c, 'id') as AccountId

function named(c: C, name: string): string {
  const id = c.req.param(name) ?? ''
  if (!isId(id)) throw notFound()
  return id
}
