import { Hono } from 'hono'
import { type Staff, staffMember } from '#src/accounts/roles/staff.ts'
import type { NoteId } from '#src/moderation/notes.ts'
import { actOnReported } from '#src/moderation/reports/act.ts'
import { reportCategories } from '#src/moderation/reports/create.ts'
import {
  answerReport,
  assignReport,
  changeReport,
  forwardReport,
  reopenReport,
  resolveReport,
  unassignReport,
} from '#src/moderation/reports/handle.ts'
import { deleteReportNote, writeReportNote } from '#src/moderation/reports/notes.ts'
import { strikeForReport } from '#src/moderation/reports/strike-for-report.ts'
import type { Tx } from '#src/platform/db/index.ts'
import { notFound } from '#src/platform/errors.ts'
import { type CollectionId, type Id, isId, type ReportId, type StatusId } from '#src/platform/ids.ts'
import { refuse } from '#src/text/refusals.ts'
import type { C, Env } from '../../../env.ts'
import { refusalOf } from '../../../forms.ts'
import { requirePermission, requireProof, requireProofKeepingForm, viewerOf } from '../../../guards.tsx'
import { isWeakAction, type WeakAction } from './act.tsx'
import { dayIn } from './days.ts'
import type { Done } from './done.tsx'
import { queuePage } from './queue.tsx'
import { reportPage, type ReportForm } from './report.tsx'
import { suspendPage } from './suspend.tsx'

const path = '/admin/reports'
const guard = requirePermission('manage_reports')

const verbs = {
  assign: assignReport,
  unassign: unassignReport,
  resolve: resolveReport,
  reopen: reopenReport,
  forward: forwardReport,
} as const

/** Reports: the queue, one report, and what staff do with it. */
export const reportPages = new Hono<Env>()
  .get(path, guard, queuePage)
  .get(`${path}/:id`, guard, (c) => reportPage(c, idOf(c)))
  .post(`${path}/:id/act`, guard, (c) => {
    const action = c.var.form.text('action')
    return handle(c, 'act', 'act', (tx, staff, id) => {
      if (!isWeakAction(action)) throw refuse('unprocessable', 'chooseAction')
      return act(c, tx, staff, id, action)
    })
  })
  .post(`${path}/:id/posts`, guard, (c) =>
    handle(c, 'posts', 'act', async (tx, staff, id) => {
      const { form } = c.var
      const chosen = {
        statusIds: form.texts('post').filter(isId) as StatusId[],
        collectionIds: form.texts('collection').filter(isId) as CollectionId[],
      }
      const action = form.text('do') === 'mark' ? 'mark_statuses_as_sensitive' : 'delete_statuses'
      const isDone = await actOnReported(tx, staff, id, chosen, {
        action,
        text: form.text('words'),
        mails: form.isChecked('mails'),
      })
      return isDone ? 'act' : 'already-posts'
    }),
  )
  .get(`${path}/:id/suspend`, guard, requireProof, (c) => suspendPage(c, idOf(c)))
  .post(`${path}/:id/suspend`, guard, requireProofKeepingForm, async (c) => {
    const id = idOf(c)
    let done: Done = 'act'
    const refusal = await refusalOf(() =>
      c.var.app.db.transaction(async (tx) => {
        done = await act(c, tx, await staffMember(tx, viewerOf(c).accountId), id, 'suspend')
      }),
    )
    return refusal ? suspendPage(c, id, refusal) : c.redirect(`${path}/${id}?done=${done}`, 303)
  })
  .post(`${path}/:id/change`, guard, (c) => {
    const category = reportCategories.find((name) => name === c.var.form.text('category'))
    const ruleIds = c.var.form.texts('rule').filter(isId) as Id<'rule'>[]
    return handle(c, 'change', 'change', (tx, staff, id) =>
      changeReport(tx, staff, id, { ...(category ? { category } : {}), ruleIds }),
    )
  })
  .post(`${path}/:id/answer`, guard, (c) =>
    handle(c, 'answer', 'answer', (tx, staff, id) => answerReport(tx, staff, id, c.var.form.text('answer'))),
  )
  .post(`${path}/:id/notes`, guard, (c) =>
    handle(c, 'note', 'note', (tx, staff, id) => writeReportNote(tx, staff, id, c.var.form.text('note'))),
  )
  .post(`${path}/:id/notes/:note/delete`, guard, (c) => {
    const note = c.req.param('note')
    if (!isId(note)) throw notFound()
    return handle(c, 'note', 'unnote', (tx, staff, id) => deleteReportNote(tx, staff, id, note as NoteId))
  })
  .post(`${path}/:id/:verb`, guard, (c) => {
    const verb = c.req.param('verb')
    if (!isVerb(verb)) throw notFound()
    return handle(c, 'state', verb, verbs[verb])
  })

const isVerb = (verb: string): verb is keyof typeof verbs => Object.hasOwn(verbs, verb)

function idOf(c: C): ReportId {
  const id = c.req.param('id') ?? ''
  if (!isId(id)) throw notFound()
  return id as ReportId
}

/** Does something with a report, and returns to it; a refusal stands at its form. */
async function handle(
  c: C,
  form: ReportForm,
  name: Done,
  work: (tx: Tx, staff: Staff, id: ReportId) => Promise<unknown>,
): Promise<Response> {
  const id = idOf(c)
  let done = name
  const refusal = await refusalOf(() =>
    c.var.app.db.transaction(async (tx) => {
      const result = await work(tx, await staffMember(tx, viewerOf(c).accountId), id)
      if (result === 'already' || result === 'already-posts') done = result
    }),
  )
  return refusal ? reportPage(c, id, { refusal, form }) : c.redirect(`${path}/${id}?done=${done}`, 303)
}

/** Acts against the reported account, by the fields of the form. */
async function act(
  c: C,
  tx: Tx,
  staff: Staff,
  reportId: ReportId,
  action: WeakAction | 'suspend',
): Promise<'act' | 'already'> {
  const { form } = c.var
  const isDone = await strikeForReport(tx, staff, reportId, {
    action,
    text: form.text('text'),
    endsAt: dayIn(form.text('ends_on')),
    reviewAt: dayIn(form.text('review_on')),
    mails: form.isChecked('mails'),
  })
  return isDone ? 'act' : 'already'
}
