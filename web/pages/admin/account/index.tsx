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
import { changeStrikeOf, endEffect, isSuspension, liftStrikeOf, strike } from '#src/moderation/accounts/strike.ts'
import { removeFilesOf } from '#src/moderation/files.ts'
import type { NoteId } from '#src/moderation/notes.ts'
import { actOnStatuses } from '#src/moderation/statuses.ts'
import type { Tx } from '#src/platform/db/index.ts'
import { notFound } from '#src/platform/errors.ts'
import { type AccountId, isId, type MediaId, type RoleId, type StatusId, type StrikeId } from '#src/platform/ids.ts'
import { refuse } from '#src/text/refusals.ts'
import type { C, Env } from '../../../env.ts'
import { refusalOf } from '../../../forms.ts'
import { requirePermission, requireProof, requireProofKeepingForm, staffOf } from '../../../guards.tsx'
import { isWeakAction } from '../reports/act.tsx'
import { dayIn } from '../reports/days.ts'
import { askPage } from './ask.tsx'
import { type Done, doneByLifting } from './done.tsx'
import { accountPage } from './page.tsx'
import type { AccountForm } from './parts.ts'
import { suspendPage } from './suspend.tsx'

const path = '/admin/accounts/:id{[0-9]+}'
const guard = requirePermission('manage_users')
/** Reading, and what staff also do from a report. */
const guardOfReports = requirePermission('manage_users', 'manage_reports')

type Work = (tx: Tx, staff: Staff, id: AccountId, c: C) => Promise<Done>

/** What a use case returns that has nothing to do in this state. */
const isNothing = (result: unknown): boolean => result === null || result === false
const thatIs =
  (done: Done, work: (tx: Tx, staff: Staff, id: AccountId, c: C) => Promise<unknown>): Work =>
  async (...all) =>
    isNothing(await work(...all)) ? 'unchanged' : done

/** `proof`: whether a proof of identity is asked first, and whether the form has something to type, which is kept meanwhile. */
type Verb = { needs?: [Permission, ...Permission[]]; proof?: 'bare' | 'keepsForm'; form: AccountForm; work: Work }

const proofs = {
  bare: requireProof,
  keepsForm: requireProofKeepingForm,
  none: (_: C, next: () => Promise<void>) => next(),
}

/** What each button and form of the page does; a refusal is shown at its form. */
const verbs: Record<string, Verb> = {
  act: {
    needs: ['manage_users', 'manage_reports'],
    form: 'act',
    work: async (tx, staff, id, c) => {
      const action = c.var.form.text('action')
      if (!isWeakAction(action)) throw refuse('unprocessable', 'chooseAction')
      return (await strike(tx, staff, id, { action, ...writtenIn(c) })) === null ? 'unchanged' : action
    },
  },
  unsensitive: { form: 'state', work: thatIs('unsensitive', (tx, staff, id) => endEffect(tx, staff, id, 'sensitive')) },
  unlimit: { form: 'state', work: thatIs('unlimit', (tx, staff, id) => endEffect(tx, staff, id, 'silence')) },
  enable: { form: 'state', work: thatIs('enable', (tx, staff, id) => endEffect(tx, staff, id, 'disable')) },
  unsuspend: {
    proof: 'bare',
    form: 'state',
    work: thatIs('unsuspend', (tx, staff, id) => endEffect(tx, staff, id, 'suspend')),
  },
  approve: {
    form: 'state',
    work: thatIs('approve', async (tx, staff, id) => (await approveApplicants(tx, staff, [id])).length > 0),
  },
  confirm: { form: 'state', work: thatIs('confirm', confirmAddress) },
  refetch: { form: 'more', work: thatIs('refetch', refetchProfile) },
  posts: {
    needs: ['manage_users', 'manage_reports'],
    form: 'posts',
    work: async (tx, staff, id, c) => {
      const { form } = c.var
      const chosen = form.texts('post').filter(isId) as StatusId[]
      if (chosen.length === 0) throw refuse('unprocessable', 'choosePosts')
      const isMark = form.text('do') === 'mark'
      const action = isMark ? 'mark_statuses_as_sensitive' : 'delete_statuses'
      const told = { text: form.text('words'), mails: form.isChecked('mails') }
      const { done } = await actOnStatuses(tx, staff, id, chosen, { action, ...told })
      return done.length === 0 ? 'unchanged' : isMark ? 'mark' : 'delete'
    },
  },
  files: {
    needs: ['manage_users', 'manage_reports'],
    form: 'files',
    work: thatIs('files', (tx, staff, id, c) => {
      const { form } = c.var
      const chosen = form.texts('file').filter(isId) as MediaId[]
      if (chosen.length === 0) throw refuse('unprocessable', 'chooseFiles')
      return removeFilesOf(tx, staff, id, chosen, { text: form.text('files_text'), mails: form.isChecked('mails') })
    }),
  },
  notes: {
    needs: ['manage_users', 'manage_reports'],
    form: 'note',
    work: thatIs('note', (tx, staff, id, c) => writeAccountNote(tx, staff, id, c.var.form.text('note'))),
  },
  'end-sessions': {
    needs: ['manage_users', 'manage_user_access'],
    form: 'more',
    work: thatIs('sessions', endSessions),
  },
  'reset-password': {
    needs: ['manage_user_access'],
    proof: 'bare',
    form: 'more',
    work: thatIs('password', resetPassword),
  },
  role: {
    needs: ['manage_roles'],
    proof: 'keepsForm',
    form: 'role',
    work: thatIs('role', (tx, staff, id, c) => {
      const role = c.var.form.text('role')
      if (!/^-?\d{1,19}$/.test(role)) throw notFound()
      return changeRole(tx, staff, id, role as RoleId)
    }),
  },
  address: {
    needs: ['manage_user_access'],
    proof: 'keepsForm',
    form: 'address',
    work: thatIs('address', (tx, staff, id, c) => changeAddress(tx, staff, id, c.var.form.text('email'))),
  },
  profile: {
    form: 'profile',
    work: async (tx, staff, id, c) => {
      const { form } = c.var
      const name = form.text('displayName')
      const parts = (['avatar', 'header', 'note', 'fields'] as const).filter((part) => form.isChecked(part))
      const isRenamed = form.texts('displayName').length > 0 && name !== form.text('was')
      if (!isRenamed && parts.length === 0) return 'unchanged'
      await changeProfile(tx, staff, id, {
        ...(isRenamed ? { displayName: name } : {}),
        ...Object.fromEntries(parts.map((part) => [part, true as const])),
      })
      return 'profile'
    },
  },
  memorial: {
    needs: ['delete_user_data'],
    proof: 'bare',
    form: 'more',
    work: thatIs('memorial', (tx, staff, id) => setMemorial(tx, staff, id, true)),
  },
  unmemorial: {
    needs: ['delete_user_data'],
    proof: 'bare',
    form: 'more',
    work: thatIs('unmemorial', (tx, staff, id) => setMemorial(tx, staff, id, false)),
  },
  purge: {
    needs: ['delete_user_data'],
    proof: 'keepsForm',
    form: 'purge',
    work: thatIs('purge', (tx, staff, id, c) => purgeAccount(tx, staff, id, c.var.form.text('name'))),
  },
}

/** One account, with everything that staff see of it and may do to it. */
export const accountPages = new Hono<Env>()
  .get(path, guardOfReports, (c) => accountPage(c, idOf(c)))
  .get(`${path}/memorial`, requirePermission('delete_user_data'), requireProof, (c) => askPage(c, idOf(c), 'memorial'))
  .get(`${path}/reset-password`, requirePermission('manage_user_access'), requireProof, (c) =>
    askPage(c, idOf(c), 'reset-password'),
  )
  .get(`${path}/suspend`, guard, requireProof, (c) => suspendPage(c, idOf(c)))
  .post(`${path}/suspend`, guard, requireProofKeepingForm, async (c) => {
    const id = idOf(c)
    let done: Done = 'suspend'
    const refusal = await refusalOf(() =>
      c.var.app.db.transaction(async (tx) => {
        const made = await strike(tx, await staffOf(c, tx), id, { action: 'suspend', ...writtenIn(c) })
        if (made === null) done = 'unchanged'
      }),
    )
    return refusal ? suspendPage(c, id, refusal) : backTo(c, id, done)
  })
  .post(`${path}/notes/:note/delete`, guardOfReports, (c) =>
    handle(
      c,
      'note',
      thatIs('unnote', (tx, staff, id) => deleteAccountNote(tx, staff, id, named(c, 'note') as NoteId)),
    ),
  )
  .post(`${path}/strikes/:strike/dates`, guard, (c) => {
    const strikeId = named(c, 'strike') as StrikeId
    const day = (name: string) => dayIn(c.var.form.text(`${name}_${strikeId}`))
    return handle(
      c,
      `strike-${strikeId}`,
      thatIs('dates', (tx, staff, id) =>
        changeStrikeOf(tx, staff, id, strikeId, { endsAt: day('ends'), reviewAt: day('review') }),
      ),
    )
  })
  .post(`${path}/strikes/:strike/lift`, requirePermission('manage_users'), async (c, next) => {
    const strikeId = named(c, 'strike') as StrikeId
    const lift = () =>
      handle(c, 'state', async (tx, staff, id) => doneByLifting[await liftStrikeOf(tx, staff, id, strikeId)])
    if (!(await isSuspension(c.var.app.db, strikeId))) return lift()
    let answer: Response | undefined
    const redirect = await requireProof(c, async () => {
      answer = await lift()
    })
    return answer ?? redirect ?? next()
  })

for (const [verb, { needs, proof = 'none', form, work }] of Object.entries(verbs))
  accountPages.post(`${path}/${verb}`, needs ? requirePermission(...needs) : guard, proofs[proof], (c) =>
    handle(c, form, work),
  )

/** The fields of a strike in a form. */
const writtenIn = ({ var: { form } }: C) => ({
  text: form.text('text'),
  endsAt: dayIn(form.text('ends_on')),
  reviewAt: dayIn(form.text('review_on')),
  mails: form.isChecked('mails'),
})

async function handle(c: C, form: AccountForm, work: Work): Promise<Response> {
  const id = idOf(c)
  let done: Done = 'unchanged'
  const refusal = await refusalOf(async () => {
    done = await c.var.app.db.transaction(async (tx) => work(tx, await staffOf(c, tx), id, c))
  })
  return refusal ? accountPage(c, id, { refusal, form }) : backTo(c, id, done)
}

const backTo = (c: C, id: AccountId, done: Done): Response => c.redirect(`/admin/accounts/${id}?done=${done}`, 303)

const idOf = (c: C): AccountId => named(c, 'id') as AccountId

function named(c: C, name: string): string {
  const id = c.req.param(name) ?? ''
  if (!isId(id)) throw notFound()
  return id
}
