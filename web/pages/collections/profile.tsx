import { collectionsOf, loadCollectionViews } from '#src/reading/collections/views.ts'
import { nameOf, profilePath } from '../../components/account.tsx'
import { Tabs } from '../../components/layout.tsx'
import { ProfileHead } from '../../components/profile-head.tsx'
import type { C } from '../../env.ts'
import { page } from '../../page.tsx'
import { loadShown } from '../profile.tsx'
import { profileTabs } from '../profile/tabs.ts'
import { CollectionList, pageSize } from './list.tsx'

/** The collections of a profile that the viewer may find. */
export async function profileCollectionsPage(c: C): Promise<Response> {
  const { app, session, messages } = c.var
  const { t } = messages
  const { account, relationship } = await loadShown(c)
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
