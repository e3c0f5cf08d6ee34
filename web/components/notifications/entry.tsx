import type { FC } from 'hono/jsx'
import type { AccountView } from '#src/accounts/views.ts'
import type { AccountId } from '#src/platform/ids.ts'
import type { GroupView, reactionsOf } from '#src/reading/notifications/groups.ts'
import { Avatar } from '../account.tsx'
import { Action } from '../form.tsx'
import { Icon } from '../icons.tsx'
import { useMessages } from '../page-context.ts'
import { summaryOf } from '../status-summary.ts'
import { Status, statusPath } from '../status.tsx'
import { Ago } from '../time.tsx'
import { approvalsOf, showsWholePost, typeIcons } from './kinds.ts'
import { groupPath, personPath, Sentence } from './sentence.tsx'

export type EntryProps = {
  group: GroupView
  accounts: ReadonlyMap<AccountId, AccountView>
  reactions: ReturnType<typeof reactionsOf>
  /** Whether the person sees it for the first time. */
  isNew?: boolean
  /** Whether its post may be shown in full: a page does so once. */
  isWhole: boolean
  /** The element to return to after its dismissal. */
  next?: string | undefined
}

/** A group of notifications: who did what, and the post or other thing that it is about. */
export const NotificationEntry: FC<EntryProps> = ({ group, accounts, reactions, isNew = false, isWhole, next }) => {
  const { t } = useMessages()
  const { key, type, latestId, status, page } = group
  const people = group.accountIds.flatMap((id) => accounts.get(id) ?? [])
  const isShownWhole = isWhole && status !== null && showsWholePost(type)
  return (
    <article class={`note note-${type.replace('.', '-')}${isNew ? ' note-new' : ''}`} id={`note-${latestId}`}>
      <div class="note-head">
        <span class="note-icon">
          <Icon name={typeIcons[type]} />
        </span>
        <div class="note-what">
          {!isShownWhole && !group.strike && !group.severance && <Faces group={group} people={people} />}
          <p class="note-line">
            {isNew && <span class="note-mark">{t('notifications.new')}</span>}{' '}
            <Sentence group={group} people={people} reactions={reactions} />
          </p>
        </div>
        {page && (
          <span class="post-time">
            <Ago at={page.latestAt} />
          </span>
        )}
        <Action
          action={`${groupPath(key)}/dismiss`}
          label={t('notifications.dismiss')}
          icon="cross"
          class="act note-dismiss"
          at={next}
        />
      </div>
      {isShownWhole ? (
        <Status status={status} context="notifications" level={2} />
      ) : (
        <About group={group} person={people[0]} />
      )}
    </article>
  )
}

const Faces: FC<{ group: GroupView; people: AccountView[] }> = ({ group, people }) => (
  <span class="note-faces">
    {people.map((account) => (
      <a href={personPath(group, account)} tabindex={-1} aria-hidden="true">
        <Avatar account={account} size="small" />
      </a>
    ))}
  </span>
)

/** What a notification is about, in short, with what can be done about it. */
const About: FC<{ group: GroupView; person: AccountView | undefined }> = ({ group, person }) => {
  const { t } = useMessages()
  const { type, status, report, severance, strike, applicant } = group
  const approvals = approvalsOf(type)
  if (status)
    return (
      <>
        <a href={statusPath(status)} class="note-status" dir="auto">
          {summaryOf(status) || t('notifications.withMedia')}
        </a>
        {approvals && (
          <div class="buttons">
            <a href={approvals} class="button button-quiet">
              {t('notifications.answer')}
            </a>
          </div>
        )}
      </>
    )
  if (applicant)
    return (
      <a href="/admin/applicants" class="note-status" dir="auto">
        {applicant.reason ?? t('admin.noReason')}
      </a>
    )
  if (report)
    return (
      <a href={`/admin/reports/${report.id}`} class="note-status" dir="auto">
        {report.comment || t('reports.noComment')}
      </a>
    )
  if (strike)
    return (
      <a href={`/settings/strikes/${strike.id}`} class="note-status">
        {t('strikes.mailAction')}
      </a>
    )
  if (severance)
    return (
      <a href="/settings/severed" class="note-status">
        {t(`notifications.severed_${severance.type}`)}
      </a>
    )
  if (type === 'follow_request' && person) return <RequestButtons id={person.id} />
  return null
}

const RequestButtons: FC<{ id: string }> = ({ id }) => {
  const { t } = useMessages()
  return (
    <div class="buttons">
      <Action action={`/accounts/${id}/accept`} label={t('common.accept')} class="button">
        {t('common.accept')}
      </Action>
      <Action action={`/accounts/${id}/reject`} label={t('common.reject')} class="button button-quiet">
        {t('common.reject')}
      </Action>
    </div>
  )
}
