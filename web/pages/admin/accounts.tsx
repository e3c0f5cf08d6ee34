import { Hono } from 'hono'
import { loadApplicants, rejectApplicant } from '#src/accounts/sign-up/applicants.ts'
import { approve } from '#src/accounts/sign-up/register.ts'
import { notFound } from '#src/platform/errors.ts'
import { type AccountId, isId } from '#src/platform/ids.ts'
import { Action, Field } from '../../components/form.tsx'
import { Moment } from '../../components/time.tsx'
import type { C, Env } from '../../env.ts'
import { requireRole, viewerOf } from '../../guards.tsx'
import { page } from '../../page.tsx'
import { AdminHead } from './tabs.tsx'

/** Sign-ups that wait for approval. */
export const applicants = new Hono<Env>()
  .get('/admin/accounts', requireRole('moderator'), async (c) => {
    const waiting = await loadApplicants(c.var.app.db, 100)
    const { t, rich } = c.var.messages
    return page(
      c,
      t('admin.signUps'),
      <>
        <AdminHead here="/admin/accounts" />
        {waiting.length === 0 && <div class="empty">{t('admin.nobodyWaits')}</div>}
        {waiting.map((applicant) => (
          <article class="sheet applicant">
            <h2>@{applicant.username}</h2>
            <p class="hint">
              {rich(applicant.isConfirmed ? 'admin.applicant' : 'admin.applicantUnconfirmed', {
                email: applicant.email,
                since: <Moment at={applicant.createdAt} />,
              })}
            </p>
            <blockquote dir="auto">{applicant.reason ?? t('admin.noReason')}</blockquote>
            <div class="buttons">
              <Action
                action={`/admin/accounts/${applicant.id}/approve`}
                label={t('admin.approveOf', { name: applicant.username })}
                class="button"
              >
                {t('common.approve')}
              </Action>
              <Action
                action={`/admin/accounts/${applicant.id}/reject`}
                label={t('admin.rejectOf', { name: applicant.username })}
                class="button button-bad"
              >
                {t('common.reject')}
              </Action>
              <a href={`/admin/accounts/${applicant.id}/security`}>{t('settings.security')}</a>
            </div>
          </article>
        ))}
        {viewerOf(c).role !== 'moderator' && (
          <p class="aside">
            <a href="/admin/accounts/reset-factors">{t('twoFactor.resetTitle')}</a>
          </p>
        )}
        <form action="/admin/accounts/security" class="sheet" aria-label={t('sessions.findAccount')}>
          <h2>{t('sessions.findAccount')}</h2>
          <Field name="name" label={t('sessions.username')} required autocapitalize="none" />
          <div class="buttons">
            <button type="submit" class="button button-quiet">
              {t('sessions.show')}
            </button>
          </div>
        </form>
      </>,
    )
  })
  .post('/admin/accounts/:id/approve', requireRole('moderator'), async (c) => {
    await c.var.app.db.transaction((tx) => approve(tx, idOf(c)))
    return c.redirect('/admin/accounts', 303)
  })
  .post('/admin/accounts/:id/reject', requireRole('moderator'), async (c) => {
    await c.var.app.db.transaction((tx) => rejectApplicant(tx, idOf(c)))
    return c.redirect('/admin/accounts', 303)
  })

function idOf(c: C): AccountId {
  const id = c.req.param('id') ?? ''
  if (!isId(id)) throw notFound()
  return id as AccountId
}
