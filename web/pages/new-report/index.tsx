import { Hono } from 'hono'
import { countAction } from '#src/accounts/sessions/attempts.ts'
import type { AccountView } from '#src/accounts/views.ts'
import { loadRules } from '#src/moderation/instance-rules.ts'
import { createReport, type ReportInput, reportCategories } from '#src/moderation/reports/create.ts'
import type { Tx } from '#src/platform/db/index.ts'
import { notFound, Refusal } from '#src/platform/errors.ts'
import { type AccountId, type Id, isId, type StatusId } from '#src/platform/ids.ts'
import { accountTimeline } from '#src/reading/timelines/account.ts'
import { block } from '#src/relationships/block.ts'
import { unfollow } from '#src/relationships/follow.ts'
import { mute } from '#src/relationships/mute.ts'
import { loadRelationships } from '#src/relationships/views.ts'
import { reportableStatuses } from '#src/statuses/reported.ts'
import { loadStatusViews, type StatusView } from '#src/statuses/views/views.ts'
import { problemWith } from '#src/text/refusals.ts'
import { nameOf } from '../../components/account.tsx'
import { Form, Refused } from '../../components/form.tsx'
import { Head } from '../../components/layout.tsx'
import type { C, Env } from '../../env.ts'
import { refusalOf } from '../../forms.ts'
import { requireViewer, viewerOf } from '../../guards.tsx'
import { page } from '../../page.tsx'
import { statusOf } from '../../problem.ts'
import { refusedField } from '../../refused.ts'
import { somebodyElse } from '../somebody-else.ts'
import { also, type Answers, blank, maxShown, shownAtFirst } from './answers.ts'
import { Besides, Category, Forward, Posts, Rules, Words } from './steps.tsx'

const path = '/reports/new'

/** The form by which people report a person, or posts of theirs, to the moderators. */
export const newReports = new Hono<Env>()
  .get(path, requireViewer, async (c) => {
    const target = await somebodyElse(c, c.req.query('account') ?? '')
    const status = c.req.query('status')
    const statusIds = status === undefined ? [] : await reportable(c, target.id, [status])
    if (status !== undefined && statusIds.length === 0) throw notFound()
    return formPage(c, target, { ...blank, statusIds })
  })
  .post(path, requireViewer, async (c) => {
    const { app, form } = c.var
    const { accountId } = viewerOf(c)
    const target = await somebodyElse(c, form.text('account'))
    const answers = answersOf(c)
    if (form.isChecked('more'))
      return formPage(c, target, {
        ...answers,
        statusIds: await reportable(c, target.id, answers.statusIds),
        shown: Math.min(answers.shown + shownAtFirst, maxShown),
      })
    const refusal = await refusalOf(async () => {
      const input = inputOf(target.id, answers)
      await countAction(app, 'reports', accountId)
      await app.db.transaction(async (tx) => {
        await createReport(tx, app.uris, accountId, input)
        for (const one of also) if (form.isChecked(one)) await besides[one](tx, c, target.id)
      })
    })
    if (refusal) return formPage(c, target, answers, refusal)
    return c.redirect('/settings/reports?sent=1', 303)
  })

const besides: Record<(typeof also)[number], (tx: Tx, c: C, target: AccountId) => Promise<unknown>> = {
  unfollow: (tx, c, target) => unfollow(tx, viewerOf(c).accountId, target),
  mute: (tx, c, target) => mute(tx, viewerOf(c).accountId, target),
  block: (tx, c, target) => block(tx, c.var.app.uris, viewerOf(c).accountId, target),
}

const reportable = (c: C, author: AccountId, ids: readonly string[]): Promise<StatusId[]> =>
  reportableStatuses(c.var.app.db, viewerOf(c).accountId, author, ids.filter(isId).slice(0, maxShown) as StatusId[])

function answersOf(c: C): Answers {
  const { form } = c.var
  const shown = Number(form.text('shown'))
  return {
    category: form.text('category'),
    ruleIds: form.texts('rule'),
    statusIds: form.texts('status').slice(0, maxShown),
    comment: form.text('comment'),
    isForwarded: form.isChecked('forward'),
    also: also.filter((one) => form.isChecked(one)),
    shown: Number.isInteger(shown) ? Math.min(Math.max(shown, shownAtFirst), maxShown) : shownAtFirst,
  }
}

/** @throws Refusal `invalid` without a category; `not_found` for ids that are none */
function inputOf(targetId: AccountId, { ruleIds, statusIds, comment, isForwarded, ...answers }: Answers): ReportInput {
  const category = reportCategories.find((one) => one === answers.category)
  if (!category) {
    const problem = problemWith('category', 'ERR_INCLUSION', 'notOffered')
    throw new Refusal('invalid', problem.message, [problem])
  }
  if (![...ruleIds, ...statusIds].every(isId)) throw notFound()
  return {
    targetId,
    category,
    statusIds: statusIds as StatusId[],
    ruleIds: category === 'violation' ? (ruleIds as Id<'rule'>[]) : [],
    comment,
    isForwarded,
  }
}

async function formPage(
  c: C,
  target: AccountView,
  answers: Answers,
  refusal: Refusal | null = null,
): Promise<Response> {
  const { app, messages } = c.var
  const { t } = messages
  const viewer = viewerOf(c).accountId
  const [rules, posts, [relationship]] = await Promise.all([
    loadRules(app.db),
    postsOf(c, target.id, answers),
    loadRelationships(app.db, viewer, [target.id]),
  ])
  const title = t('reportForm.title', { name: nameOf(target) })
  const steps = { target, answers, problems: refusal?.problems ?? [], refused: refusedField(refusal) }
  return page(
    c,
    { title, isPrivate: true },
    <>
      <Head title={title} />
      <Form action={path} class="sheet report-form" label={title}>
        <Refused refusal={refusal} />
        <input type="hidden" name="account" value={target.id} />
        <input type="hidden" name="return_to" value={`${path}?account=${target.id}`} />
        <p>{t('reportForm.lead', { name: `@${target.acct}` })}</p>
        <Category {...steps} hasRules={rules.length > 0} />
        {rules.length > 0 && <Rules {...steps} rules={rules} />}
        <Posts {...steps} posts={posts} />
        <Words {...steps} />
        {!target.isLocal && <Forward {...steps} />}
        {relationship && <Besides {...steps} relationship={relationship} />}
        <div class="buttons">
          <button type="submit" class="button button-bad">
            {t('reportForm.send')}
          </button>
        </div>
      </Form>
    </>,
    refusal ? statusOf(refusal) : 200,
  )
}

/** The posts to choose from: those that are ticked, and the latest. */
async function postsOf(c: C, author: AccountId, { statusIds, shown }: Answers): Promise<StatusView[]> {
  const { db } = c.var.app
  const viewer = viewerOf(c).accountId
  const latest = await accountTimeline(db, viewer, author, { excludeReblogs: true }, { limit: shown })
  const ticked = await reportable(c, author, statusIds)
  const ids = [...new Set([...ticked, ...latest])]
  const views = await loadStatusViews(db, viewer, ids)
  // After a block, in whichever direction, what everybody sees can be reported still.
  const hidden = ticked.filter((id) => !views.some((view) => view.id === id))
  return [...(await loadStatusViews(db, null, hidden)), ...views]
}
