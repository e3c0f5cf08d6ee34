import type { FC } from 'hono/jsx'
import type { AccountView } from '#src/accounts/views.ts'
import type { ConversationView } from '#src/reading/conversations/page.ts'
import { warningsOf } from '#src/statuses/views/filters.ts'
import { Avatar, Name } from '../../components/account.tsx'
import { useMessages, usePage } from '../../components/page-context.ts'
import { summaryOf } from '../../components/status-summary.ts'
import { Ago } from '../../components/time.tsx'

/** People of whom the picture and the name are shown; the others are counted. */
const shownPeople = 3

/** A conversation in the list: its people, the beginning of its last post, and whether that is new. */
export const ConversationRow: FC<{ conversation: ConversationView }> = ({
  conversation: { id, isUnread, accounts, lastStatus },
}) => {
  const { t, rich } = useMessages()
  const { me } = usePage()
  const warnings = warningsOf(lastStatus.filtered, 'thread')
  const words =
    warnings.length > 0
      ? t('status.filtered', { filters: warnings.join(', ') })
      : summaryOf(lastStatus, 160) || t('conversations.files', { count: lastStatus.media.length })
  return (
    <li class={isUnread ? 'row conversation is-unread' : 'row conversation'}>
      <a href={`/conversations/${id}#post-${lastStatus.id}`} class="row-main">
        <span class="conversation-faces">
          {accounts.slice(0, shownPeople).map((account) => (
            <Avatar account={account} size="small" />
          ))}
        </span>
        <span class="row-text">
          <span class="conversation-head">
            <PeopleNames accounts={accounts} />
            {isUnread && <span class="badge">{t('conversations.unread')}</span>}
          </span>
          <span class="conversation-words" dir="auto">
            {lastStatus.accountId === me?.account.id ? rich('conversations.own', { words: <bdi>{words}</bdi> }) : words}
          </span>
        </span>
        <span class="hint">
          <Ago at={lastStatus.createdAt} />
        </span>
      </a>
    </li>
  )
}

/** The names of the people of a conversation; of many, the first ones. */
export const PeopleNames: FC<{ accounts: readonly AccountView[] }> = ({ accounts }) => {
  const { t } = useMessages()
  const others = accounts.length - shownPeople
  return (
    <span class="conversation-names">
      {accounts.slice(0, shownPeople).map((account) => (
        <Name account={account} />
      ))}
      {others > 0 && <span>{t('conversations.others', { count: others })}</span>}
    </span>
  )
}
