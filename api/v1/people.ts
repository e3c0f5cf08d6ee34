/** Finding people: suggestions, the directory, and familiar followers. */
import { Hono } from 'hono'
import type { AccountId } from '#src/platform/ids.ts'
import { directory as listDirectory } from '#src/reading/suggestions/directory.ts'
import { dismissSuggestion, suggest } from '#src/reading/suggestions/suggest.ts'
import { familiarFollowers } from '#src/relationships/familiar-followers.ts'
import { toSuggestion } from '../entities/suggestion.ts'
import type { Env } from '../env.ts'
import { allows, requires } from '../http/access.ts'
import { deprecated } from '../http/deprecated.ts'
import { limitOf, offset } from '../http/paging.ts'
import { choice, flag, id, ids, params } from '../http/params.ts'
import { presentAccounts } from '../present.ts'

const limit = { limit: limitOf(40) }

export const people = new Hono<Env>()

people.get('/suggestions', requires('read:accounts'), deprecated('2021-05-10'), params(limit), async (c) => {
  const { app, accountId, params } = c.var
  const found = await suggest(app.db, app.uris, accountId, params.limit)
  return c.json(
    await presentAccounts(
      app,
      found.map((suggestion) => suggestion.accountId),
    ),
  )
})

people.delete('/suggestions/:id', requires('read:accounts'), params({ id: id<AccountId>() }), async (c) => {
  const { app, accountId, params } = c.var
  await app.db.transaction((tx) => dismissSuggestion(tx, accountId, params.id))
  return c.json({})
})

people.get('/accounts/familiar_followers', requires('read:follows'), params({ id: ids<AccountId>() }), async (c) => {
  const { app, accountId, params } = c.var
  const found = await familiarFollowers(app.db, accountId, [...new Set(params.id)])
  const accounts = await presentAccounts(app, [...new Set(found.flatMap(({ followers }) => followers))])
  const byId = new Map(accounts.map((account) => [account.id, account]))
  return c.json(
    found.map(({ id, followers }) => ({ id, accounts: followers.flatMap((follower) => byId.get(follower) ?? []) })),
  )
})

const directoryParams = {
  ...limit,
  offset: offset(),
  order: choice(['active', 'new']).optional(),
  local: flag().optional(),
}

people.get('/directory', allows('read:accounts'), params(directoryParams), async (c) => {
  const { app, accountId, params } = c.var
  const { order = 'active', local = false, limit, offset } = params
  return c.json(
    await presentAccounts(app, await listDirectory(app.db, accountId, { order, localOnly: local, limit, offset })),
  )
})

/** At /api/v2. */
export const suggestionsV2 = new Hono<Env>()

suggestionsV2.get('/suggestions', requires('read:accounts'), params(limit), async (c) => {
  const { app, accountId, params } = c.var
  const found = await suggest(app.db, app.uris, accountId, params.limit)
  const accounts = await presentAccounts(
    app,
    found.map((suggestion) => suggestion.accountId),
  )
  const byId = new Map(accounts.map((account) => [account.id, account]))
  return c.json(
    found.flatMap(({ accountId: id, sources }) => {
      const account = byId.get(id)
      return account ? [toSuggestion(account, sources)] : []
    }),
  )
})
