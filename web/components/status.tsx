import type { Child, FC } from 'hono/jsx'
import { blurs, type FilterContext, warningsOf, withoutHidden } from '#src/filters/match.ts'
import { webUrl } from '#src/html/web-url.ts'
import type { AccountId, StatusId } from '#src/ids.ts'
import { quoteAnswer } from '#src/statuses/quote-policy.ts'
import type { MediaView, StatusView } from '#src/statuses/views.ts'
import { Avatar, Name, nameOf, profilePath } from './account.tsx'
import { LinkCard } from './card.tsx'
import { Action } from './form.tsx'
import { EmojiText } from './emoji.tsx'
import { Html } from './html.tsx'
import { Icon } from './icons.tsx'
import { usePage } from './page-context.ts'
import { Poll } from './poll.tsx'
import { Quote } from './quote.tsx'
import { Ago, fullTime, Moment } from './time.tsx'
import { visibilityNames } from './visibility.ts'

/** Where a status is shown here, with its thread; that of a boost is the boosted one's. */
export const statusPath = (status: StatusView): string => `${profilePath(status.account)}/${status.id}`

type StatusProps = {
  status: StatusView
  isPartOfThread?: boolean
  isPinned?: boolean
  /** Where it is shown, as filters of the viewer say it. */
  context?: FilterContext | undefined
}

/** A status in a list: what was boosted, under a line that says by whom. */
export const Status: FC<StatusProps> = ({ status, isPartOfThread, isPinned, context }) => {
  const shown = status.reblog ?? status
  return (
    <article class={isPartOfThread ? 'post post-threaded' : 'post'} id={`post-${status.id}`} aria-labelledby={`author-${status.id}`}>
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
            boosted
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
          <Filtered status={shown} context={context} />
          <Actions status={shown} anchor={`post-${status.id}`} />
        </div>
      </div>
    </article>
  )
}

/** The status that a page is about. */
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
    <Content status={status} />
    <p class="post-facts">
      <a href={statusPath(status)}>
        <Moment at={status.createdAt} />
      </a>
      <span>
        <VisibilityMark status={status} /> {visibilityNames[status.visibility]}
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
    <Actions status={status} anchor={`post-${status.id}`} />
  </article>
)

const VisibilityMark: FC<{ status: StatusView }> = ({ status }) => (
  <span class="mark" title={visibilityNames[status.visibility]}>
    <Icon name={status.visibility} />
    <span class="unseen">{visibilityNames[status.visibility]}</span>
  </span>
)

const EditMark: FC<{ at: Date }> = ({ at }) => (
  <span class="mark" title={`Edited ${fullTime(at)}`}>
    <Icon name="pen" />
    <span class="unseen">Edited</span>
  </span>
)

/** Says that it answers something, where the thread itself isn't around it. */
const ReplyLine: FC<{ status: StatusView }> = ({ status }) => {
  if (!status.inReplyToUri) return null
  const parent = status.mentions.find(({ id }) => id === status.inReplyToAccountId)
  const isOwn = status.inReplyToAccountId === status.accountId
  return (
    <p class="post-reply-line">
      <Icon name="reply" />
      {isOwn ? 'Continues a thread' : parent ? <span>In reply to <a href={profilePath(parent)}>@{parent.acct}</a></span> : 'A reply'}
    </p>
  )
}

/** The content behind what the viewer's filters say of it. */
const Filtered: FC<{ status: StatusView; context: FilterContext | undefined }> = ({ status, context }) => {
  const warnings = context ? warningsOf(status.filtered, context) : []
  const content = <Content status={context && blurs(status.filtered, context) ? { ...status, isSensitive: true } : status} />
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

/** Text, files, what is quoted and linked, behind the content warning if there is one. */
const Content: FC<{ status: StatusView }> = ({ status }) => {
  const text = <Html html={status.content} isOwn={status.account.isLocal} language={status.language} mentions={status.mentions} tags={status.tags} emojis={status.emojis} />
  const beside = (
    <>
      <Media status={status} />
      {status.poll && <Poll status={status} poll={status.poll} />}
      <Quote status={status} />
      {status.card && <LinkCard card={status.card} />}
    </>
  )
  // The line in the text is for those who don't see what is quoted.
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

const Media: FC<{ status: StatusView }> = ({ status }) => {
  if (status.media.length === 0) return null
  const gallery = (
    <div class={`media media-${Math.min(status.media.length, 4)}`}>
      {status.media.map((file) => (
        <MediaFile file={file} />
      ))}
    </div>
  )
  if (!status.isSensitive || status.spoilerText) return gallery
  return (
    <details class="warning">
      <summary>
        <span class="warning-text">Sensitive media</span>
      </summary>
      {gallery}
    </details>
  )
}

const MediaFile: FC<{ file: MediaView }> = ({ file }) => {
  const url = file.file ? `/media/${file.file}` : webUrl(file.remoteUrl ?? '')
  if (!url || file.state !== 'ready') return null
  const size = file.width && file.height ? { width: file.width, height: file.height } : {}
  switch (file.kind) {
    case 'image':
      return (
        <a href={url} class="media-item">
          <img src={file.previewFile ? `/media/${file.previewFile}` : url} alt={file.description} title={file.description || undefined} loading="lazy" decoding="async" {...size} />
        </a>
      )
    case 'gifv':
    case 'video':
      return (
        <video
          class="media-item" src={url} controls playsinline loop={file.kind === 'gifv'} muted={file.kind === 'gifv'} aria-label={file.description || 'Video'}
          {...(file.previewFile ? { poster: `/media/${file.previewFile}`, preload: 'none' } : { preload: 'metadata' })} {...size}
        />
      )
    case 'audio':
      return <audio class="media-item" src={url} controls preload="none" aria-label={file.description || 'Audio'} />
    case 'unknown':
      return (
        <a href={url} class="media-item media-unknown" rel="nofollow noopener noreferrer" target="_blank">
          {file.description || 'Attached file'}
        </a>
      )
  }
}

/** What can be done with a status; visitors see the numbers. */
const Actions: FC<{ status: StatusView; anchor: string }> = ({ status, anchor }) => {
  const { me } = usePage()
  if (!me) return <Numbers status={status} />
  const path = `/statuses/${status.id}`
  const isOwn = status.accountId === me.account.id
  const mayBoost = status.visibility === 'public' || status.visibility === 'unlisted' || (status.visibility === 'private' && isOwn)
  return (
    <footer class="actions">
      <div class="action">
        <a href={`/compose?reply_to=${status.id}`} class="act" aria-label="Reply" title="Reply">
          <Icon name="reply" />
          {status.repliesCount ? <span class="count">{status.repliesCount}</span> : null}
        </a>
      </div>
      {mayBoost ? (
        <Action action={`${path}/${status.reblogged ? 'unreblog' : 'reblog'}`} label="Boost" icon="boost" count={status.reblogsCount} pressed={status.reblogged} class="act act-boost" anchor={anchor} />
      ) : (
        <span class="act act-off" title="This can’t be boosted">
          <Icon name={status.visibility} />
        </span>
      )}
      {isQuotable(status, me.account.id) && (
        <div class="action">
          <a href={`/compose?quote=${status.id}`} class="act" aria-label="Quote" title="Quote">
            <Icon name="quote" />
            {status.quotesCount ? <span class="count">{status.quotesCount}</span> : null}
          </a>
        </div>
      )}
      <Action
        action={`${path}/${status.favourited ? 'unfavourite' : 'favourite'}`}
        label="Favourite" icon="favourite" count={status.favouritesCount} pressed={status.favourited} class="act act-favourite" anchor={anchor}
      />
      <Action action={`${path}/${status.bookmarked ? 'unbookmark' : 'bookmark'}`} label="Bookmark" icon="bookmark" pressed={status.bookmarked} class="act act-bookmark" anchor={anchor} />
      <MoreActions status={status} isOwn={isOwn} anchor={anchor} />
    </footer>
  )
}

/** What is done rarely. */
const MoreActions: FC<{ status: StatusView; isOwn: boolean; anchor: string }> = ({ status, isOwn, anchor }) => {
  const path = `/statuses/${status.id}`
  const muting = status.muted ? 'Unmute this conversation' : 'Mute this conversation'
  const pinning = status.pinned ? 'Unpin from your profile' : 'Pin to your profile'
  return (
    <details class="menu">
      <summary class="act" aria-label="More" title="More">
        <Icon name="more" />
      </summary>
      <div class="menu-items">
        {isOwn && <a href={`${path}/edit`}>Edit</a>}
        {isOwn && status.visibility !== 'direct' && (
          <Action action={`${path}/${status.pinned ? 'unpin' : 'pin'}`} label={pinning} anchor={anchor}>
            {pinning}
          </Action>
        )}
        <Action action={`${path}/${status.muted ? 'unmute' : 'mute'}`} label={muting} anchor={anchor}>
          {muting}
        </Action>
        {isOwn && (
          <a href={`${path}/delete`} class="bad">
            Delete
          </a>
        )}
      </div>
    </details>
  )
}

const isQuotable = (status: StatusView, me: AccountId): boolean => quoteAnswer(status, { isAuthor: status.accountId === me, ...status }) !== 'denied'

const Numbers: FC<{ status: StatusView }> = ({ status }) => (
  <footer class="actions">
    {(
      [
        ['reply', status.repliesCount, 'replies'],
        ['boost', status.reblogsCount, 'boosts'],
        ['favourite', status.favouritesCount, 'favourites'],
      ] as const
    ).map(([icon, count, what]) => (
      <span class="act act-off" title={`${count} ${what}`}>
        <Icon name={icon} />
        <span class="count">{count || ''}</span>
        <span class="unseen">
          {count ? '' : 'No'} {what}
        </span>
      </span>
    ))}
  </footer>
)

/** Statuses of a timeline, or a word about why there are none. */
export const StatusList: FC<{ statuses: StatusView[]; pinned?: StatusId[]; context?: FilterContext; children?: Child }> = ({ statuses, pinned = [], context, children }) =>
  statuses.length > 0 ? (
    <div class="feed">
      {(context ? withoutHidden(statuses, context) : statuses).map((status) => (
        <Status status={status} isPinned={pinned.includes(status.id)} context={context} />
      ))}
    </div>
  ) : (
    <div class="empty">{children ?? 'Nothing here yet.'}</div>
  )

/** A status in a few words, for titles. */
export const statusTitle = (status: StatusView): string => `${nameOf(status.account)} (@${status.account.acct})`
