import type { FC } from 'hono/jsx'
import { isAtLeast } from '#src/accounts/sessions/roles.ts'
import { Head, Tabs } from '../../components/layout.tsx'
import { usePage } from '../../components/page-context.ts'

export const AdminHead: FC<{ here: string }> = ({ here }) => {
  const { me } = usePage()
  const isAdmin = me !== null && isAtLeast(me.viewer.role, 'admin')
  const tabs = [
    ['/admin', 'Statistics'],
    ['/admin/accounts', 'Sign-ups'],
    ['/admin/trends', 'Trends'],
    ...(isAdmin
      ? [
          ['/admin/settings', 'Settings'],
          ['/admin/rules', 'Rules and news'],
          ['/admin/servers', 'Servers'],
        ]
      : []),
  ] as [string, string][]
  return (
    <Head title="Administration">
      <Tabs label="Administration" here={here} tabs={tabs} />
    </Head>
  )
}
