import { Hono } from 'hono'
import { accountByHandle, accountHead } from '#src/accounts/find.ts'
import { searchAccounts } from '#src/accounts/search.ts'
import { visitAccount } from '#src/incoming/refresh-accounts.ts'
import type { App } from '#src/platform/app.ts'
import { notFound } from '#src/platform/errors.ts'
import { parseHandle } from '#src/platform/handle.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { search } from '#src/reading/search.ts'
import { accountTimeline } from '#src/reading/timelines/account.ts'
import { visibleRelations } from '#src/relationships/lists.ts'
import { loadRelationships } from '#src/relationships/views.ts'
import { parseHashtag } from '#src/text/hashtag.ts'
import { toRelationship } from '../../entities/relationship.ts'
import type { Env } from '../../env.ts'
import { allows, requires } from '../../http/access.ts'
import { deprecated } from '../../http/deprecated.ts'
import { limitOf, offset, paged, toPage } from '../../http/paging.ts'
import { filled, flag, withoutUndefined, id, ids, params, text } from '../../http/params.ts'
import { presentRelated } from '../../http/related.ts'
import { presentPage } from '../../http/timeline.ts'
import { presentAccount, presentAccounts } from '../../present.ts'

const one = { id: id<AccountId>() }

export const readAccounts = new Hono<Env>()

// These stand before `/accounts/:id`, which would match them.
readAccounts.get('/accounts/lookup', allows('read:accounts'), params({ acct: filled() }), async (c) => {
  const { app, params } = c.var
  const handle = parseHandle(params.acct)
  const found = handle && (await accountByHandle(app.db, app.uris.localised(handle)))
  if (!found) throw notFound()
  if (c.var.accountId) await visitAccount(app.db, found)
  return c.json(await presentAccount(app, found))
})

readAccounts.get(
  '/accounts/relationships',
  requires('read:follows'),
  params({ id: ids<AccountId>(), with_suspended: flag().optional() }),
  async (c) => {
    const { app, accountId, params } = c.var
    const views = await loadRelationships(app.db, accountId, [...new Set(params.id)], {
      withSuspended: params.with_suspended === true,
    })
    return c.json(views.map(toRelationship))
  },
)

readAccounts.get(
  '/accounts/search',
  requires('read:accounts'),
  params({
    q: filled(),
    limit: limitOf(40),
    offset: offset(),
    resolve: flag().optional(),
    following: flag().optional(),
  }),
  async (c) => {
    const { app, accountId, params } = c.var
    const { q, limit, offset } = params
    const found = params.resolve
      ? (
          await search(app, accountId, q, {
            type: 'accounts',
            limit,
            offset,
            resolve: true,
            ...withoutUndefined({ followedOnly: params.following }),
          })
        ).accounts
      : await searchAccounts(app.db, accountId, q, {
          limit,
          offset,
          ...withoutUndefined({ followedOnly: params.following }),
        })
    return c.json(await presentAccounts(app, found))
  },
)

readAccounts.get('/accounts', allows('read:accounts'), params({ id: ids<AccountId>() }), async (c) =>
  c.json(await presentAccounts(c.var.app, c.var.params.id)),
)

readAccounts.get('/accounts/:id', allows('read:accounts'), params(one), async (c) => {
  const { app, accountId, params } = c.var
  const account = await presentAccount(app, params.id)
  if (accountId) await visitAccount(app.db, params.id)
  return c.json(account)
})

readAccounts.get(
  '/accounts/:id/statuses',
  allows('read:statuses'),
  params({
    ...one,
    ...paged(20),
    only_media: flag().optional(),
    exclude_replies: flag().optional(),
    exclude_reblogs: flag().optional(),
    exclude_direct: flag().optional(),
    pinned: flag().optional(),
    tagged: text().optional(),
  }),
  async (c) => {
    const { app, accountId, params } = c.var
    await assertExists(app, params.id)
    if (accountId) await visitAccount(app.db, params.id)
    const tag = params.tagged ? parseHashtag(params.tagged) : null
    if (params.tagged && !tag) return c.json([])
    const {
      only_media: onlyMedia,
      exclude_replies: excludeReplies,
      exclude_reblogs: excludeReblogs,
      exclude_direct: excludeDirect,
      pinned,
    } = params
    const filter = withoutUndefined({
      onlyMedia,
      excludeReplies,
      excludeReblogs,
      excludeDirect,
      pinned,
      tag: tag?.name,
    })
    return c.json(
      await presentPage(c, toPage(params), 'account', (page) =>
        accountTimeline(app.db, accountId, params.id, filter, page),
      ),
    )
  },
)

// Keybase proofs were removed; apps of their time still request them, and fail on 404.
readAccounts.get(
  '/accounts/:id/identity_proofs',
  requires('read:accounts'),
  deprecated('2022-03-30'),
  params(one),
  async (c) => {
    await assertExists(c.var.app, c.var.params.id)
    return c.json([])
  },
)

for (const which of ['followers', 'following'] as const) {
  readAccounts.get(`/accounts/:id/${which}`, allows('read:accounts'), params({ ...one, ...paged(40) }), async (c) => {
    const { app, accountId, params } = c.var
    await assertExists(app, params.id)
    const found = (await visibleRelations(app.db, accountId, params.id, which, toPage(params))) ?? []
    return c.json(await presentRelated(c, toPage(params), found))
  })
}

async function assertExists(app: App, accountId: AccountId): Promise<void> {
  const head = await accountHead(app.db, accountId)
  if (!head || head.deletedAt) throw notFound()
}
