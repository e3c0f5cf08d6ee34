import type { FC } from 'hono/jsx'
import { type AdminPage, adminPagesFor } from '../../admin-pages.ts'
import { Head, Tabs } from '../../components/layout.tsx'
import { usePage } from '../../components/page-context.ts'

export const AdminHead: FC<{ here: string }> = ({ here }) => {
  const { me, messages } = usePage()
  const { t } = messages
  const labels: Record<AdminPage, string> = {
    '/admin': t('admin.statistics'),
    '/admin/reports': t('reports.waiting', { count: me?.reports ?? 0 }),
    '/admin/appeals': t('moderation.appealsTab', { count: me?.appeals ?? 0 }),
    '/admin/applicants': t('admin.signUpsWaiting', { count: me?.applicants ?? 0 }),
    '/admin/accounts': t('admin.accounts'),
    '/admin/trends': t('admin.trends'),
    '/admin/invites': t('invites.admin'),
    '/admin/audit': t('audit.title'),
    '/admin/roles': t('roles.title'),
    '/admin/settings': t('admin.settings'),
    '/admin/rules': t('admin.news'),
    '/admin/servers': t('admin.servers'),
    '/admin/webhooks': t('webhooks.title'),
  }
  const tabs = me ? adminPagesFor(me.viewer.permissions).map((path) => [path, labels[path]] as const) : []
  return (
    <Head title={t('admin.title')}>
      <Tabs label={t('admin.title')} here={here} tabs={tabs} />
    </Head>
  )
}
