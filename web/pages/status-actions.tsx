import { Hono } from 'hono'
import { countAction } from '#src/auth/attempts.ts'
import { notFound } from '#src/errors.ts'
import { isId, type StatusId } from '#src/ids.ts'
import { bookmark, unbookmark } from '#src/statuses/bookmark.ts'
import { deleteStatus } from '#src/statuses/delete.ts'
import { favourite, unfavourite } from '#src/statuses/favourite.ts'
import { reblog, unreblog } from '#src/statuses/reblog.ts'
import { loadStatusView } from '#src/statuses/views.ts'
import { Form } from '../components/form.tsx'
import { Head } from '../components/layout.tsx'
import { Status, statusPath } from '../components/status.tsx'
import type { C, Env } from '../env.ts'
import { backTo, personal, viewerOf } from '../guards.tsx'
import { page } from '../page.tsx'

/** What a person does with a status: buttons lead here, and back. */
export const statusActions = new Hono<Env>()
  .post('/statuses/:id/favourite', personal, (c) => act(c, (tx, me, id) => favourite(tx, me, id)))
  .post('/statuses/:id/unfavourite', personal, (c) => act(c, unfavourite))
  .post('/statuses/:id/reblog', personal, (c) => act(c, (tx, me, id) => reblog(tx, c.var.app.uris, me, id)))
  .post('/statuses/:id/unreblog', personal, (c) => act(c, unreblog))
  .post('/statuses/:id/bookmark', personal, (c) => act(c, bookmark))
  .post('/statuses/:id/unbookmark', personal, (c) => act(c, unbookmark))
  .get('/statuses/:id/delete', personal, async (c) => {
    const { accountId } = viewerOf(c)
    const status = await loadStatusView(c.var.app.db, accountId, idOf(c))
    if (!status || status.accountId !== accountId) throw notFound()
    return page(
      c,
      'Delete this post?',
      <>
        <Head title="Delete this post?" />
        <div class="feed feed-quoted">
          <Status status={status} />
        </div>
        <Form action={`/statuses/${status.id}/delete`} class="sheet">
          <p>It goes for good, here and on the servers that received it.</p>
          <div class="buttons">
            <button type="submit" class="button button-bad">
              Delete
            </button>
            <a href={statusPath(status)} class="button button-quiet">
              Keep it
            </a>
          </div>
        </Form>
      </>,
    )
  })
  .post('/statuses/:id/delete', personal, async (c) => {
    const { accountId, username } = viewerOf(c)
    await countAction(c.var.app, 'deletions', accountId)
    await c.var.app.db.transaction((tx) => deleteStatus(tx, accountId, idOf(c)))
    return c.redirect(`/@${username}`, 303)
  })

type Verb = (...args: Parameters<typeof unfavourite>) => Promise<StatusId>

async function act(c: C, verb: Verb): Promise<Response> {
  await c.var.app.db.transaction((tx) => verb(tx, viewerOf(c).accountId, idOf(c)))
  return backTo(c)
}

function idOf(c: C): StatusId {
  const id = c.req.param('id') ?? ''
  if (!isId(id)) throw notFound()
  return id as StatusId
}
