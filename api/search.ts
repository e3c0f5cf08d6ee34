import { Hono } from 'hono'
import type { App } from '#src/platform/app.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { search, type SearchResult } from '#src/reading/search.ts'
import type { Env } from './env.ts'
import { allows, requires } from './http/access.ts'
import { ApiError } from './http/errors.ts'
import { cursor, limitOf, offset } from './http/paging.ts'
import { filled, flag, withoutUndefined, idIfAny, isBlank, params, type Params, text } from './http/params.ts'
import { presentAccounts, presentStatuses, presentTags } from './present.ts'

/** The kind of result; `none` for an unknown kind, which finds nothing. */
const kind = () =>
  text().transform((type) => (isBlank(type) ? undefined : (kinds.find((known) => known === type) ?? ('none' as const))))
const kinds = ['accounts', 'statuses', 'hashtags'] as const

const query = {
  q: filled(),
  type: kind().optional(),
  resolve: flag().optional(),
  following: flag().optional(),
  account_id: idIfAny<AccountId>().optional(),
  exclude_unreviewed: flag().optional(),
  max_id: cursor().optional(),
  min_id: cursor().optional(),
  limit: limitOf(20),
  offset: offset(),
}

export const searchV2 = new Hono<Env>()

searchV2.get('/search', allows('read:search'), params(query), async (c) => {
  const { app, accountId, params } = c.var
  // Anonymous readers can't make this server send requests, nor page through all of its data.
  if (!accountId && (params.resolve || params.offset > 0))
    throw new ApiError(401, 'Search queries pagination and resolving are not available without a login')
  const { accounts, statuses, hashtags } = await find(app, accountId, params)
  return c.json({
    accounts: await presentAccounts(app, accounts),
    statuses: await presentStatuses(app, accountId, statuses),
    hashtags: await presentTags(
      app,
      accountId,
      hashtags.map((tag) => tag.id),
    ),
  })
})

export const searchV1 = new Hono<Env>()

/** As the second version, with hashtags as bare names. */
searchV1.get('/search', requires('read:search'), params(query), async (c) => {
  const { app, accountId, params } = c.var
  const { accounts, statuses, hashtags } = await find(app, accountId, params)
  return c.json({
    accounts: await presentAccounts(app, accounts),
    statuses: await presentStatuses(app, accountId, statuses),
    hashtags: hashtags.map(({ name }) => name),
  })
})

async function find(app: App, viewer: AccountId | null, asked: Params<typeof query>): Promise<SearchResult> {
  const { q, type, limit, offset } = asked
  if (type === 'none') return { accounts: [], statuses: [], hashtags: [] }
  return search(app, viewer, q, {
    limit,
    offset: type ? offset : 0,
    resolve: viewer !== null && asked.resolve === true,
    posts: withoutUndefined({ accountId: asked.account_id, maxId: asked.max_id, minId: asked.min_id }),
    ...withoutUndefined({ type, followedOnly: asked.following, reviewedOnly: asked.exclude_unreviewed }),
  })
}
