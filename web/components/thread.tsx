/** The parts of a thread's page: what a post answers, its author's own continuation, and the tree of replies. */
import type { Child, FC } from 'hono/jsx'
import type { StatusId } from '#src/platform/ids.ts'
import { webUrl } from '#src/platform/web-url.ts'
import type { Gap } from '#src/statuses/threads/gaps.ts'
import type { Reply, ReplyPage } from '#src/statuses/threads/replies.ts'
import type { Ancestor } from '#src/statuses/threads/thread.ts'
import { hides } from '#src/statuses/views/filters.ts'
import type { StatusView } from '#src/statuses/views/views.ts'
import type { MessageKey } from '#src/text/catalogue.ts'
import { Icon } from './icons.tsx'
import { useMessages } from './page-context.ts'
import { Status, statusPath } from './status.tsx'

export type Views = ReadonlyMap<StatusId, StatusView>

/** The posts above the main one, oldest first. `isCut`: there are more above them. */
export const Ancestors: FC<{ ancestors: readonly Ancestor[]; views: Views; isCut: boolean }> = ({
  ancestors,
  views,
  isCut,
}) => {
  const { t } = useMessages()
  const first = ancestors.map(({ id }) => views.get(id)).find((view) => view !== undefined)
  if (ancestors.length === 0) return null
  // One line stands for several of them.
  const shown = ancestors.filter(({ gap }, i) => gap === null || gap === 'muted' || gap !== ancestors[i - 1]?.gap)
  return (
    <section class="feed thread-above" aria-label={t('status.answersTo')}>
      {isCut && first && (
        <p class="aside">
          <a href={`${statusPath(first)}#post-${first.id}`}>{t('status.earlier')}</a>
        </p>
      )}
      {shown.map(({ id, gap }) => (
        <InPlace view={views.get(id)} gap={gap} isPartOfThread />
      ))}
    </section>
  )
}

/** A post of the thread, or a line in its place. */
const InPlace: FC<{ view: StatusView | undefined; gap: Gap | null; isPartOfThread?: boolean; level?: 2 | 3 }> = ({
  view,
  gap,
  isPartOfThread = false,
  level,
}) => {
  const { t } = useMessages()
  if (gap !== null)
    return (
      <GapLine>
        {t(gapWords[gap])} {gap === 'muted' && view && <a href={statusPath(view)}>{t('thread.showAnyway')}</a>}
      </GapLine>
    )
  if (!view) return null
  const filter = hides(view.filtered, 'thread') && view.filtered.find(({ filter: { action } }) => action === 'hide')
  if (filter) return <GapLine>{t('thread.filtered', { filter: filter.filter.title })}</GapLine>
  return <Status status={view} isPartOfThread={isPartOfThread} context="thread" level={level} />
}

/** A line in the place of a post that is not shown. */
const GapLine: FC<{ children?: Child }> = ({ children }) => (
  <p class="thread-gap">
    <Icon name="info" />
    <span>{children}</span>
  </p>
)

const gapWords = {
  deleted: 'thread.deleted',
  suspended: 'thread.suspended',
  youBlock: 'thread.youBlock',
  unseen: 'thread.unseen',
  muted: 'thread.muted',
  unwelcome: 'thread.unwelcome',
} as const satisfies Record<Gap, MessageKey>

/** Says that the post that is answered never arrived. `uri`: its address on its own server. */
export const LostParent: FC<{ uri: string }> = ({ uri }) => {
  const { t } = useMessages()
  const url = webUrl(uri)
  return (
    <GapLine>
      {t('thread.parentNeverReceived')}{' '}
      {url && (
        <a href={url} rel="nofollow noopener noreferrer" target="_blank">
          {t('thread.openElsewhere')}
        </a>
      )}
    </GapLine>
  )
}

/** The author's own replies to the post, one below the other. */
export const Continuation: FC<{ links: ReplyPage['continuation']; views: Views }> = ({ links, views }) => {
  const { t } = useMessages()
  const shown = links.filter(({ id }) => views.has(id))
  if (shown.length === 0) return null
  return (
    <section class="feed thread-own" aria-label={t('thread.continuation')}>
      {shown.map(({ id, hasMore }) => (
        <>
          <InPlace view={views.get(id)} gap={null} level={3} isPartOfThread />
          {hasMore && <MoreBelow view={views.get(id)} />}
        </>
      ))}
    </section>
  )
}

/** Replies with what answers them. `path`: of the page of the thread that can show the replies below a gap. */
export const ReplyTree: FC<{ replies: readonly Reply[]; views: Views; path: string }> = ({ replies, views, path }) => {
  const { t } = useMessages()
  return (
    <ol class="replies">
      {replies.map(({ id, gap, below, hasMore }) => (
        <li>
          <InPlace view={views.get(id)} gap={gap} level={3} />
          {below.length > 0 && <ReplyTree replies={below} views={views} path={path} />}
          {hasMore &&
            (gap === null || gap === 'muted' ? (
              <MoreBelow view={views.get(id)} />
            ) : (
              <p class="thread-more">
                <a href={`${path}?below=${id}#replies`}>{t('thread.moreBelow')}</a>
              </p>
            ))}
        </li>
      ))}
    </ol>
  )
}

/** The way to replies that are not on this page. */
const MoreBelow: FC<{ view: StatusView | undefined }> = ({ view }) => {
  const { t } = useMessages()
  return view ? (
    <p class="thread-more">
      <a href={`${statusPath(view)}#post-${view.id}`}>
        {t('thread.moreReplies', { name: view.account.displayName || view.account.username })}
      </a>
    </p>
  ) : null
}
