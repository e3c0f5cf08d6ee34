import { Hono } from 'hono'
import { staffMember } from '#src/accounts/roles/staff.ts'
import { accountToRead, type Look, maxReasonLength, type Occasion, readPrivate } from '#src/moderation/read-private.ts'
import { notFound, type Refusal } from '#src/platform/errors.ts'
import { type AccountId, isId, type ReportId, type StatusId } from '#src/platform/ids.ts'
import { acctOf } from '#src/text/acct.ts'
import { Field, Form, Kept, Refused } from '../../components/form.tsx'
import { Words } from '../../components/reported-words.tsx'
import type { C, Env } from '../../env.ts'
import { refusalOf, typedForm } from '../../forms.ts'
import { requirePermission, requireProof, requireProofKeepingForm, staffOf, viewerOf } from '../../guards.tsx'
import { page } from '../../page.tsx'
import { statusOf } from '../../problem.ts'
import { AdminHead } from './tabs.tsx'

const path = '/admin/accounts/:id/private'
const guard = requirePermission('manage_reports', 'manage_users')

/** Posts that are not public, for staff with a report or a reason. Nothing is shown before it is stated. */
export const privatePosts = new Hono<Env>()
  .get(path, guard, requireProof, (c) => privatePage(c, occasionOf(c, c.req.query('report') ?? '')))
  .post(path, guard, requireProofKeepingForm, async (c) => {
    const { app, form } = c.var
    const occasion = occasionOf(c, form.text('report'))
    const [reason, before] = [form.text('reason'), form.text('before')]
    if (before !== '' && !isId(before)) throw notFound()
    let look: Look | undefined
    const refusal = await refusalOf(async () => {
      look = await app.db.transaction(async (tx) =>
        readPrivate(tx, await staffOf(c, tx), app.uris, {
          ...occasion,
          reason,
          before: before === '' ? null : (before as StatusId),
        }),
      )
    })
    return privatePage(c, occasion, { reason, refusal, look })
  })

function occasionOf(c: C, report: string): Occasion {
  const id = c.req.param('id') ?? ''
  if (!isId(id) || (report !== '' && !isId(report))) throw notFound()
  return { accountId: id as AccountId, reportId: report === '' ? null : (report as ReportId) }
}

type Sent = { reason: string; refusal: Refusal | null; look: Look | undefined }

async function privatePage(
  c: C,
  occasion: Occasion,
  { reason: sent, refusal, look }: Partial<Sent> = {},
): Promise<Response> {
  const { db } = c.var.app
  const { t } = c.var.messages
  const staff = await staffMember(db, viewerOf(c).accountId)
  const { accountId, reportId } = occasion
  const account = await accountToRead(db, staff, occasion)
  const kept = sent === undefined ? await typedForm(c, null) : null
  const reason = sent ?? kept?.text('reason')
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
            {kept && <Kept />}
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
                value={reason ?? ''}
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
            {look.posts.map((post) => (
              <article class="reported-post">
                <Words post={post} />
              </article>
            ))}
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
    </>,
    refusal ? statusOf(refusal) : 200,
  )
}
