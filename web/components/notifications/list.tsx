import type { FC } from 'hono/jsx'
import type { StatusId } from '#src/platform/ids.ts'
import { reactionsOf, type Groups, type GroupReactions } from '#src/reading/notifications/groups.ts'
import { NotificationEntry } from './entry.tsx'
import { showsWholePost } from './kinds.ts'

type Props = { found: Groups; reactions: GroupReactions; isNew?: (latestId: string) => boolean }

/** Groups of notifications, each post in full once. */
export const NotificationList: FC<Props> = ({ found, reactions, isNew = () => false }) => {
  const seen = new Set<StatusId>()
  const isFirst = (id: StatusId | undefined) => id !== undefined && !seen.has(id) && Boolean(seen.add(id))
  return (
    <div class="feed notes">
      {found.groups.map((group, i) => {
        const next = found.groups[i + 1] ?? found.groups[i - 1]
        return (
          <NotificationEntry
            group={group}
            accounts={found.accounts}
            reactions={reactionsOf(group, reactions)}
            isNew={isNew(group.latestId)}
            isWhole={showsWholePost(group.type) && isFirst(group.status?.id)}
            next={next && `note-${next.latestId}`}
          />
        )
      })}
    </div>
  )
}
