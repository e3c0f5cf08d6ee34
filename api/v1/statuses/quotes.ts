import { Hono } from 'hono'
import type { StatusId } from '#src/platform/ids.ts'
import { quotesOf } from '#src/reading/timelines/quotes.ts'
import { setPolicy } from '#src/statuses/access/own-policy.ts'
import { visibleStatus } from '#src/statuses/find.ts'
import { quoteChange } from '#src/statuses/quotes/policy.ts'
import { revokeQuote } from '#src/statuses/quotes/quote.ts'
import type { Env } from '../../env.ts'
import { requires } from '../../http/access.ts'
import { ApiError } from '../../http/errors.ts'
import { interactionPolicyParam, toPolicy } from '../../http/interaction-policy.ts'
import { linkPage, paged, toPage } from '../../http/paging.ts'
import { choice, id, params } from '../../http/params.ts'
import { presentStatus, presentStatuses } from '../../present.ts'

const one = { id: id<StatusId>() }

export const quotes = new Hono<Env>()

quotes.get('/statuses/:id/quotes', requires('read:statuses'), params({ ...one, ...paged(20) }), async (c) => {
  const { app, accountId, params } = c.var
  const { id } = await visibleStatus(app.db, accountId, params.id)
  const ids = await quotesOf(app.db, accountId, id, toPage(params))
  linkPage(c, toPage(params), ids)
  return c.json(await presentStatuses(app, accountId, ids))
})

quotes.post(
  '/statuses/:id/quotes/:quoting_status_id/revoke',
  requires('write:statuses'),
  params({ ...one, quoting_status_id: id<StatusId>() }),
  async (c) => {
    const { app, accountId, params } = c.var
    await app.db.transaction((tx) => revokeQuote(tx, accountId, params.id, params.quoting_status_id))
    return c.json(await presentStatus(app, accountId, params.quoting_status_id))
  },
)

const policy = choice(['public', 'followers', 'nobody']).optional()

quotes.on(
  ['PUT', 'PATCH'],
  '/statuses/:id/interaction_policy',
  requires('write:statuses'),
  params({ ...one, quote_approval_policy: policy, interaction_policy: interactionPolicyParam() }),
  async (c) => {
    const { app, accountId, params } = c.var
    const { quote_approval_policy: quotePolicy, interaction_policy: policy } = params
    if (!quotePolicy && !policy)
      throw new ApiError(400, 'param is missing or the value is empty: quote_approval_policy')
    await app.db.transaction((tx) =>
      setPolicy(tx, accountId, params.id, {
        quotes: quotePolicy && quoteChange(quotePolicy),
        interactionPolicy: policy && toPolicy(policy),
      }),
    )
    return c.json(await presentStatus(app, accountId, params.id))
  },
)
