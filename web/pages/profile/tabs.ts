import type { AccountView } from '#src/accounts/views.ts'
import { collectionsOf } from '#src/reading/collections/views.ts'
import { profilePath } from '../../components/account.tsx'
import { shownPath } from '../../components/limited-profile.tsx'
import type { C } from '../../env.ts'

/** The tabs of a profile, for `Tabs`; that of collections only if there are any to show. */
export async function profileTabs(c: C, account: AccountView): Promise<(readonly [path: string, label: string])[]> {
  const { app, session, messages } = c.var
  const { t } = messages
  const path = profilePath(account)
  const viewer = session.viewer?.accountId ?? null
  const collections = await collectionsOf(app.db, viewer, account.id, { limit: 1, offset: 0 })
  const tabs: (readonly [path: string, label: string])[] = [
    [path, t('profile.tabPosts')],
    [`${path}/with_replies`, t('profile.tabReplies')],
    [`${path}/media`, t('profile.tabMedia')],
    ...(account.showsFeatured || viewer === account.id
      ? [[`${path}/featured`, t('relations.tabFeatured')] as const]
      : []),
    ...(collections.length > 0 ? [[`${path}/collections`, t('collections.tab')] as const] : []),
  ]
  return tabs.map(([tab, label]) => [shownPath(c, account, tab), label] as const)
}
