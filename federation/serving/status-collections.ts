/** Collections of local statuses: replies, numbers of favourites and boosts, threads. */
import { Hono } from 'hono'
import { type AskedStatus, statusDocument } from '#src/outgoing/documents/statuses.ts'
import type { App } from '#src/platform/app.ts'
import { type AccountId, isId, type StatusId } from '#src/platform/ids.ts'
import { isOpen } from '#src/statuses/access/visibility.ts'
import { type Listed, openReplies, openThreadHead, threadPosts } from '#src/statuses/threads/surroundings.ts'
import { loadStatusView } from '#src/statuses/views/views.ts'
import { context } from '../documents/context.ts'
import { toCount } from '../documents/note.ts'
import { documentResponse, missing, nothing } from './negotiation.ts'
import { refusal, signingViewer } from './signer.ts'

const pageSize = 50

/** Pages run from the oldest item on, after `min_id`. The collection encloses its first page. */
export function statusCollections(app: App, fingerprint: string): Hono {
  const routes = new Hono()
  const forStatus = (
    request: Request,
    id: string,
    answer: (status: AskedStatus, isPrivate: boolean) => Promise<Response>,
  ) => ofStatus(app, fingerprint, request, id, answer)
  routes.get('/statuses/:id/likes', (c) =>
    forStatus(c.req.raw, c.req.param('id'), async ({ uri, favouritesCount }, isPrivate) =>
      counted(`${uri}/likes`, favouritesCount, isPrivate),
    ),
  )
  routes.get('/statuses/:id/shares', (c) =>
    forStatus(c.req.raw, c.req.param('id'), async ({ uri, reblogsCount }, isPrivate) =>
      counted(`${uri}/shares`, reblogsCount, isPrivate),
    ),
  )
  routes.get('/statuses/:id/replies', (c) =>
    forStatus(c.req.raw, c.req.param('id'), (status, isPrivate) =>
      paged(
        {
          uri: `${status.uri}/replies`,
          type: '',
          properties: {},
          load: (minId) => openReplies(app.db, status, { minId, limit: pageSize }),
        },
        c.req.query(),
        isPrivate,
      ),
    ),
  )
  routes.get('/threads/:id', async (c) => {
    const id = c.req.param('id')
    if (!isId(id)) return missing()
    const { needsSignature } = await statusDocument(app.db, id as StatusId, fingerprint)
    const thread = await openThreadHead(app.db, id as StatusId)
    const refused = await refusal(app, c.req.raw, needsSignature, thread?.accountId ?? null)
    if (refused) return refused
    if (!thread) return missing()
    return threadResponse(app, id as StatusId, thread, c.req.query(), needsSignature)
  })
  return routes
}

const counted = (id: string, totalItems: number, isPrivate: boolean): Response =>
  documentResponse({ '@context': context, ...toCount(id, totalItems) }, { isPrivate })

async function ofStatus(
  app: App,
  fingerprint: string,
  request: Request,
  id: string,
  answer: (status: AskedStatus, isPrivate: boolean) => Promise<Response>,
): Promise<Response> {
  if (!isId(id)) return missing()
  const { needsSignature, status } = await statusDocument(app.db, id as StatusId, fingerprint)
  const refused = await refusal(app, request, needsSignature, status?.accountId ?? null)
  if (refused) return refused
  if (!status || status.isBoost || status.isDeleted) return missing()
  if (isOpen(status.visibility)) return status.isVisible ? answer(status, needsSignature) : missing()
  const viewer = await signingViewer(app, request)
  return viewer && (await loadStatusView(app.db, viewer, status.id)) ? answer(status, true) : missing()
}

/**
 * The posts of a thread, as its first author sees it.
 *
 * @see https://codeberg.org/fediverse/fep/src/branch/main/fep/f228/fep-f228.md
 */
async function threadResponse(
  app: App,
  id: StatusId,
  { accountId, author }: { accountId: AccountId; author: string | null },
  query: Record<string, string>,
  isPrivate: boolean,
): Promise<Response> {
  // The first post may be deleted while the rest of the thread exists.
  const isEmpty = (await threadPosts(app.db, id, accountId, { limit: 1 })).length === 0
  if (isEmpty) return missing()
  const properties = author ? { attributedTo: author } : {}
  return paged(
    {
      uri: app.uris.thread(id),
      type: 'Ordered',
      properties,
      load: (minId) => threadPosts(app.db, id, accountId, { minId, limit: pageSize }),
    },
    query,
    isPrivate,
  )
}

type Paged = {
  uri: string
  type: '' | 'Ordered'
  properties: object
  load: (minId: string | undefined) => Promise<Listed[]>
}

async function paged(
  { uri, type, properties, load }: Paged,
  query: Record<string, string>,
  isPrivate: boolean,
): Promise<Response> {
  const { page, min_id: minId } = query
  if (minId !== undefined && !isId(minId)) return nothing(400, 'Bad request')
  const first = `${uri}?page=true`
  const listed = await load(page ? minId : undefined)
  const last = listed.length === pageSize ? listed.at(-1) : undefined
  const part = {
    id: page && minId ? `${first}&min_id=${minId}` : first,
    type: `${type}CollectionPage`,
    partOf: uri,
    ...(last ? { next: `${first}&min_id=${last.id}` } : {}),
    [type ? 'orderedItems' : 'items']: listed.map((status) => status.uri),
  }
  return documentResponse(
    { '@context': context, ...(page ? part : { id: uri, type: `${type}Collection`, ...properties, first: part }) },
    { isPrivate },
  )
}
