import type { AccountView } from '#src/accounts/views.ts'
import { profilePath } from '../../components/account.tsx'
import type { C } from '../../env.ts'

/** The tabs of a profile, for `Tabs`. */
export function profileTabs(c: C, account: AccountView): (readonly [path: string, label: string])[] {
  const { t } = c.var.messages
  const path = profilePath(account)
  const isOwn = c.var.session.viewer?.accountId === account.id
  return [
    [path, t('profile.tabPosts')],
    [`${path}/with_replies`, t('profile.tabReplies')],
    [`${path}/media`, t('profile.tabMedia')],
    ...(account.showsFeatured || isOwn ? [[`${path}/featured`, t('relations.tabFeatured')] as const] : []),
  ]
}
