import type { FC } from 'hono/jsx'
import { Head, Tabs } from '../../components/layout.tsx'

export const SettingsHead: FC<{ here: string }> = ({ here }) => (
  <Head title="Settings">
    <Tabs
      label="Settings"
      here={here}
      tabs={[
        ['/settings/profile', 'Profile'],
        ['/settings/account', 'Account'],
        ['/settings/apps', 'Apps'],
        ['/settings/moving', 'Moving'],
      ]}
    />
  </Head>
)
