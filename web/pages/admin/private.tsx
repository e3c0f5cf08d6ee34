import { Hono } from 'hono'
import { staffMember } from '#src/accounts/roles/staff.ts'
import { accountToRead, type Look, maxReasonLength, type Occasion, readPrivate } from '#src/moderation/read-private.ts'
import { actOnStatuses } from '#src/moderation/statuses.ts'
import { notFound, type Refusal } from '#src/platform/errors.ts'
import { type AccountId, isId, type ReportId, type StatusId } from '#src/platform/ids.ts'
import { acctOf } from '#src/text/acct.ts'
import { refuse } from '#src/text/refusals.ts'
import { Field, Form, Kept, Refused } from '../../components/form.tsx'
import { Words } from '../../components/reported-words.tsx'
import type { C, Env } from '../../env.ts'
import { refusalOf, typedForm } from '../../forms.ts'
import { requirePermission, requireProof, requireProofKeepingForm, staffOf, viewerOf } from '../../guards.tsx'
import { page } from '../../page.tsx'
import { statusOf } from '../../problem.ts'
import { ChoosePost, PostsForm } from './reports/posts-form.tsx'
import { AdminHead } from './tabs.tsx'

const path = '/admin/accounts/:id/private'
const guard = requirePermission('manage_reports', 'manage_users')

/** Posts that are not public, for staff with a report or a reason. Nothing is shown before it is stated. */
export const privatePosts = new Hono<Env>()
  .get(path, guard, requireProof, (c) => privatePage(c, occasionOf(c, c.req.query('report') ?? '')))
  .post(path, guard, requireProofKeepingForm, async (c) => {
    const occasion = occasionOf(c, c.var.form.text('report'))
    let look: Look | undefined
    const refusal = await refusalOf(async () => {
      look = await lookAt(c, occasion)
    })
    return privatePage(c, occasion, { refusal, look })
  })
  .post(`${path}/posts`, guard, requireProofKeepingForm, async (c) => {
    const { app, form } = c.var
    const occasion = occasionOf(c, form.text('report'))
    const { accountId, reportId } = occasion
    const isMark = form.text('do') === 'mark'
    let isDone = false
    const refusal = await refusalOf(() =>
      app.db.transaction(async (tx) => {
        const staff = await staffOf(c, tx)
        await accountToRead(tx, staff, occasion)
        const chosen = form.texts('post').filter(isId) as StatusId[]
        if (chosen.length === 0) throw refuse('unprocessable', 'choosePosts')
        const { done } = await actOnStatuses(tx, staff, accountId, chosen, {
          action: isMark ? 'mark_statuses_as_sensitive' : 'delete_statuses',
          text: form.text('words'),
          mails: form.isChecked('mails'),
          reportId,
        })
        isDone = done.length > 0
      }),
    )
    // The posts are shown again, which is one more look.
    if (refusal) return privatePage(c, occasion, { look: await lookAt(c, occasion), refusedAct: refusal })
    const [back, done] = reportId
      ? [`/admin/reports/${reportId}`, isDone ? 'act' : 'already-posts']
      : [`/admin/accounts/${accountId}`, isDone ? (isMark ? 'mark' : 'delete') : 'unchanged']
    return c.redirect(`${back}?done=${done}`, 303)
  })

/** Reads what the form asks for: posts older than `before`, for its report or reason. */
async function lookAt(c: C, occasion: Occasion): Promise<Look> {
  const { app, form } = c.var
  const [reason, before] = [form.text('reason'), form.text('before')]
  if (before !== '' && !isId(before)) throw notFound()
  return app.db.transaction(async (tx) =>
    readPrivate(tx, await staffOf(c, tx), app.uris, {
      ...occasion,
      reason,
      before: before === '' ? null : (before as StatusId),
    }),
  )
}

function occasionOf(c: C, report: string): Occasion {
  const id = c.req.param('id') ?? ''
  if (!isId(id) || (report !== '' && !isId(report))) throw notFound()
  return { accountId: id as AccountId, reportId: report === '' ? null : (report as ReportId) }
}

/** `refusal`: of the look; `refusedAct`: of acting on the posts that it showed. */
type Sent = { refusal: Refusal | null; look: Look | undefined; refusedAct: Refusal }

async function privatePage(
  c: C,
  occasion: Occasion,
  { refusal, look, refusedAct }: Partial<Sent> = {},
): Promise<Response> {
  const { db } = c.var.app
  const typed = (name: string) => (c.req.method === 'POST' ? c.var.form.text(name) : '')
  const { t } = c.var.messages
  const staff = await staffMember(db, viewerOf(c).accountId)
  const { accountId, reportId } = occasion
  const account = await accountToRead(db, staff, occasion)
  const kept = c.req.method === 'GET' ? await typedForm(c, null) : null
  const reason = kept?.text('reason') ?? typed('reason')
  const title = t('readPrivate.title', { name: `@${acctOf(account)}` })
  const action = `/admin/accounts/${accountId}/private`
  const here = reportId ? `${action}?report=${reportId}` : action
  return page(
    c,
    title,
    <>
      <AdminHead here={reportId ? '/admin/reports' : '/admin/accounts'} />
      <section class="sheet">
        <h2>{title}</h2>
        {!look && (
          <Form action={action} label={title}>
            <Refused refusal={refusal ?? null} />
            {kept && kept.text('do') === '' && <Kept />}
            <input type="hidden" name="return_to" value={here} />
            <p>{t('readPrivate.lead')}</p>
            <p class="hint">{t('readPrivate.recorded')}</p>
            {reportId ? (
              <>
                <input type="hidden" name="report" value={reportId} />
                <p>{t('readPrivate.fromReport', { id: reportId })}</p>
              </>
            ) : (
              <Field
                name="reason"
                label={t('readPrivate.reason')}
                rows={3}
                value={reason}
                required
                maxlength={maxReasonLength}
                hint={t('readPrivate.reasonHint')}
                isRefused={Boolean(refusal)}
              />
            )}
            <div class="buttons">
              <button type="submit" class="button">
                {t('readPrivate.show')}
              </button>
              {reportId && (
                <a href={`/admin/reports/${reportId}`} class="button button-quiet">
                  {t('readPrivate.back')}
                </a>
              )}
            </div>
          </Form>
        )}
        {look && (
          <>
            <p class="hint">{t('readPrivate.shown', { count: look.posts.length })}</p>
            <div class="buttons">
              {look.before && (
                <Form action={action} label={t('readPrivate.older')}>
                  <input type="hidden" name="before" value={look.before} />
                  <input type="hidden" name="report" value={reportId ?? ''} />
                  <input type="hidden" name="reason" value={reason} />
                  <button type="submit" class="button button-quiet">
                    {t('readPrivate.older')}
                  </button>
                </Form>
              )}
              {reportId && (
                <a href={`/admin/reports/${reportId}`} class="button button-quiet">
                  {t('readPrivate.back')}
                </a>
              )}
            </div>
          </>
        )}
      </section>
      {look && look.posts.length > 0 && (
        <PostsForm
          action={`${action}/posts`}
          title={t('readPrivate.posts')}
          hint={hintOf(c, account.domain === null, reportId !== null)}
          isLocal={account.domain === null}
          refusal={refusedAct ?? null}
          words={refusedAct ? typed('words') : ''}
          mails={!refusedAct || c.var.form.isChecked('mails')}
        >
          <input type="hidden" name="before" value={typed('before')} />
          <input type="hidden" name="report" value={reportId ?? ''} />
          <input type="hidden" name="reason" value={reason} />
          <input type="hidden" name="return_to" value={here} />
          {look.posts.map((post) => (
            <article class="reported-post">
              <ChoosePost id={post.id} />
              <Words post={post} />
            </article>
          ))}
        </PostsForm>
      )}
    </>,
    refusal ? statusOf(refusal) : refusedAct ? statusOf(refusedAct) : 200,
  )
}

/** What acting on the posts means for the person, other servers and the report. */
function hintOf(c: C, isLocal: boolean, isForReport: boolean): string {
  const { t } = c.var.messages
  const effect = t(isLocal ? 'readPrivate.actHint' : 'readPrivate.actHintRemote')
  return isForReport ? `${effect} ${t('readPrivate.resolves')}` : effect
}
