import type { FC } from 'hono/jsx'
import type { AccountView } from '#src/accounts/views.ts'
import type { RelationshipView } from '#src/relationships/views.ts'
import { shownHost } from '#src/text/acct.ts'
import { useMessages } from './page-context.ts'

type Props = { account: AccountView; relationship: RelationshipView | undefined }

/** What stands between a viewer and an account, and where that can be changed. */
export const Obstacles: FC<Props> = ({ account, relationship }) => {
  const { t, rich } = useMessages()
  const host = <bdi>{shownHost(account.domain ?? '')}</bdi>
  const reasons = [
    relationship?.blocking && t('relations.obstacleBlocking'),
    relationship?.blockedBy && t('relations.obstacleBlockedBy'),
    relationship?.domainBlocking &&
      rich('relations.obstacleServer', { host, a: (words) => <a href="/settings/blocked-servers">{words}</a> }),
    account.silencedAt &&
      (account.silencedBy === 'domain' && account.domain !== null
        ? rich('relations.obstacleServerLimited', { host })
        : t('relations.obstacleLimited')),
  ].filter(Boolean)
  if (reasons.length === 0) return null
  return (
    <div class="notice">
      {reasons.map((reason) => (
        <p>{reason}</p>
      ))}
    </div>
  )
}
