import { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import { notFound, Refusal } from '#src/platform/errors.ts'
import { isId, type StatusId } from '#src/platform/ids.ts'
import { isOpen } from '#src/statuses/access/visibility.ts'
import { isDeleted } from '#src/statuses/find.ts'
import { openThread } from '#src/statuses/threads/open-thread.ts'
import { thread, threadBounds } from '#src/statuses/threads/thread.ts'
import { withoutHidden } from '#src/statuses/views/filters.ts'
import { loadStatusViews, type StatusView } from '#src/statuses/views/views.ts'
import { htmlToText } from '#src/text/html/to-text.ts'
import { avatarUrl } from '../components/account.tsx'
import { Head, type Meta } from '../components/layout.tsx'
import { MainStatus, Status, statusPath, statusTitle } from '../components/status.tsx'
import type { C, Env } from '../env.ts'
import { page } from '../page.tsx'

/** Largest thread on one page for logged-in people. */
const memberBounds = { ancestors: 200, descendants: 200, depth: 200 }

/** A status with its thread: `/@alice/1`, and `/@bob@remote.example/2` for a remote one. */
export const statusPages = new Hono<Env>().get('/:at{@[^/]+}/:id{[0-9]+}', async (c) => {
  const { app, session } = c.var
  const viewer = session.viewer?.accountId ?? null
  const id = c.req.param('id')
  if (!isId(id)) throw notFound()
  const bound = viewer ? memberBounds : threadBounds(null)
  const related = await thread(app.db, viewer, id as StatusId, bound).catch(async (error: unknown) => {
    const isMissing = error instanceof Refusal && error.code === 'not_found'
    throw isMissing && (await isDeleted(app.db, id as StatusId)) ? new Refusal('gone', 'This post is gone') : error
  })
  const views = await loadStatusViews(app.db, viewer, [...related.ancestors, id as StatusId, ...related.descendants])
  const status = views.find((view) => view.id === id)
  if (!status) throw notFound()
  // Boosts have no page of their own. A URL with another name than the author's is corrected.
  const path = statusPath(status.reblog ?? status)
  if (status.reblog || c.req.path.toLowerCase() !== path.toLowerCase()) return c.redirect(path, 302)

  const ancestors = views.slice(0, views.indexOf(status))
  const replies = views.slice(views.indexOf(status) + 1)
  const { t, rich } = c.var.messages
  const refresh = viewer && (await openThread(app, status.id))
  return page(
    c,
    metaOf(c, status),
    <>
      <Head title={t('status.title')} />
      {ancestors.length > 0 && (
        <section class="feed" aria-label={t('status.answersTo')}>
          {ancestors.length >= bound.ancestors && <More from={ancestors[0]} words={t('status.earlier')} />}
          {withoutHidden(ancestors, 'thread').map((view) => (
            <Status status={view} isPartOfThread context="thread" />
          ))}
        </section>
      )}
      <MainStatus status={status} />
      {refresh && (
        <p class="aside" role="status">
          {rich('status.lookingForReplies', { a: (words) => <a href={path}>{words}</a> })}
        </p>
      )}
      {replies.length > 0 && (
        <section class="feed" aria-labelledby="replies">
          <h2 class="section-title" id="replies">
            {t('status.replies')}
          </h2>
          {withoutHidden(replies, 'thread').map((view) => (
            <Status status={view} context="thread" level={3} />
          ))}
          {related.descendants.length >= bound.descendants && <More from={replies.at(-1)} words={t('status.later')} />}
        </section>
      )}
    </>,
  )
})

/** A link to the continuation of a long thread. */
const More: FC<{ from: StatusView | undefined; words: string }> = ({ from, words }) =>
  from ? (
    <p class="aside">
      <a href={statusPath(from)}>{words}</a>
    </p>
  ) : null

function metaOf(c: C, status: StatusView): Meta {
  const { uris } = c.var.app
  const title = statusTitle(status)
  if (!isOpen(status.visibility)) return { title, isPrivate: true }
  const text = status.spoilerText || htmlToText(status.content)
  const image = avatarUrl(status.account, uris.remoteFile)
  const canonical = status.account.isLocal ? `${uris.origin}${statusPath(status)}` : status.url
  return {
    title,
    description: text.length > 300 ? `${text.slice(0, 299).trimEnd()}…` : text,
    canonical,
    activity: status.uri,
    ...(status.account.isLocal ? { oembed: `${uris.origin}/api/oembed?url=${encodeURIComponent(canonical)}` } : {}),
    image: image && new URL(image, uris.origin).href,
    type: 'article',
    isPrivate: !status.account.isIndexable,
  }
}
