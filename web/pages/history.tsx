import { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import { notFound } from '#src/platform/errors.ts'
import { isId, type StatusId } from '#src/platform/ids.ts'
import { loadHistory, type RevisionView } from '#src/statuses/views/history.ts'
import { loadStatusView } from '#src/statuses/views/views.ts'
import { EmojiText } from '../components/emoji.tsx'
import { Html } from '../components/html.tsx'
import { Head } from '../components/layout.tsx'
import { statusPath, statusTitle } from '../components/status.tsx'
import { Moment } from '../components/time.tsx'
import type { Env } from '../env.ts'
import { page } from '../page.tsx'

/** The revisions of a status, for viewers who may see it: `/@alice/1/history`. */
export const histories = new Hono<Env>().get('/:at{@[^/]+}/:id{[0-9]+}/history', async (c) => {
  const { app, session } = c.var
  const viewer = session.viewer?.accountId ?? null
  const id = c.req.param('id')
  const status = isId(id) ? await loadStatusView(app.db, viewer, id as StatusId) : undefined
  if (!status || status.reblog) throw notFound()
  const path = `${statusPath(status)}/history`
  if (c.req.path.toLowerCase() !== path.toLowerCase()) return c.redirect(path, 302)
  const revisions = (await loadHistory(app.db, viewer, status.id)).toReversed()
  return page(
    c,
    { title: `Edits of a post by ${statusTitle(status)}`, isPrivate: true },
    <>
      <Head title="Edits" />
      <div class="feed">
        {revisions.map((revision, i) => (
          <Revision
            revision={revision}
            name={i === 0 ? 'As it is now' : i === revisions.length - 1 ? 'As it was published' : 'Edited'}
          />
        ))}
      </div>
      <p class="aside">
        <a href={statusPath(status)}>Back to the post</a>
      </p>
    </>,
  )
})

const Revision: FC<{ revision: RevisionView; name: string }> = ({ revision, name }) => (
  <article class="post revision">
    <header class="post-head">
      <h2 class="revision-name">{name}</h2>
      <span class="post-time">
        <Moment at={revision.createdAt} />
      </span>
    </header>
    {revision.spoilerText && (
      <p class="revision-warning" dir="auto">
        Content warning:{' '}
        <strong>
          <EmojiText text={revision.spoilerText} emojis={revision.emojis} />
        </strong>
      </p>
    )}
    <div class="post-body">
      <Html
        html={revision.content}
        isOwn={revision.account.isLocal}
        language={revision.language}
        emojis={revision.emojis}
      />
    </div>
    {revision.media.length > 0 && (
      <ul class="revision-list">
        {revision.media.map(({ description }, i) => (
          <li>
            File {i + 1}: <bdi>{description || 'without a description'}</bdi>
          </li>
        ))}
      </ul>
    )}
    {revision.pollOptions && (
      <ul class="revision-list">
        {revision.pollOptions.map((title) => (
          <li>
            <bdi>{title}</bdi>
          </li>
        ))}
      </ul>
    )}
  </article>
)
