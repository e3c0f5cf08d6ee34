/** What other servers find under our URIs. Documents come straight from the same builders that deliveries are made of. */
import { Hono } from 'hono'
import { accountHead, localAccount } from '#src/accounts/find.ts'
import { type AccountView, loadAccountViews } from '#src/accounts/views.ts'
import type { App } from '#src/app.ts'
import { emojisNamed } from '#src/emojis/views.ts'
import { type AccountId, type Id, isId, type StatusId } from '#src/ids.ts'
import { isBlockedEitherWay } from '#src/relationships/between.ts'
import type { InteractionKind } from '#src/interaction-kind.ts'
import { loadInteraction } from '#src/statuses/interaction-trace.ts'
import type { RequestEnv } from '#src/request-env.ts'
import { loadQuoteTrace } from '#src/statuses/quote-trace.ts'
import { loadStatusTrace } from '#src/statuses/trace.ts'
import { loadStatusView, type StatusView } from '#src/statuses/views.ts'
import { toActor, toInstanceActor, toTombstone } from './activities/actor.ts'
import { context } from './activities/context.ts'
import { toEmoji } from './activities/emoji.ts'
import { authorizationUri, toInteractionAuthorization } from './activities/interactions.ts'
import { toNote } from './activities/note.ts'
import { toQuoteAuthorization } from './activities/quote.ts'
import { createUri, toOutboxItem } from './activities/statuses.ts'
import { collections } from './collections.ts'
import { enter } from './inbox/door.ts'
import type { PipitFederation } from './index.ts'
import { instanceKeys, signingKeys } from './keys.ts'
import { documentResponse, wantsActivity } from './negotiation.ts'
import { nodeInfo20 } from './nodeinfo.ts'
import { canonicalResource } from './resource.ts'
import { signerOf } from './signer.ts'

const missing = () => new Response('Not found\n', { status: 404, headers: { 'content-type': 'text/plain; charset=utf-8' } })
const openToAll = { 'access-control-allow-origin': '*' }

/** Everything under `/ap` and `/.well-known`, and the pages of profiles and statuses for those who ask for them as documents. */
export function federationRoutes(app: App, federation: PipitFederation): Hono<{ Bindings: Partial<RequestEnv> }> {
  const routes = new Hono<{ Bindings: Partial<RequestEnv> }>()
  const byFedify = async (request: Request, query = '') => {
    // Under our own name, whatever the way here called us.
    const url = app.config.origin + new URL(request.url).pathname + query
    const response = await (await federation()).fetch(new Request(url, { headers: request.headers }), { contextData: app, onNotFound: missing, onNotAcceptable: missing, onUnauthorized: missing })
    return withHeaders(response, openToAll)
  }

  routes.get('/.well-known/webfinger', async (c) => {
    const resource = c.req.query('resource')
    return byFedify(c.req.raw, resource === undefined ? '' : `?${new URLSearchParams({ resource: await canonicalResource(app, resource) })}`)
  })
  for (const path of ['/.well-known/nodeinfo', '/nodeinfo/2.1']) routes.get(path, (c) => byFedify(c.req.raw))
  routes.get('/nodeinfo/2.0', async (c) => c.json(await nodeInfo20(app), 200, { ...openToAll, 'content-type': 'application/json; profile="http://nodeinfo.diaspora.software/ns/schema/2.0#"' }))
  routes.get('/.well-known/host-meta', (c) => c.body(hostMeta(app), 200, { ...openToAll, 'content-type': 'application/xrd+xml; charset=utf-8' }))

  routes.post('/ap/inbox', (c) => enter(app, c.req.raw, c.env?.clientAddress ?? ''))
  routes.post('/ap/accounts/:id/inbox', async (c) => ((await standingAccount(app, c.req.param('id'))) ? enter(app, c.req.raw, c.env?.clientAddress ?? '') : missing()))

  routes.get('/ap/instance', async () => documentResponse(toInstanceActor(await instanceKeys(app), app.uris)))
  routes.get('/ap/instance/outbox', () => documentResponse({ '@context': context, id: `${app.uris.instanceActor}/outbox`, type: 'OrderedCollection', totalItems: 0, orderedItems: [] }))
  routes.get('/ap/accounts/:id', async (c) => {
    const account = await localView(app, c.req.param('id'))
    return account ? profile(app, c.req.raw, account) : missing()
  })
  routes.route('/ap/accounts', collections(app))
  routes.get('/ap/statuses/:id', (c) => status(app, c.req.raw, c.req.param('id'), (view) => ({ '@context': context, ...toNote(view, app.uris) })))
  routes.get('/ap/creates/:id', (c) => status(app, c.req.raw, c.req.param('id'), (view) => toOutboxItem(view, app.uris), (id) => createUri(id, app.uris)))
  routes.get('/ap/announces/:id', (c) => status(app, c.req.raw, c.req.param('id'), (view) => toOutboxItem(view, app.uris), undefined, 'boost'))

  routes.get('/ap/emojis/:shortcode', async (c) => {
    const [emoji] = await emojisNamed(app.db, null, [c.req.param('shortcode')])
    return emoji?.file ? documentResponse({ '@context': context, ...toEmoji(emoji, emoji.file, app.uris) }) : missing()
  })
  routes.get('/ap/quote-authorizations/:id', (c) => quoteAuthorization(app, c.req.param('id')))

  for (const kind of ['like', 'reply', 'announce'] as const) routes.get(`/ap/${kind}-authorizations/:id`, (c) => interactionAuthorization(app, c.req.raw, kind, c.req.param('id')))

  routes.get('/:name{@[a-zA-Z0-9_]+}', async (c, next) => {
    if (!wantsActivity(c.req.raw)) return varying(next, () => c.res)
    const id = await localAccount(app.db, c.req.param('name').slice(1).toLowerCase())
    const account = id && (await localView(app, id))
    return account ? profile(app, c.req.raw, account) : missing()
  })
  routes.get('/:name{@[a-zA-Z0-9_]+}/:id{[0-9]+}', async (c, next) => {
    if (!wantsActivity(c.req.raw)) return varying(next, () => c.res)
    return status(app, c.req.raw, c.req.param('id'), (view) => ({ '@context': context, ...toNote(view, app.uris) }))
  })
  return routes
}

/** Pages have another form, so caches must look at what was asked for. */
async function varying(next: () => Promise<void>, response: () => Response): Promise<void> {
  await next()
  response().headers.append('vary', 'Accept')
}

async function localView(app: App, id: string): Promise<AccountView | null> {
  const [account] = isId(id) ? await loadAccountViews(app.db, [id as AccountId]) : []
  return account?.isLocal ? account : null
}

async function standingAccount(app: App, id: string): Promise<boolean> {
  const account = isId(id) ? await accountHead(app.db, id as AccountId) : null
  return account?.domain === null && !account.deletedAt
}

async function profile(app: App, request: Request, account: AccountView): Promise<Response> {
  if (account.suspendedAt) return documentResponse(toTombstone(account.uri), { status: 410 })
  if (!wantsActivity(request) && wantsPage(request)) return Response.redirect(account.url, 302)
  const keys = await signingKeys(app, account.id)
  return keys ? documentResponse(toActor(account, keys, app.uris)) : missing()
}

/**
 * A local status, or an activity about it, for those who may see it: everybody, or the account that signed the request.
 *
 * @param goneId the id of what is asked for, where that is not the status itself
 */
async function status(
  app: App,
  request: Request,
  id: string,
  present: (view: StatusView) => object,
  goneId: (id: StatusId) => string = app.uris.status,
  kind: 'status' | 'boost' = 'status',
): Promise<Response> {
  const trace = isId(id) ? await loadStatusTrace(app.db, id as StatusId) : null
  if (!trace?.isLocal || (trace.boosted !== null) !== (kind === 'boost')) return missing()
  const isOpen = trace.visibility === 'public' || trace.visibility === 'unlisted'
  // Of what not everybody could see, nobody is told that it was there.
  if (trace.deletedAt) return isOpen ? documentResponse(toTombstone(kind === 'boost' ? trace.uri : goneId(id as StatusId)), { status: 410 }) : missing()

  const viewer = isOpen ? null : await signerOf(app, request)
  const view = await loadStatusView(app.db, viewer, id as StatusId)
  if (!view) return missing()
  if (isOpen && kind === 'status' && !wantsActivity(request) && wantsPage(request)) return Response.redirect(view.url, 302)
  return documentResponse(present(view), { isPrivate: !isOpen })
}

/** The consent of a local author to a quote, for everybody who wants to know whether it was given. It names only ids. */
async function quoteAuthorization(app: App, id: string): Promise<Response> {
  const quote = isId(id) ? await loadQuoteTrace(app.db, id as StatusId) : null
  if (quote?.state !== 'accepted' || quote.approvalUri === null || !quote.quotedIsLocal || !(await loadStatusView(app.db, null, quote.quotedId))) return missing()
  return documentResponse(toQuoteAuthorization({ id: quote.approvalUri, author: quote.quotedAuthorUri, quoting: quote.uri, quoted: quote.quotedUri }))
}

/** The consent of a local author to a favourite, reply or boost, for who may see the status: it is given while that stands. */
async function interactionAuthorization(app: App, request: Request, kind: InteractionKind, id: string): Promise<Response> {
  const trace = isId(id) ? await loadInteraction(app.db, kind, id as Id<string>) : null
  if (!trace?.target.isLocal || trace.uri === null || trace.isPending) return missing()
  const { target } = trace
  const isOpen = target.visibility === 'public' || target.visibility === 'unlisted'
  const viewer = isOpen ? null : await signerOf(app, request)
  if (!(await loadStatusView(app.db, viewer, target.id)) || (await isBlockedEitherWay(app.db, trace.accountId, target.accountId))) return missing()
  const interaction = { kind, actor: trace.actorUri, interaction: trace.uri, target: target.uri, author: target.authorUri }
  return documentResponse(toInteractionAuthorization(authorizationUri(app.uris, kind, id), interaction), { isPrivate: !isOpen })
}

/** Browsers follow links to ids, too. */
const wantsPage = (request: Request): boolean => /text\/html/i.test(request.headers.get('accept') ?? '')

function withHeaders(response: Response, headers: Record<string, string>): Response {
  const copy = new Response(response.body, response)
  for (const [name, value] of Object.entries(headers)) copy.headers.set(name, value)
  return copy
}

/** @see https://www.rfc-editor.org/rfc/rfc6415 */
const hostMeta = (app: App): string => `<?xml version="1.0" encoding="UTF-8"?>
<XRD xmlns="http://docs.oasis-open.org/ns/xri/xrd-1.0">
  <Link rel="lrdd" type="application/jrd+json" template="${app.uris.origin}/.well-known/webfinger?resource={uri}"/>
</XRD>
`
