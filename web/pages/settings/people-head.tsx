import type { FC } from 'hono/jsx'
import { Tabs } from '../../components/layout.tsx'
import { useMessages } from '../../components/page-context.ts'
import { SettingsHead } from './tabs.tsx'

/** The head of the pages about a person's relationships with others. */
export const PeopleHead: FC<{ here: string }> = ({ here }) => {
  const { t } = useMessages()
  return (
    <>
      <SettingsHead here="/settings/follows" />
      <Tabs
        label={t('relations.lists')}
        here={here}
        tabs={[
          ['/settings/follows', t('relations.follows')],
          ['/settings/followers', t('relations.followers')],
          ['/settings/mutes', t('relations.mutes')],
          ['/settings/blocks', t('relations.blocks')],
          ['/settings/blocked-servers', t('relations.blockedServers')],
          ['/settings/severed', t('relations.severed')],
        ]}
      />
    </>
  )
}
