import { collectionsOf, loadCollectionViews } from '#src/reading/collections/views.ts'
import { nameOf, profilePath } from '../../components/account.tsx'
import { Tabs } from '../../components/layout.tsx'
import { isCovered } from '../../components/limited-profile.tsx'
import { ProfileHead } from '../../components/profile-head.tsx'
import type { C } from '../../env.ts'
import { page } from '../../page.tsx'
import { coveredPage, loadShown } from '../profile.tsx'
import { profileTabs } from '../profile/tabs.ts'
import { CollectionList, pageSize } from './list.tsx'

/** The collections of a profile that the viewer may find. */
export async function profileCollectionsPage(c: C): Promise<Response> {
  const { app, session, messages } = c.var
  const { t } = messages
  const { account, relationship } = await loadShown(c)
  if (isCovered(c, { account, relationship })) return coveredPage(c, { account, relationship })
  const viewer = session.viewer?.accountId ?? null
  const ids = await collectionsOf(app.db, viewer, account.id, { limit: pageSize, offset: 0 })
  const collections = await loadCollectionViews(app.db, viewer, ids)
  const here = `${profilePath(account)}/collections`
  const title = t('collections.of', { name: nameOf(account) })
  return page(
    c,
    { title, isPrivate: true },
    <>
      <ProfileHead account={account} relationship={relationship} />
      <Tabs label={t('profile.tabs')} here={here} tabs={await profileTabs(c, account)} />
      <h2 class="unseen">{title}</h2>
      {collections.length > 0 ? (
        <CollectionList collections={collections} />
      ) : (
        <div class="empty">{t('collections.noneOf')}</div>
      )}
    </>,
  )
}
