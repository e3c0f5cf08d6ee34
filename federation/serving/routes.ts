/** The routes under which other servers fetch our objects. */
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

/** Everything under `/ap` and `/.well-known`, and the addresses of profile and status pages for requests that want documents. */
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

  // Never requires a signature: two servers that check each other's requests need each other's keys first.
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

/** Caches must separate pages from documents at the same address. */
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
  // A blocked actor gets no posts, but the stub: that the account exists is no secret.
  if (await refusal(app, request, needsSignature, needsSignature ? account.id : null)) return stub(app, account)
  if (account.isSuspended) return suspended(app, account, needsSignature)
  const text = await actorText(app, fingerprint, account)
  return text ? textResponse(request, text, { isPrivate: needsSignature }) : missing()
}

async function stub(app: App, account: AskedAccount): Promise<Response> {
  const keys = await readSigningKeys(app, account.id)
  return keys ? documentResponse(toStub(account, keys, app.uris), { isPrivate: true }) : missing()
}

/** A suspended account may come back: other servers hide it, but don't delete it. */
async function suspended(app: App, { id }: AskedAccount, isPrivate: boolean): Promise<Response> {
  const [view] = await loadAccountViews(app.db, [id])
  const keys = await readSigningKeys(app, id)
  return view && keys ? documentResponse(toActor(view, keys, app.uris), { isPrivate }) : missing()
}

type Kind = 'status' | 'create' | 'boost'

/** A local status or its activity: public and unlisted ones for everybody, others for a signing account that may see them. */
async function status(app: App, fingerprint: string, request: Request, id: string, kind: Kind): Promise<Response> {
  if (!isId(id)) return missing()
  const { needsSignature, status: requested } = await statusDocument(app.db, id as StatusId, fingerprint)
  const isPage = requested?.isVisible && kind === 'status' && !wantsActivity(request) && wantsPage(request)
  if (isPage) return Response.redirect(requested.url, 302)
  const refused = await refusal(app, request, needsSignature, requested?.accountId ?? null)
  if (refused) return refused

  if (!requested || requested.isBoost !== (kind === 'boost')) return missing()
  // A Tombstone would reveal that a status existed which was not public or unlisted.
  if (requested.isDeleted)
    return isOpen(requested.visibility) && !requested.isUnheard
      ? documentResponse(toTombstone(kind === 'create' ? createUri(requested.id, app.uris) : requested.uri), {
          status: 410,
        })
      : missing()
  if (!isOpen(requested.visibility)) return restricted(app, request, requested, kind)
  const [texts] = requested.isVisible ? await statusTexts(app, fingerprint, [requested]) : []
  const text: Text | null | undefined = kind === 'status' ? texts?.object : texts?.activity
  return text
    ? textResponse(request, { ...text, json: withContext(text.json) }, { isPrivate: needsSignature })
    : missing()
}

/** A status that is neither public nor unlisted, for the signing account. */
async function restricted(app: App, request: Request, { id }: AskedStatus, kind: Kind): Promise<Response> {
  const viewer = await signingViewer(app, request)
  const view = viewer && (await loadStatusView(app.db, viewer, id))
  if (!view) return missing()
  const { object, activity } = await textsFor(app, view)
  return documentResponse({ '@context': context, ...(kind === 'status' ? object : activity) }, { isPrivate: true })
}

/** A local author's consent to a quote, for everybody: it holds only ids. */
async function quoteAuthorization(app: App, fingerprint: string, request: Request, id: string): Promise<Response> {
  const quote = isId(id) ? await loadOutgoingQuote(app.db, id as StatusId) : null
  if (quote?.state !== 'accepted' || quote.approvalUri === null || !quote.quotedIsLocal || quote.staysHere)
    return missing()
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
 * A local author's consent to a favourite, reply or boost, for viewers who may see both the interaction and the status. It holds while
 * both exist. Favourites are not published, so theirs exists only if it was requested.
 */
async function interactionAuthorization(
  app: App,
  fingerprint: string,
  request: Request,
  kind: InteractionKind,
  id: string,
): Promise<Response> {
  const outgoing = isId(id) ? await loadOutgoingInteraction(app.db, kind, id as Id<string>) : null
  if (!outgoing?.target.isLocal || outgoing.uri === null || outgoing.isPending) return missing()
  const { target } = outgoing
  const consent = authorizationUri(app.uris, kind, id)
  if (kind === 'like' && outgoing.approvalUri !== consent) return missing()
  const { needsSignature } = await statusDocument(app.db, target.id, fingerprint)
  const refused = await refusal(app, request, needsSignature, target.accountId)
  if (refused) return refused
  const isRestricted = !isOpen(target.visibility) || !isOpen(outgoing.visibility)
  const viewer = isRestricted ? await signingViewer(app, request) : null
  const maySee =
    (await loadStatusView(app.db, viewer, target.id)) &&
    (kind === 'like' || (await loadStatusView(app.db, viewer, id as StatusId)))
  if (!maySee || (await isBlockedEitherWay(app.db, outgoing.accountId, target.accountId))) return missing()
  const interaction = {
    kind,
    actor: outgoing.actorUri,
    interaction: outgoing.uri,
    target: target.uri,
    author: target.authorUri,
  }
  return documentResponse(toInteractionAuthorization(consent, interaction), {
    isPrivate: isRestricted || needsSignature,
  })
}

/** Browsers open links to ids, too. */
const wantsPage = (request: Request): boolean => /text\/html/i.test(request.headers.get('accept') ?? '')
