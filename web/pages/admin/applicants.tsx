import { Hono } from 'hono'
import type { Child, FC } from 'hono/jsx'
import { type Staff, staffMember } from '#src/accounts/roles/staff.ts'
import {
  type Applicant,
  applicantNames,
  applicantsAtOnce,
  loadApplicants,
  maxRejectionText,
} from '#src/accounts/sign-up/applicants.ts'
import { approveApplicants, rejectApplicants } from '#src/accounts/sign-up/applicants.ts'
import type { Refusal } from '#src/platform/errors.ts'
import { type AccountId, isId } from '#src/platform/ids.ts'
import { refuse } from '#src/text/refusals.ts'
import { Field, Form, NoticeBox, Refused } from '../../components/form.tsx'
import { useFormats, useMessages } from '../../components/page-context.ts'
import { Ago } from '../../components/time.tsx'
import type { C, Env } from '../../env.ts'
import { refusalOf } from '../../forms.ts'
import { requirePermission, staffOf, viewerOf } from '../../guards.tsx'
import { page } from '../../page.tsx'
import { statusOf } from '../../problem.ts'
import { AdminHead } from './tabs.tsx'

const path = '/admin/applicants'
const unconfirmedPath = `${path}/unconfirmed`

/** Sign-ups that wait for a moderator: a list to look through, with one form for one answer or for many. */
export const applicants = new Hono<Env>()
  .get(path, requirePermission('manage_users'), (c) => listPage(c, true))
  .get(unconfirmedPath, requirePermission('manage_users'), (c) => listPage(c, false))
  .post(path, requirePermission('manage_users'), async (c) => {
    const { app, form } = c.var
    // One button for one person, or a button for all who are ticked.
    const [answer, one] = form.text('answer').split(' ')
    const ids = one ? [one].filter(isId) : chosenIn(c)
    const isConfirmed = form.text('list') !== 'unconfirmed'
    if (ids.length === 0) return listPage(c, isConfirmed, refuse('unprocessable', 'chooseApplicant'))
    if (answer === 'reject') return rejectionPage(c, isConfirmed, ids as AccountId[])
    const approved = await app.db.transaction(async (tx) =>
      approveApplicants(tx, await staffOf(c, tx), ids as AccountId[]),
    )
    return c.redirect(`${isConfirmed ? path : unconfirmedPath}?approved=${approved.length}`, 303)
  })
  .post(`${path}/reject`, requirePermission('manage_users'), async (c) => {
    const { app, form } = c.var
    const ids = form.text('ids').split(' ').filter(isId) as AccountId[]
    const isConfirmed = form.text('list') !== 'unconfirmed'
    let rejected: AccountId[] = []
    const refusal = await refusalOf(async () => {
      rejected = await app.db.transaction(async (tx) =>
        rejectApplicants(tx, app.secrets, await staffOf(c, tx), ids, form.text('text')),
      )
    })
    if (refusal) return rejectionPage(c, isConfirmed, ids, refusal)
    return c.redirect(`${isConfirmed ? path : unconfirmedPath}?rejected=${rejected.length}`, 303)
  })

const staffOfPage = (c: C): Promise<Staff> => staffMember(c.var.app.db, viewerOf(c).accountId)

/** The ticked people of the page, or all of it. */
function chosenIn(c: C): string[] {
  const { form } = c.var
  const ids = form.isChecked('all') ? form.text('ids').split(' ') : form.texts('pick')
  return ids.filter(isId).slice(0, applicantsAtOnce)
}

async function listPage(c: C, isConfirmed: boolean, refusal: Refusal | null = null): Promise<Response> {
  const { app, messages } = c.var
  const { t } = messages
  const asked = c.req.query('after') ?? ''
  const after = isId(asked) ? (asked as AccountId) : null
  const found = await loadApplicants(app.db, await staffOfPage(c), { isConfirmed, after, limit: applicantsAtOnce + 1 })
  const shown = found.slice(0, applicantsAtOnce)
  const here = isConfirmed ? path : unconfirmedPath
  return page(
    c,
    t('admin.applicantsTitle'),
    <>
      <AdminHead here={path} />
      <Done name="approved" count={c.req.query('approved')} />
      <Done name="rejected" count={c.req.query('rejected')} />
      <Refused refusal={refusal} />
      {!isConfirmed && <p class="hint approvals-hint">{t('admin.unconfirmedLead')}</p>}
      {shown.length > 0 ? (
        <List applicants={shown} isConfirmed={isConfirmed} />
      ) : (
        <div class="empty">{t(isConfirmed ? 'admin.nobodyWaits' : 'admin.nobodyUnconfirmed')}</div>
      )}
      <nav class="pagination" aria-label={t('common.pages')}>
        {after && <a href={here}>{t('admin.firstApplicants')}</a>}
        {found.length > shown.length && (
          <a href={`${here}?after=${shown.at(-1)?.id}`} rel="next">
            {t('admin.moreApplicants')}
          </a>
        )}
        {isConfirmed ? (
          <a href={unconfirmedPath}>{t('admin.unconfirmedLink')}</a>
        ) : (
          <a href={path}>{t('admin.confirmedLink')}</a>
        )}
      </nav>
    </>,
    refusal ? statusOf(refusal) : 200,
  )
}

/** What the form before did. */
const Done: FC<{ name: 'approved' | 'rejected'; count: string | undefined }> = ({ name, count }) => {
  const { t } = useMessages()
  return count && /^\d{1,2}$/.test(count) ? (
    <NoticeBox kind="good">{t(`admin.${name}Note`, { count: Number(count) })}</NoticeBox>
  ) : null
}

const List: FC<{ applicants: Applicant[]; isConfirmed: boolean }> = ({ applicants: shown, isConfirmed }) => {
  const { t } = useMessages()
  return (
    <Form action={path} class="approvals" label={t('admin.applicantsTitle')}>
      {/* The first button is what Enter in a box would press: a disabled one keeps it from answering anybody. */}
      <button type="submit" disabled hidden />
      <input type="hidden" name="list" value={isConfirmed ? 'confirmed' : 'unconfirmed'} />
      <input type="hidden" name="ids" value={shown.map(({ id }) => id).join(' ')} />
      <div class="people">
        {shown.map((applicant) => (
          <Entry applicant={applicant} />
        ))}
      </div>
      <div class="buttons approvals-all" role="group" aria-label={t('admin.applicantsChosen')}>
        <label class="check">
          <input type="checkbox" name="all" value="1" />
          <span>{t('admin.chooseAll', { count: shown.length })}</span>
        </label>
        <button type="submit" name="answer" value="approve" class="button">
          {t('admin.approveChosen')}
        </button>
        <button type="submit" name="answer" value="reject" class="button button-quiet">
          {t('admin.rejectChosen')}
        </button>
      </div>
    </Form>
  )
}

const Entry: FC<{ applicant: Applicant }> = ({ applicant }) => {
  const { t } = useMessages()
  const { id, username: name, reason } = applicant
  return (
    <article class="person approval">
      <label class="approval-pick">
        <input type="checkbox" name="pick" value={id} aria-label={t('admin.chooseApplicant', { name })} />
      </label>
      <div class="approval-body">
        <h2 class="applicant-name">
          <a href={`/admin/accounts/${id}`}>@{name}</a>
        </h2>
        <blockquote class="approval-text" dir="auto">
          {reason ?? t('admin.noReason')}
        </blockquote>
        <Facts applicant={applicant} />
      </div>
      <div class="buttons">
        <button
          type="submit"
          name="answer"
          value={`approve ${id}`}
          class="button"
          aria-label={t('admin.approveOf', { name })}
        >
          {t('common.approve')}
        </button>
        <button
          type="submit"
          name="answer"
          value={`reject ${id}`}
          class="button button-quiet"
          aria-label={t('admin.rejectOf', { name })}
        >
          {t('common.reject')}
        </button>
      </div>
    </article>
  )
}

const Facts: FC<{ applicant: Applicant }> = ({ applicant }) => {
  const { t, rich } = useMessages()
  const formats = useFormats()
  const { id, mailHost, address, language, inviter, createdAt } = applicant
  const facts: Child[] = [
    <>{rich('admin.asked', { age: <Ago at={createdAt} /> })}</>,
    <>{rich('admin.mailHost', { host: <bdi>{mailHost}</bdi> })}</>,
    address && t('admin.signUpFrom', { address }),
    language && t('admin.speaks', { language: formats.language(language) ?? language }),
    inviter && t('admin.invitedBy', { name: inviter }),
    <a href={`/admin/accounts/${id}/security`}>{t('settings.security')}</a>,
  ].filter(Boolean)
  return (
    <ul class="applicant-facts">
      {facts.map((fact) => (
        <li>{fact}</li>
      ))}
    </ul>
  )
}

/** Asks before people are rejected, and for a text to them. */
async function rejectionPage(
  c: C,
  isConfirmed: boolean,
  ids: AccountId[],
  refusal: Refusal | null = null,
): Promise<Response> {
  const { t } = c.var.messages
  const people = await applicantNames(c.var.app.db, await staffOfPage(c), ids)
  const count = people.length
  return page(
    c,
    t('admin.rejectTitle', { count }),
    <>
      <AdminHead here={path} />
      <Form action={`${path}/reject`} class="sheet" label={t('admin.rejectTitle', { count })}>
        <Refused refusal={refusal} />
        <h2>{t('admin.rejectTitle', { count })}</h2>
        <ul>
          {people.map(({ username }) => (
            <li>@{username}</li>
          ))}
        </ul>
        <p>{t('admin.rejectLead')}</p>
        <input type="hidden" name="list" value={isConfirmed ? 'confirmed' : 'unconfirmed'} />
        <input type="hidden" name="ids" value={people.map(({ id }) => id).join(' ')} />
        <Field
          name="text"
          label={t('admin.rejectText')}
          rows={4}
          value={refusal ? c.var.form.text('text') : ''}
          problems={refusal?.problems ?? []}
          maxlength={maxRejectionText}
          hint={t('admin.rejectTextHint')}
        />
        <div class="buttons">
          <button type="submit" class="button button-bad">
            {t('admin.rejectNow', { count })}
          </button>
          <a href={isConfirmed ? path : unconfirmedPath} class="button button-quiet">
            {t('admin.rejectNot')}
          </a>
        </div>
      </Form>
    </>,
    refusal ? statusOf(refusal) : 200,
  )
}
