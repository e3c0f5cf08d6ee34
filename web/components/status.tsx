import type { Child, FC } from 'hono/jsx'
import type { StatusId } from '#src/platform/ids.ts'
import { webUrl } from '#src/platform/web-url.ts'
import { blurs, type FilterContext, warningsOf, withoutHidden } from '#src/statuses/views/filters.ts'
import type { StatusView } from '#src/statuses/views/views.ts'
import { Avatar, Name, nameOf, profilePath } from './account.tsx'
import { LinkCard } from './card.tsx'
import { EmojiText } from './emoji.tsx'
import { HeldLine } from './held-line.tsx'
import { Html } from './html.tsx'
import { Icon } from './icons.tsx'
import { Media } from './media.tsx'
import { useMessages } from './page-context.ts'
import { Poll } from './poll.tsx'
import { Quote } from './quote.tsx'
import { Reactions } from './reactions.tsx'
import { Actions } from './status-actions.tsx'
import { Ago, fullTime, Moment } from './time.tsx'

/** The path of a status's page, with its thread. A boost has no page of its own; pass the boosted status. */
export const statusPath = (status: StatusView): string => `${profilePath(status.account)}/${status.id}`

type StatusProps = {
  status: StatusView
  isPartOfThread?: boolean
  isPinned?: boolean
  /** The context by which the viewer's filters apply. */
  context?: FilterContext | undefined
}

/** A status in a list. A boost is shown as the boosted status below a line with the booster's name. */
export const Status: FC<StatusProps> = ({ status, isPartOfThread, isPinned, context }) => {
  const shown = status.reblog ?? status
  return (
    <article
      class={isPartOfThread ? 'post post-threaded' : 'post'}
      id={`post-${status.id}`}
      aria-labelledby={`author-${status.id}`}
    >
      {isPinned && (
        <p class="post-reason">
          <Icon name="pin" />
          <span>Pinned</span>
        </p>
      )}
      {status.reblog && (
        <p class="post-reason">
          <Icon name="boost" />
          <span>
            <a href={profilePath(status.account)}>
              <Name account={status.account} />
            </a>{' '}
            {status.consent === 'asked' ? 'asked to boost this' : 'boosted'}
          </span>
        </p>
      )}
      <div class="post-layout">
        <a href={profilePath(shown.account)} class="post-avatar" tabindex={-1} aria-hidden="true">
          <Avatar account={shown.account} />
        </a>
        <div class="post-main">
          <header class="post-head">
            <a href={profilePath(shown.account)} class="post-author" id={`author-${status.id}`}>
              <Name account={shown.account} />
              <span class="handle">@{shown.account.acct}</span>
            </a>
            <a href={statusPath(shown)} class="post-time">
              {shown.visibility !== 'public' && <VisibilityMark status={shown} />}
              {shown.editedAt && <EditMark at={shown.editedAt} />}
              <Ago at={shown.createdAt} />
            </a>
          </header>
          <ReplyLine status={shown} />
          <ConsentLine status={shown} />
          <Filtered status={shown} context={context} />
          <Reactions reactions={shown.reactions} />
          <HeldLine status={shown} anchor={`post-${status.id}`} />
          <Actions status={shown} anchor={`post-${status.id}`} />
        </div>
      </div>
    </article>
  )
}

/** The main status of a page. */
export const MainStatus: FC<{ status: StatusView }> = ({ status }) => (
  <article class="post post-main-status" id={`post-${status.id}`} aria-labelledby={`author-${status.id}`}>
    <header class="post-head">
      <a href={profilePath(status.account)} class="person-link" id={`author-${status.id}`}>
        <Avatar account={status.account} />
        <span class="person-names">
          <Name account={status.account} />
          <span class="handle">@{status.account.acct}</span>
        </span>
      </a>
    </header>
    <ReplyLine status={status} />
    <ConsentLine status={status} />
    <Content status={status} />
    <p class="post-facts">
      <a href={statusPath(status)}>
        <Moment at={status.createdAt} />
      </a>
      <span>
        <VisibilityMark status={status} /> {useMessages().t(`visibility.${status.visibility}`)}
      </span>
      {status.editedAt && (
        <a href={`${statusPath(status)}/history`}>
          Edited <Ago at={status.editedAt} />
        </a>
      )}
      {status.application && <bdi>{status.application.name}</bdi>}
      {!status.account.isLocal && webUrl(status.url) && (
        <a href={webUrl(status.url) ?? ''} rel="nofollow noopener noreferrer" target="_blank">
          Original page
        </a>
      )}
    </p>
    <Reactions reactions={status.reactions} />
    <HeldLine status={status} anchor={`post-${status.id}`} />
    <Actions status={status} anchor={`post-${status.id}`} />
  </article>
)

const VisibilityMark: FC<{ status: StatusView }> = ({ status }) => (
  <span class="mark" title={useMessages().t(`visibility.${status.visibility}`)}>
    <Icon name={status.visibility} />
    <span class="unseen">{useMessages().t(`visibility.${status.visibility}`)}</span>
  </span>
)

const EditMark: FC<{ at: Date }> = ({ at }) => (
  <span class="mark" title={`Edited ${fullTime(at)}`}>
    <Icon name="pen" />
    <span class="unseen">Edited</span>
  </span>
)

/** Marks a status as a reply. */
const ReplyLine: FC<{ status: StatusView }> = ({ status }) => {
  if (!status.inReplyToUri) return null
  const parent = status.mentions.find(({ id }) => id === status.inReplyToAccountId)
  const isOwn = status.inReplyToAccountId === status.accountId
  return (
    <p class="post-reply-line">
      <Icon name="reply" />
      {isOwn ? (
        'Continues a thread'
      ) : parent ? (
        <span>
          In reply to <a href={profilePath(parent)}>@{parent.acct}</a>
        </span>
      ) : (
        'A reply'
      )}
    </p>
  )
}

/** Tells the author that only they see a reply which waits for consent. */
const ConsentLine: FC<{ status: StatusView }> = ({ status }) => {
  if (status.consent !== 'asked' && status.consent !== 'refused') return null
  const words =
    status.consent === 'asked'
      ? 'Only you see this until the author of the post above allows the reply'
      : 'Only you see this: the author of the post above did not allow the reply'
  return (
    <p class="post-reply-line">
      <Icon name="direct" />
      {words}
    </p>
  )
}

/** The content, behind the warnings of the viewer's filters. */
const Filtered: FC<{ status: StatusView; context: FilterContext | undefined }> = ({ status, context }) => {
  const warnings = context ? warningsOf(status.filtered, context) : []
  const content = (
    <Content status={context && blurs(status.filtered, context) ? { ...status, isSensitive: true } : status} />
  )
  if (warnings.length === 0) return content
  return (
    <details class="warning">
      <summary>
        <span class="warning-text" dir="auto">
          Filtered: {warnings.join(', ')}
        </span>
      </summary>
      {content}
    </details>
  )
}

/** Text, files, poll, quote and card, behind the content warning if there is one. */
const Content: FC<{ status: StatusView }> = ({ status }) => {
  const text = (
    <Html
      html={status.content}
      isOwn={status.account.isLocal}
      language={status.language}
      mentions={status.mentions}
      tags={status.tags}
      emojis={status.emojis}
    />
  )
  const beside = (
    <>
      <Media status={status} />
      {status.poll && <Poll status={status} poll={status.poll} />}
      <Quote status={status} />
      {status.card && <LinkCard card={status.card} />}
    </>
  )
  // The class hides the line of the text that stands in for the quote on servers without quotes.
  const bodyClass = status.quote?.status ? 'post-body post-quoting' : 'post-body'
  if (!status.spoilerText) {
    return (
      <div class={bodyClass}>
        {text}
        {beside}
      </div>
    )
  }
  return (
    <details class="warning">
      <summary>
        <span class="warning-text" dir="auto" {...(status.language ? { lang: status.language } : {})}>
          <EmojiText text={status.spoilerText} emojis={status.emojis} />
        </span>
      </summary>
      <div class={bodyClass}>
        {text}
        {beside}
      </div>
    </details>
  )
}

/** Statuses of a timeline, or a text for an empty one. */
export const StatusList: FC<{
  statuses: StatusView[]
  pinned?: StatusId[]
  context?: FilterContext
  children?: Child
}> = ({ statuses, pinned = [], context, children }) =>
  statuses.length > 0 ? (
    <div class="feed">
      {(context ? withoutHidden(statuses, context) : statuses).map((status) => (
        <Status status={status} isPinned={pinned.includes(status.id)} context={context} />
      ))}
    </div>
  ) : (
    <div class="empty">{children ?? 'Nothing here yet.'}</div>
  )

/** A short title of a status. */
export const statusTitle = (status: StatusView): string => `${nameOf(status.account)} (@${status.account.acct})`
