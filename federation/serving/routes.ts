/** What other servers find under our URIs. */
import { Hono } from 'hono'
import { accountHead } from '#src/accounts/find.ts'
import { loadAccountViews } from '#src/accounts/views.ts'
import { emojisNamed } from '#src/media/emojis/views.ts'
import { accountDocument, type AskedAccount } from '#src/outgoing/documents/accounts.ts'
import { type AskedStatus, statusDocument } from '#src/outgoing/documents/statuses.ts'
import type { App } from '#src/platform/app.ts'
import type { RequestEnv } from '#src/platform/http/request-env.ts'
import { type AccountId, type Id, isId, type StatusId } from '#src/platform/ids.ts'
import type { InteractionKind } from '#src/platform/interaction-kind.ts'
import { isBlockedEitherWay } from '#src/relationships/pairs.ts'
import { loadOutgoingInteraction } from '#src/statuses/access/outgoing-interaction.ts'
import { isOpen } from '#src/statuses/access/visibility.ts'
import { loadOutgoingQuote } from '#src/statuses/quotes/outgoing-quote.ts'
import { loadStatusView } from '#src/statuses/views/views.ts'
import { toActor, toInstanceActor, toStub, toTombstone } from '../documents/actor.ts'
import { context } from '../documents/context.ts'
import { toEmoji } from '../documents/emoji.ts'
import { authorizationUri, toInteractionAuthorization } from '../documents/interactions.ts'
import { toQuoteAuthorization } from '../documents/quote.ts'
import { createUri } from '../documents/statuses.ts'
import { receivePost } from '../incoming/inbox.ts'
import { instanceKeys, readSigningKeys } from '../signatures/own-keys.ts'
import { collections } from './collections.ts'
import { documentFingerprint } from './fingerprint.ts'
import { documentResponse, missing, textResponse, wantsActivity } from './negotiation.ts'
import { refusal, signingViewer } from './signer.ts'
import { statusCollections } from './status-collections.ts'
import { actorText, statusTexts, type Text, textsFor, withContext } from './stored-documents.ts'
import { wellKnown } from './well-known.ts'

/** Everything under `/ap` and `/.well-known`, and the pages of profiles and statuses for those who ask for them as documents. */
export function federationRoutes(app: App): Hono<{ Bindings: Partial<RequestEnv> }> {
  const routes = new Hono<{ Bindings: Partial<RequestEnv> }>()
  const fingerprint = documentFingerprint(app)

  routes.get('/ap/accounts/:id', async (c) => {
    const id = c.req.param('id')
    return isId(id) ? actor(app, fingerprint, c.req.raw, { id: id as AccountId }) : missing()
  })
  routes.get('/ap/statuses/:id', (c) => status(app, fingerprint, c.req.raw, c.req.param('id'), 'status'))
  routes.get('/ap/creates/:id', (c) => status(app, fingerprint, c.req.raw, c.req.param('id'), 'create'))
  routes.get('/ap/announces/:id', (c) => status(app, fingerprint, c.req.raw, c.req.param('id'), 'boost'))
  routes.post('/ap/inbox', (c) => receivePost(app, c.req.raw, c.env?.clientAddress ?? ''))
  routes.post('/ap/accounts/:id/inbox', async (c) =>
    (await isAccountThere(app, c.req.param('id')))
      ? receivePost(app, c.req.raw, c.env?.clientAddress ?? '')
      : missing(),
  )
  routes.route('/ap/accounts', collections(app, fingerprint))
  routes.route('/ap', statusCollections(app, fingerprint))

  // Whoever wants to check a signature of ours signs with a key of its own, which we may want to check: somebody has to be the first.
  routes.get('/ap/instance', async () => documentResponse(toInstanceActor(await instanceKeys(app), app.uris)))
  routes.get('/ap/instance/outbox', () =>
    documentResponse({
      '@context': context,
      id: `${app.uris.instanceActor}/outbox`,
      type: 'OrderedCollection',
      totalItems: 0,
      orderedItems: [],
    }),
  )
  routes.get('/ap/emojis/:shortcode', async (c) => {
    const [emoji] = await emojisNamed(app.db, null, [c.req.param('shortcode')])
    return emoji?.file ? documentResponse({ '@context': context, ...toEmoji(emoji, emoji.file, app.uris) }) : missing()
  })
  routes.get('/ap/quote-authorizations/:id', (c) => quoteAuthorization(app, fingerprint, c.req.raw, c.req.param('id')))
  routes.route('/', wellKnown(app, fingerprint))

  for (const kind of ['like', 'reply', 'announce'] as const)
    routes.get(`/ap/${kind}-authorizations/:id`, (c) =>
      interactionAuthorization(app, fingerprint, c.req.raw, kind, c.req.param('id')),
    )

  routes.get('/:name{@[a-zA-Z0-9_]+}', async (c, next) => {
    if (!wantsActivity(c.req.raw)) return varying(next, () => c.res)
    return actor(app, fingerprint, c.req.raw, { name: c.req.param('name').slice(1).toLowerCase() })
  })
  routes.get('/:name{@[a-zA-Z0-9_]+}/:id{[0-9]+}', async (c, next) => {
    if (!wantsActivity(c.req.raw)) return varying(next, () => c.res)
    return status(app, fingerprint, c.req.raw, c.req.param('id'), 'status')
  })
  return routes
}

/** Pages have another form, so caches must look at what was asked for. */
async function varying(next: () => Promise<void>, response: () => Response): Promise<void> {
  await next()
  response().headers.append('vary', 'Accept')
}

async function isAccountThere(app: App, id: string): Promise<boolean> {
  const account = isId(id) ? await accountHead(app.db, id as AccountId) : null
  return account?.domain === null && !account.deletedAt
}

async function actor(
  app: App,
  fingerprint: string,
  request: Request,
  who: { id: AccountId } | { name: string },
): Promise<Response> {
  const { needsSignature, account } = await accountDocument(app.db, who, fingerprint)
  if (!account) return missing()
  if (account.isDeleted) return documentResponse(toTombstone(account.uri), { status: 410 })
  if (!wantsActivity(request) && wantsPage(request)) return Response.redirect(account.url, 302)
  // Who is avoided sees no posts; that there is somebody is no secret.
  if (await refusal(app, request, needsSignature, needsSignature ? account.id : null)) return stub(app, account)
  if (account.isSuspended) return suspended(app, account, needsSignature)
  const text = await actorText(app, fingerprint, account)
  return text ? textResponse(request, text, { isPrivate: needsSignature }) : missing()
}

async function stub(app: App, account: AskedAccount): Promise<Response> {
  const keys = await readSigningKeys(app, account.id)
  return keys ? documentResponse(toStub(account, keys, app.uris), { isPrivate: true }) : missing()
}

/** Somebody who was suspended may come back: other servers hide them, but don't forget them. */
async function suspended(app: App, { id }: AskedAccount, isPrivate: boolean): Promise<Response> {
  const [view] = await loadAccountViews(app.db, [id])
  const keys = await readSigningKeys(app, id)
  return view && keys ? documentResponse(toActor(view, keys, app.uris), { isPrivate }) : missing()
}

type Kind = 'status' | 'create' | 'boost'

/** A local status, or an activity about it, for those who may see it: everybody, or the account that signed the request. */
async function status(app: App, fingerprint: string, request: Request, id: string, kind: Kind): Promise<Response> {
  if (!isId(id)) return missing()
  const { needsSignature, status: asked } = await statusDocument(app.db, id as StatusId, fingerprint)
  const isPage = asked?.isVisible && kind === 'status' && !wantsActivity(request) && wantsPage(request)
  if (isPage) return Response.redirect(asked.url, 302)
  const refused = await refusal(app, request, needsSignature, asked?.accountId ?? null)
  if (refused) return refused

  if (!asked || asked.isBoost !== (kind === 'boost')) return missing()
  // Of what not everybody could see, nobody is told that it was there.
  if (asked.isDeleted)
    return isOpen(asked.visibility) && !asked.isUnheard
      ? documentResponse(toTombstone(kind === 'create' ? createUri(asked.id, app.uris) : asked.uri), { status: 410 })
      : missing()
  if (!isOpen(asked.visibility)) return restricted(app, request, asked, kind)
  const [texts] = asked.isVisible ? await statusTexts(app, fingerprint, [asked]) : []
  const text: Text | null | undefined = kind === 'status' ? texts?.object : texts?.activity
  return text
    ? textResponse(request, { ...text, json: withContext(text.json) }, { isPrivate: needsSignature })
    : missing()
}

/** What only some may see. */
async function restricted(app: App, request: Request, { id }: AskedStatus, kind: Kind): Promise<Response> {
  const viewer = await signingViewer(app, request)
  const view = viewer && (await loadStatusView(app.db, viewer, id))
  if (!view) return missing()
  const { object, activity } = await textsFor(app, view)
  return documentResponse({ '@context': context, ...(kind === 'status' ? object : activity) }, { isPrivate: true })
}

/** The consent of a local author to a quote, for everybody who wants to know whether it was given. It names only ids. */
async function quoteAuthorization(app: App, fingerprint: string, request: Request, id: string): Promise<Response> {
  const quote = isId(id) ? await loadOutgoingQuote(app.db, id as StatusId) : null
  if (quote?.state !== 'accepted' || quote.approvalUri === null || !quote.quotedIsLocal) return missing()
  const { needsSignature, status: quoted } = await statusDocument(app.db, quote.quotedId, fingerprint)
  const refused = await refusal(app, request, needsSignature, quote.quotedAccountId)
  if (refused) return refused
  if (!quoted?.isVisible) return missing()
  return documentResponse(
    toQuoteAuthorization({
      id: quote.approvalUri,
      author: quote.quotedAuthorUri,
      quoting: quote.uri,
      quoted: quote.quotedUri,
    }),
    { isPrivate: needsSignature },
  )
}

/**
 * The consent of a local author to a favourite, reply or boost, for who may see both that and the status: it is given while these stand. Of
 * favourites, which nobody else gets to see, only those whose author asked for it.
 */
async function interactionAuthorization(
  app: App,
  fingerprint: string,
  request: Request,
  kind: InteractionKind,
  id: string,
): Promise<Response> {
  const trace = isId(id) ? await loadOutgoingInteraction(app.db, kind, id as Id<string>) : null
  if (!trace?.target.isLocal || trace.uri === null || trace.isPending) return missing()
  const { target } = trace
  const consent = authorizationUri(app.uris, kind, id)
  if (kind === 'like' && trace.approvalUri !== consent) return missing()
  const { needsSignature } = await statusDocument(app.db, target.id, fingerprint)
  const refused = await refusal(app, request, needsSignature, target.accountId)
  if (refused) return refused
  const isRestricted = !isOpen(target.visibility) || !isOpen(trace.visibility)
  const viewer = isRestricted ? await signingViewer(app, request) : null
  const mayLook =
    (await loadStatusView(app.db, viewer, target.id)) &&
    (kind === 'like' || (await loadStatusView(app.db, viewer, id as StatusId)))
  if (!mayLook || (await isBlockedEitherWay(app.db, trace.accountId, target.accountId))) return missing()
  const interaction = {
    kind,
    actor: trace.actorUri,
    interaction: trace.uri,
    target: target.uri,
    author: target.authorUri,
  }
  return documentResponse(toInteractionAuthorization(consent, interaction), {
    isPrivate: isRestricted || needsSignature,
  })
}

/** Browsers follow links to ids, too. */
const wantsPage = (request: Request): boolean => /text\/html/i.test(request.headers.get('accept') ?? '')
