import type { FC } from 'hono/jsx'
import { isAtLeast } from '#src/accounts/sessions/roles.ts'
import { Head, Tabs } from '../../components/layout.tsx'
import { usePage } from '../../components/page-context.ts'

export const AdminHead: FC<{ here: string }> = ({ here }) => {
  const { me, messages } = usePage()
  const { t } = messages
  const isAdmin = me !== null && isAtLeast(me.viewer.role, 'admin')
  const tabs = [
    ['/admin', t('admin.statistics')],
    ['/admin/applicants', t('admin.signUpsWaiting', { count: me?.applicants ?? 0 })],
    ['/admin/accounts', t('admin.accounts')],
    ['/admin/trends', t('admin.trends')],
    ...(isAdmin
      ? [
          ['/admin/invites', t('invites.admin')],
          ['/admin/settings', t('admin.settings')],
          ['/admin/rules', t('admin.news')],
          ['/admin/servers', t('admin.servers')],
        ]
      : []),
  ] as [string, string][]
  return (
    <Head title={t('admin.title')}>
      <Tabs label={t('admin.title')} here={here} tabs={tabs} />
    </Head>
  )
}
