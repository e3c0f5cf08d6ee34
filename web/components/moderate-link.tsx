import type { FC } from 'hono/jsx'
import { hasPermission } from '#src/accounts/roles/permissions.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { usePage } from './page-context.ts'

/** The way of staff from a profile or post to the page on which they act on its account. */
export const ModerateLink: FC<{ accountId: AccountId }> = ({ accountId }) => {
  const { me, messages } = usePage()
  if (!me || !hasPermission(me.viewer.permissions, 'manage_users')) return null
  return <a href={`/admin/accounts/${accountId}`}>{messages.t('staffAccount.moderate')}</a>
}
