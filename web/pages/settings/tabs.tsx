import type { FC } from 'hono/jsx'
import { Head, Tabs } from '../../components/layout.tsx'
import { useMessages } from '../../components/page-context.ts'

export const SettingsHead: FC<{ here: string }> = ({ here }) => {
  const { t } = useMessages()
  return (
    <Head title={t('settings.head')}>
      <Tabs
        label={t('settings.tabs')}
        here={here}
        tabs={[
          ['/settings/profile', t('settings.tabProfile')],
          ['/settings/preferences', t('preferences.tab')],
          ['/settings/follows', t('relations.tab')],
          ['/settings/filters', t('filters.tab')],
          ['/settings/hashtags', t('tags.tab')],
          ['/settings/notifications', t('policy.tab')],
          ['/settings/account', t('settings.tabAccount')],
          ['/settings/apps', t('settings.tabApps')],
          ['/settings/moving', t('settings.tabMoving')],
        ]}
      />
    </Head>
  )
}
