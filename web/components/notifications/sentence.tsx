import type { FC } from 'hono/jsx'
import type { AccountView } from '#src/accounts/views.ts'
import type { GroupView, reactionsOf } from '#src/reading/notifications/groups.ts'
import { noticeKey } from '#src/reading/notifications/words.ts'
import { type ReactionEmojiView, writtenReaction } from '#src/statuses/views/reactions.ts'
import type { MessageKey } from '#src/text/catalogue.ts'
import { Name, profilePath } from '../account.tsx'
import { useMessages, usePage } from '../page-context.ts'
import { ReactionText } from '../reactions.tsx'

type Props = {
  group: GroupView
  /** Some of the people behind it, the latest first; there is at least one. */
  people: AccountView[]
  reactions: ReturnType<typeof reactionsOf>
}

/** The page of somebody behind a notification. People who wait for approval have none yet. */
export const personPath = ({ applicant }: GroupView, account: AccountView): string =>
  applicant ? '/admin/applicants' : profilePath(account)

/** The path of the page with everybody in a group. */
export const groupPath = (key: string): string => `/notifications/groups/${encodeURIComponent(key)}`

/** A group of notifications as a sentence. */
export const Sentence: FC<Props> = ({ group, people, reactions: { emojis, isEverybody } }) => {
  const { me, messages } = usePage()
  const { t, rich } = messages
  const { type, status, report, collection, severance, strike, applicant, count } = group
  const [first] = people
  if (strike) return <>{t(`strikes.${strike.told}`)}</>
  if (severance) {
    const { targetName: server, followersCount: followers, followingCount: following } = severance
    return <>{rich('notices.severedAt', { server: <bdi>{server}</bdi>, followers, following })}</>
  }
  const name = <Names people={people} group={group} />
  if (report) {
    const target = <bdi>@{report.target.acct}</bdi>
    return report.accountId === null ? (
      <>{rich('notices.reportByVisitor', { target })}</>
    ) : (
      <>{rich('notices.reportAbout', { name, target })}</>
    )
  }
  if (collection) {
    const named = (
      <a href={`/collections/${collection.id}`}>
        <bdi>{collection.name}</bdi>
      </a>
    )
    const key = type === 'collection_update' ? 'notices.collectionChanged' : 'notices.addedTo'
    return <>{rich(key, { name, collection: named })}</>
  }
  if (type === 'follow' && count > 1) return <>{rich('notifications.followed', { name })}</>
  if (type === 'mention' && status) return <>{rich(mentionKey(group, me?.account.id), { name })}</>
  if (emojis.length > 0)
    return (
      <>
        {rich(isEverybody ? 'notices.reaction' : 'notifications.reacted', { name, emoji: <Emojis emojis={emojis} /> })}
      </>
    )
  const key = noticeKey(type, { isOwn: first?.id === me?.account.id, isApplicant: applicant !== null })
  return <>{rich(key, { name })}</>
}

/** Whether a mention was private, an answer to the reader, or neither. */
function mentionKey({ status }: GroupView, reader: string | undefined): MessageKey {
  if (status?.visibility === 'direct') return 'notifications.wrotePrivately'
  return status?.inReplyToAccountId === reader ? 'notifications.replied' : 'notices.mention'
}

/** The names of one or two people, and the number of the others, which leads to all of them. */
const Names: FC<{ people: AccountView[]; group: GroupView }> = ({ people, group }) => {
  const { key, count } = group
  const { rich } = useMessages()
  const [one, two] = people.map((account) => (
    <a href={personPath(group, account)} class="note-name">
      <Name account={account} />
    </a>
  ))
  if (!two || count < 2) return <>{one}</>
  if (count === 2) return <>{rich('notifications.twoNames', { one, two })}</>
  return (
    <>
      {rich('notifications.manyNames', {
        one,
        two,
        more: count - 2,
        all: (words) => <a href={groupPath(key)}>{words}</a>,
      })}
    </>
  )
}

const Emojis: FC<{ emojis: ReactionEmojiView[] }> = ({ emojis }) => (
  <>
    {emojis.map((emoji) => (
      <span class="note-emoji">
        <ReactionText text={writtenReaction(emoji)} emoji={emoji} />
      </span>
    ))}
  </>
)
