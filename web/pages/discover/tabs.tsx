import type { FC } from 'hono/jsx'
import { Head, Tabs } from '../../components/layout.tsx'
import { useMessages } from '../../components/page-context.ts'

type Path = '/explore' | '/explore/tags' | '/explore/links' | '/explore/people' | '/public'

/** The head of the pages where people discover others and what they say. */
export const ExploreHead: FC<{ here: Path }> = ({ here }) => {
  const { t } = useMessages()
  return (
    <Head title={t('discover.title')}>
      <Tabs
        label={t('discover.what')}
        here={here}
        tabs={
          [
            ['/explore', t('discover.posts')],
            ['/explore/tags', t('discover.tags')],
            ['/explore/links', t('discover.links')],
            ['/explore/people', t('discover.people')],
            ['/public', t('discover.live')],
          ] satisfies [Path, string][]
        }
      />
    </Head>
  )
}
