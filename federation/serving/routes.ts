/**
 * The gateway for other servers: methods, negotiation, and the store of finished documents. For a document that is not
 * in the store, it makes a new request to Fedify, and sets the headers of Fedify's answer.
 */
import { Hono } from 'hono'
import { accountHead } from '#src/accounts/find.ts'
import type { App } from '#src/platform/app.ts'
import type { RequestEnv } from '#src/platform/http/request-env.ts'
import { type AccountId, isId } from '#src/platform/ids.ts'
import { receivePost } from '../incoming/inbox.ts'
import { actorInStore } from './actors.ts'
import type { Asked } from './asked.ts'
import { serveByFedify } from './by-fedify.ts'
import { pageInStore } from './collections.ts'
import { documents, instancePath } from './documents.ts'
import { documentFingerprint } from './fingerprint.ts'
import { finished, missing, wantsActivity } from './negotiation.ts'
import { statusInStore } from './statuses.ts'
import { wellKnown } from './well-known.ts'

/** Everything under `/ap` and `/.well-known`, and the addresses of the pages of profiles, statuses and collections for requests that want documents. */
export function federationRoutes(app: App): Hono<{ Bindings: Partial<RequestEnv> }> {
  const routes = new Hono<{ Bindings: Partial<RequestEnv> }>()
  const fingerprint = documentFingerprint(app)
  const ask = (request: Request): Asked => ({ app, request, fingerprint })

  routes.post('/ap/inbox', (c) => receivePost(app, c.req.raw, c.env?.clientAddress ?? ''))
  routes.post('/ap/accounts/:id/inbox', async (c) =>
    (await isAccountThere(app, c.req.param('id')))
      ? receivePost(app, c.req.raw, c.env?.clientAddress ?? '')
      : missing(),
  )
  routes.get('/ap/accounts/:id', (c) => {
    const id = c.req.param('id')
    return isId(id) ? actor(ask(c.req.raw), { id: id as AccountId }) : missing()
  })
  routes.get(instancePath, (c) => byFedify(ask(c.req.raw), instancePath))
  for (const path of Object.keys(documents))
    routes.get(path.replace('{id}', ':id'), (c) => document(ask(c.req.raw), path, c.req.param('id') ?? ''))
  routes.route('/', wellKnown(app, fingerprint))

  routes.get('/:name{@[a-zA-Z0-9_]+}', async (c, next) => {
    if (!wantsActivity(c.req.raw)) return varying(next, () => c.res)
    return actor(ask(c.req.raw), { name: c.req.param('name').slice(1).toLowerCase() })
  })
  routes.get('/:name{@[a-zA-Z0-9_]+}/:id{[0-9]+}', async (c, next) => {
    if (!wantsActivity(c.req.raw)) return varying(next, () => c.res)
    return document(ask(c.req.raw), '/ap/statuses/{id}', c.req.param('id'))
  })
  routes.get('/collections/:id{[0-9]+}', async (c, next) => {
    if (!wantsActivity(c.req.raw)) return varying(next, () => c.res)
    return document(ask(c.req.raw), '/ap/collections/{id}', c.req.param('id'))
  })
  return routes
}

/** Caches must separate pages from documents at the same address. */
async function varying(next: () => Promise<void>, response: () => Response): Promise<void> {
  await next()
  response().headers.append('vary', 'Accept')
}

async function isAccountThere(app: App, id: string): Promise<boolean> {
  const account = isId(id) ? await accountHead(app.db, id as AccountId) : null
  return account?.domain === null && !account.deletedAt
}

async function actor(asked: Asked, who: { id: AccountId } | { name: string }): Promise<Response> {
  const stored = await actorInStore(asked, who)
  if (stored) return stored
  const id = asked.account?.account?.id
  return id ? byFedify(asked, `/ap/accounts/${id}`) : missing()
}

async function document(asked: Asked, path: string, id: string): Promise<Response> {
  const stored = await inStore(asked, path, id)
  return stored ?? byFedify(asked, path.replace('{id}', encodeURIComponent(id)))
}

/** A request that is answered from the store never gets to Fedify. */
async function inStore(asked: Asked, path: string, id: string): Promise<Response | null> {
  switch (path) {
    case '/ap/statuses/{id}':
      return statusInStore(asked, id, 'status')
    case '/ap/creates/{id}':
      return statusInStore(asked, id, 'create')
    case '/ap/announces/{id}':
      return statusInStore(asked, id, 'boost')
    case '/ap/accounts/{id}/outbox':
      return pageInStore(asked, id, 'outbox')
    case '/ap/accounts/{id}/featured':
      return pageInStore(asked, id, 'featured')
    default:
      return null
  }
}

async function byFedify(asked: Asked, path: string): Promise<Response> {
  const response = await serveByFedify(path, asked)
  return asked.answer ?? finished(asked.request, response, asked.kind)
}
