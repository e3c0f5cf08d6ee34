import type { FC } from 'hono/jsx'
import { hasPermission, type Permission } from '#src/accounts/roles/permissions.ts'
import { Head, Tabs } from '../../components/layout.tsx'
import { usePage } from '../../components/page-context.ts'

export const AdminHead: FC<{ here: string }> = ({ here }) => {
  const { me, messages } = usePage()
  const { t } = messages
  const all: [path: string, label: string, permission: Permission][] = [
    ['/admin', t('admin.statistics'), 'view_dashboard'],
    ['/admin/reports', t('reports.waiting', { count: me?.reports ?? 0 }), 'manage_reports'],
    ['/admin/appeals', t('moderation.appealsTab', { count: me?.appeals ?? 0 }), 'manage_appeals'],
    ['/admin/applicants', t('admin.signUpsWaiting', { count: me?.applicants ?? 0 }), 'manage_users'],
    ['/admin/accounts', t('admin.accounts'), 'manage_users'],
    ['/admin/trends', t('admin.trends'), 'manage_taxonomies'],
    ['/admin/invites', t('invites.admin'), 'manage_invites'],
    ['/admin/audit', t('audit.title'), 'view_audit_log'],
    ['/admin/roles', t('roles.title'), 'manage_roles'],
    ['/admin/settings', t('admin.settings'), 'manage_settings'],
    ['/admin/rules', t('admin.news'), 'manage_rules'],
    ['/admin/servers', t('admin.servers'), 'manage_federation'],
    ['/admin/webhooks', t('webhooks.title'), 'manage_webhooks'],
  ]
  const tabs = all
    .filter(([, , permission]) => me !== null && hasPermission(me.viewer.permissions, permission))
    .map(([path, label]) => [path, label] as const)
  return (
    <Head title={t('admin.title')}>
      <Tabs label={t('admin.title')} here={here} tabs={tabs} />
    </Head>
  )
}
