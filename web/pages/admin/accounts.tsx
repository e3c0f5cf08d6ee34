import { Hono } from 'hono'
import { hasPermission } from '#src/accounts/roles/permissions.ts'
import { Field } from '../../components/form.tsx'
import type { Env } from '../../env.ts'
import { requirePermission, viewerOf } from '../../guards.tsx'
import { page } from '../../page.tsx'
import { AdminHead } from './tabs.tsx'

/** The way to what staff does for single accounts. */
export const accounts = new Hono<Env>().get('/admin/accounts', requirePermission('manage_users'), (c) => {
  const { t } = c.var.messages
  return page(
    c,
    t('admin.accounts'),
    <>
      <AdminHead here="/admin/accounts" />
      <form action="/admin/accounts/security" class="sheet" aria-label={t('sessions.findAccount')}>
        <h2>{t('sessions.findAccount')}</h2>
        <Field name="name" label={t('sessions.username')} required autocapitalize="none" />
        <div class="buttons">
          <button type="submit" class="button button-quiet">
            {t('sessions.show')}
          </button>
        </div>
      </form>
      {hasPermission(viewerOf(c).permissions, 'manage_user_access') && (
        <p class="aside">
          <a href="/admin/accounts/reset-factors">{t('twoFactor.resetTitle')}</a>
        </p>
      )}
    </>,
  )
})
