import type { Child, FC } from 'hono/jsx'
import type { StatusId } from '#src/platform/ids.ts'
import { webUrl } from '#src/platform/web-url.ts'
import { blurs, type FilterContext, warningFilters, withoutHidden } from '#src/statuses/views/filters.ts'
import type { StatusView } from '#src/statuses/views/views.ts'
import { AccountBadge, Avatar, Handle, Name, nameOf, profilePath } from './account.tsx'
import { LinkCard } from './card.tsx'
import { FilterNote } from './filter-note.tsx'
import { Folded } from './folded.tsx'
import { Count } from './form.tsx'
import { HeldLine } from './held-line.tsx'
import { Html } from './html.tsx'
import { Icon } from './icons.tsx'
import { Media } from './media.tsx'
import { useMessages, usePage } from './page-context.ts'
import { Poll } from './poll.tsx'
import { Quote } from './quote.tsx'
import { Reactions } from './reactions.tsx'
import { Actions } from './status-actions.tsx'
import { Ago, fullTime, Moment } from './time.tsx'
import { TranslateLink } from './translate-link.tsx'
import { SpoilerText, Warning } from './warning.tsx'

/** The path of a status's page, with its thread. A boost has no page of its own; pass the boosted status. */
export const statusPath = (status: StatusView): string => `${profilePath(status.account)}/${status.id}`

type StatusProps = {
  status: StatusView
  isPartOfThread?: boolean
  isPinned?: boolean
  /** Level of its heading: one below that of its list. */
  level?: 2 | 3 | undefined
  /** The context by which the viewer's filters apply. */
  context?: FilterContext | undefined
}

/** A status in a list. A boost is shown as the boosted status below a line with the booster's name. */
export const Status: FC<StatusProps> = ({ status, isPartOfThread, isPinned, level, context }) => {
  const { t } = useMessages()
  const shown = status.reblog ?? status
  return (
    <article
      class={isPartOfThread ? 'post post-threaded' : 'post'}
      id={`post-${status.id}`}
      aria-labelledby={`by-${status.id}`}
    >
      {isPinned && (
        <p class="post-reason">
          <Icon name="pin" />
          <span>{t('status.pinned')}</span>
        </p>
      )}
      {status.reblog && (
        <p class="post-reason">
          <Icon name="boost" />
          <Booster status={status} />
        </p>
      )}
      <div class="post-layout">
        <a href={profilePath(shown.account)} class="post-avatar" tabindex={-1} aria-hidden="true">
          <Avatar account={shown.account} />
        </a>
        <div class="post-main">
          <header class="post-head">
            <Heading level={level}>
              <a href={profilePath(shown.account)} class="post-author" id={`by-${status.id}`}>
                <Name account={shown.account} />
                <Handle account={shown.account} />
              </a>
            </Heading>
            <Role status={shown} />
            <a href={`${statusPath(shown)}${shown.inReplyToUri ? `#post-${shown.id}` : ''}`} class="post-time">
              {shown.visibility !== 'public' && <VisibilityMark status={shown} />}
              {shown.editedAt && <EditMark at={shown.editedAt} />}
              <Ago at={shown.createdAt} />
            </a>
          </header>
          <ReplyLine status={shown} />
          <ConsentLine status={shown} />
          <Filtered status={shown} context={context} />
          <Reactions status={shown} at={status.reblog ? `post-${status.id}` : undefined} />
          <HeldLine status={shown} anchor={`post-${status.id}`} />
          <Actions status={shown} at={status.reblog ? `post-${status.id}` : undefined} />
        </div>
      </div>
    </article>
  )
}

const Booster: FC<{ status: StatusView }> = ({ status }) => (
  <span>
    {useMessages().rich(status.consent === 'asked' ? 'status.askedToBoost' : 'status.boosted', {
      who: (
        <a href={profilePath(status.account)}>
          <Name account={status.account} />
        </a>
      ),
    })}
  </span>
)

/** The badge of the author's role. */
const Role: FC<{ status: StatusView }> = ({ status: { account } }) =>
  account.badge && (
    <span class="post-role">
      <AccountBadge account={account} />
    </span>
  )

/** The author as a heading, so that people can jump from post to post. */
const Heading: FC<{ level?: 2 | 3 | undefined; children?: Child }> = ({ level = 2, children }) =>
  level === 2 ? <h2 class="post-by">{children}</h2> : <h3 class="post-by">{children}</h3>

/** The main status of a page. */
export const MainStatus: FC<{ status: StatusView }> = ({ status }) => (
  <article class="post post-main-status" id={`post-${status.id}`} aria-labelledby={`by-${status.id}`}>
    <header class="post-head">
      <Heading>
        <a href={profilePath(status.account)} class="person-link" id={`by-${status.id}`}>
          <Avatar account={status.account} />
          <span class="person-names">
            <Name account={status.account} />
            <Handle account={status.account} />
          </span>
        </a>
      </Heading>
      <Role status={status} />
    </header>
    <ReplyLine status={status} />
    <ConsentLine status={status} />
    <Content status={status} />
    <PostFacts status={status} />
    <PostCounts status={status} />
    <Reactions status={status} />
    <HeldLine status={status} anchor={`post-${status.id}`} />
    <Actions status={status} />
  </article>
)

const PostFacts: FC<{ status: StatusView }> = ({ status }) => {
  const { t, rich } = useMessages()
  const original = status.account.isLocal ? null : webUrl(status.url)
  return (
    <p class="post-facts">
      <a href={statusPath(status)}>
        <Moment at={status.createdAt} />
      </a>
      <span class="mark">
        <Icon name={status.visibility} /> {t(`visibility.${status.visibility}`)}
      </span>
      {status.editedAt && (
        <a href={`${statusPath(status)}/history`}>{rich('status.editedAgo', { ago: <Ago at={status.editedAt} /> })}</a>
      )}
      {status.application && <bdi>{status.application.name}</bdi>}
      {original && (
        <a href={original} rel="nofollow noopener noreferrer" target="_blank">
          {t('status.originalPage')}
        </a>
      )}
    </p>
  )
}

const counts = [
  ['favourites', 'favouritesCount', 'statusPeople.countFavourites'],
  ['boosts', 'reblogsCount', 'statusPeople.countBoosts'],
  ['quotes', 'quotesCount', 'statusPeople.countQuotes'],
] as const

/** The numbers of favourites, boosts and quotes, each linked to the people behind it. */
const PostCounts: FC<{ status: StatusView }> = ({ status }) => {
  const { rich } = useMessages()
  const shown = counts.filter(([, field]) => status[field] > 0)
  if (shown.length === 0) return null
  return (
    <p class="post-facts">
      {shown.map(([page, field, key]) => (
        <a href={`${statusPath(status)}/${page}`}>
          {rich(key, { count: status[field], n: () => <Count value={status[field]} /> })}
        </a>
      ))}
    </p>
  )
}

const VisibilityMark: FC<{ status: StatusView }> = ({ status }) => {
  const name = useMessages().t(`visibility.${status.visibility}`)
  return (
    <span class="mark" title={name}>
      <Icon name={status.visibility} />
      <span class="unseen">{name}</span>
    </span>
  )
}

const EditMark: FC<{ at: Date }> = ({ at }) => {
  const { t } = useMessages()
  return (
    <span class="mark" title={t('status.editedAt', { time: fullTime(at) })}>
      <Icon name="pen" />
      <span class="unseen">{t('status.edited')}</span>
    </span>
  )
}

/** Marks a status as a reply, unless its text shows that by itself. */
const ReplyLine: FC<{ status: StatusView }> = ({ status }) => {
  const { t, rich } = useMessages()
  if (!status.inReplyToUri) return null
  const parent = status.mentions.find(({ id }) => id === status.inReplyToAccountId)
  if (parent && !status.spoilerText && beginsWith(status.content, parent.username)) return null
  const isOwn = status.inReplyToAccountId === status.accountId
  return (
    <p class="post-reply-line">
      <Icon name="reply" />
      <span>
        {isOwn
          ? t('status.continuesThread')
          : parent
            ? rich('status.inReplyTo', {
                who: (
                  <a href={profilePath(parent)}>
                    <bdi>@{parent.acct}</bdi>
                  </a>
                ),
              })
            : t('status.reply')}
      </span>
    </p>
  )
}

/** Whether a text begins with the mention of somebody. */
function beginsWith(html: string, username: string): boolean {
  const start = html.slice(0, 500).replace(/<[^<>]*>/g, '')
  const name = /^\s*@([\w.-]+)/.exec(start)?.[1]
  return name?.toLowerCase() === username.toLowerCase()
}

/** Tells the author that only they see a reply which waits for consent. */
const ConsentLine: FC<{ status: StatusView }> = ({ status }) => {
  const { t } = useMessages()
  if (status.consent !== 'asked' && status.consent !== 'refused') return null
  return (
    <p class="post-reply-line">
      <Icon name="direct" />
      <span>{t(status.consent === 'asked' ? 'status.waitsForConsent' : 'status.consentRefused')}</span>
    </p>
  )
}

/** The content, behind the warnings of the viewer's filters. */
const Filtered: FC<{ status: StatusView; context: FilterContext | undefined }> = ({ status, context }) => {
  const { t } = useMessages()
  const filters = context ? warningFilters(status.filtered, context) : []
  const content = (
    <Content status={status} isInList isBlurred={context !== undefined && blurs(status.filtered, context)} />
  )
  if (filters.length === 0) return content
  return (
    <Warning
      words={<span dir="auto">{t('status.filtered', { filters: filters.map(({ title }) => title).join(', ') })}</span>}
    >
      <FilterNote filters={filters} />
      {content}
    </Warning>
  )
}

/** Text, files, poll, quote and card, behind the content warning if there is one. */
const Content: FC<{ status: StatusView; isInList?: boolean; isBlurred?: boolean }> = ({
  status,
  isInList = false,
  isBlurred = false,
}) => {
  const { expandsWarnings } = usePage().preferences
  const body = (
    // The class hides the line of the text that stands in for the quote on servers without quotes.
    <div class={status.quote?.status || status.quote?.state === 'pending' ? 'post-body post-quoting' : 'post-body'}>
      <Folded html={status.content} path={isInList ? statusPath(status) : null}>
        <Html
          html={status.content}
          isOwn={status.account.isLocal}
          language={status.language}
          mentions={status.mentions}
          tags={status.tags}
          emojis={status.emojis}
        />
      </Folded>
      <TranslateLink status={status} />
      <Media status={status} isBlurred={isBlurred} />
      {status.poll && <Poll status={status} poll={status.poll} />}
      <Quote status={status} />
      {status.card && <LinkCard card={status.card} />}
    </div>
  )
  if (!status.spoilerText) return body
  return (
    <Warning words={<SpoilerText status={status} />} isOpen={expandsWarnings}>
      {body}
    </Warning>
  )
}

type ListProps = {
  statuses: StatusView[]
  pinned?: StatusId[]
  context?: FilterContext
  /** Level of the headings of its statuses. */
  level?: 2 | 3
  children?: Child
}

/** Statuses of a timeline, or a text for an empty one. */
export const StatusList: FC<ListProps> = ({ statuses, pinned = [], context, level, children }) => {
  const { t } = useMessages()
  if (statuses.length === 0) return <div class="empty">{children ?? t('status.nothingYet')}</div>
  return (
    <div class="feed">
      {(context ? withoutHidden(statuses, context) : statuses).map((status) => (
        <Status status={status} isPinned={pinned.includes(status.id)} context={context} level={level} />
      ))}
    </div>
  )
}

/** A short title of a status. */
export const statusTitle = (status: StatusView): string => `${nameOf(status.account)} (@${status.account.acct})`
