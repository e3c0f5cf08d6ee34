/** GoToSocial's endpoints for requests that wait for a person's consent, and for the person's default policies. */
import { Hono } from 'hono'
import type { App } from '#src/platform/app.ts'
import { notFound } from '#src/platform/errors.ts'
import type { AccountId, RelationId, StatusId } from '#src/platform/ids.ts'
import { loadDefaultPolicies, saveDefaultPolicies, visibilities } from '#src/statuses/access/own-policy.ts'
import { loadRequestViews } from '#src/statuses/access/request-views.ts'
import {
  acceptRequest,
  findRequest,
  listRequests,
  rejectRequest,
  type RequestKind,
} from '#src/statuses/access/requests.ts'
import { toInteractionPolicy } from '../entities/interaction-policy.ts'
import { toInteractionRequest } from '../entities/interaction-request.ts'
import type { Env } from '../env.ts'
import { requires } from '../http/access.ts'
import { interactionPolicyParam, toPolicy } from '../http/interaction-policy.ts'
import { linkPage, paged, toPage } from '../http/paging.ts'
import { flag, id, idIfAny, params } from '../http/params.ts'

const one = { id: id<RelationId>() }

export const interactionRequests = new Hono<Env>()

interactionRequests.get(
  '/interaction_requests',
  requires('read:notifications'),
  params({
    ...paged(40),
    status_id: idIfAny<StatusId>().optional(),
    favourites: flag().optional(),
    replies: flag().optional(),
    reblogs: flag().optional(),
    quotes: flag().optional(),
  }),
  async (c) => {
    const { app, accountId, params } = c.var
    const page = toPage(params)
    // Apps that know no requests to quote must not meet any.
    const wanted: [RequestKind, boolean][] = [
      ['like', params.favourites ?? true],
      ['reply', params.replies ?? true],
      ['announce', params.reblogs ?? true],
      ['quote', params.quotes ?? false],
    ]
    const requests = await listRequests(app.db, accountId, page, {
      kinds: wanted.flatMap(([kind, isWanted]) => (isWanted ? [kind] : [])),
      ...(params.status_id ? { statusId: params.status_id } : {}),
    })
    linkPage(
      c,
      page,
      requests.map(({ id }) => id),
    )
    const views = await loadRequestViews(app.db, accountId, requests)
    return c.json(views.map((view) => toInteractionRequest(view, app.uris, accountId)))
  },
)

interactionRequests.get('/interaction_requests/:id', requires('read:notifications'), params(one), async (c) => {
  const { app, accountId, params } = c.var
  return c.json(await present(app, accountId, params.id))
})

interactionRequests.post(
  '/interaction_requests/:id/authorize',
  requires('write:notifications'),
  params(one),
  async (c) => {
    const { app, accountId, params } = c.var
    await app.db.transaction((tx) => acceptRequest(tx, app.uris, accountId, params.id))
    return c.json(await present(app, accountId, params.id))
  },
)

interactionRequests.post(
  '/interaction_requests/:id/reject',
  requires('write:notifications'),
  params(one),
  async (c) => {
    const { app, accountId, params } = c.var
    await app.db.transaction((tx) => rejectRequest(tx, accountId, params.id))
    return c.json(await present(app, accountId, params.id))
  },
)

/** @throws Refusal `not_found` */
async function present(app: App, accountId: AccountId, id: RelationId) {
  const [view] = await loadRequestViews(app.db, accountId, [await findRequest(app.db, accountId, id)])
  if (!view) throw notFound()
  return toInteractionRequest(view, app.uris, accountId)
}

interactionRequests.get('/interaction_policies/defaults', requires('read:accounts'), async (c) => {
  const { app, accountId } = c.var
  return c.json(await presentDefaults(app, accountId))
})

const policies = {
  public: interactionPolicyParam(),
  unlisted: interactionPolicyParam(),
  private: interactionPolicyParam(),
  direct: interactionPolicyParam(),
}

interactionRequests.patch('/interaction_policies/defaults', requires('write:accounts'), params(policies), async (c) => {
  const { app, accountId, params } = c.var
  await app.db.transaction(async (tx) => {
    const before = await loadDefaultPolicies(tx, accountId)
    // As with GoToSocial, a visibility that is left out lets everybody interact. The API can't say who may ask to quote.
    const after = visibilities.map((visibility) => {
      const { quoteManual = [] } = before[visibility] ?? {}
      const given = params[visibility]
      return [visibility, { ...(given ? toPolicy(given) : {}), quoteManual }]
    })
    await saveDefaultPolicies(tx, accountId, Object.fromEntries(after))
  })
  return c.json(await presentDefaults(app, accountId))
})

async function presentDefaults(app: App, accountId: AccountId) {
  const defaults = await loadDefaultPolicies(app.db, accountId)
  return Object.fromEntries(visibilities.map((visibility) => [visibility, toInteractionPolicy(defaults[visibility])]))
}
