import { Hono } from 'hono'
import { accountHead } from '#src/accounts/find.ts'
import { notFound } from '#src/platform/errors.ts'
import type { AccountId, ListId } from '#src/platform/ids.ts'
import {
  createList,
  deleteList,
  listsOf,
  listsWith,
  ownList,
  repliesPolicies,
  updateList,
} from '#src/reading/lists/manage.ts'
import { addToList, listMembers, removeFromList } from '#src/reading/lists/members.ts'
import { toList } from '../entities/list.ts'
import type { Env } from '../env.ts'
import { requires } from '../http/access.ts'
import { linkPage, paged, toPage } from '../http/paging.ts'
import { choice, filled, flag, withoutUndefined, id, ids, params, text } from '../http/params.ts'
import { presentAccounts } from '../present.ts'

const one = { id: id<ListId>() }
const settings = { replies_policy: choice(repliesPolicies).optional(), exclusive: flag().optional() }
const members = { ...one, account_ids: ids<AccountId>(500) }

export const lists = new Hono<Env>()

lists.get('/lists', requires('read:lists'), async (c) =>
  c.json((await listsOf(c.var.app.db, c.var.accountId)).map(toList)),
)

lists.get('/lists/:id', requires('read:lists'), params(one), async (c) => {
  const { app, accountId, params } = c.var
  return c.json(toList(await ownList(app.db, accountId, params.id)))
})

lists.post('/lists', requires('write:lists'), params({ ...settings, title: filled() }), async (c) => {
  const { app, accountId, params } = c.var
  const id = await app.db.transaction((tx) => createList(tx, accountId, toInput(params)))
  return c.json(toList(await ownList(app.db, accountId, id)))
})

lists.on(
  ['PUT', 'PATCH'],
  '/lists/:id',
  requires('write:lists'),
  params({ ...one, ...settings, title: text().optional() }),
  async (c) => {
    const { app, accountId, params } = c.var
    await app.db.transaction((tx) => updateList(tx, accountId, params.id, toInput(params)))
    return c.json(toList(await ownList(app.db, accountId, params.id)))
  },
)

lists.delete('/lists/:id', requires('write:lists'), params(one), async (c) => {
  const { app, accountId, params } = c.var
  await app.db.transaction((tx) => deleteList(tx, accountId, params.id))
  return c.json({})
})

// With a limit of 0, apps ask for all members at once.
lists.get('/lists/:id/accounts', requires('read:lists'), params({ ...one, ...paged(40) }), async (c) => {
  const { app, accountId, params } = c.var
  const page = params.limit === 0 ? null : toPage(params)
  const found = await listMembers(app.db, accountId, params.id, page)
  if (page)
    linkPage(
      c,
      page,
      found.map((member) => member.id),
      'since_id',
    )
  return c.json(
    await presentAccounts(
      app,
      found.map((member) => member.accountId),
    ),
  )
})

lists.post('/lists/:id/accounts', requires('write:lists'), params(members), async (c) => {
  const { app, accountId, params } = c.var
  await app.db.transaction((tx) => addToList(tx, accountId, params.id, params.account_ids))
  return c.json({})
})

lists.delete('/lists/:id/accounts', requires('write:lists'), params(members), async (c) => {
  const { app, accountId, params } = c.var
  await app.db.transaction((tx) => removeFromList(tx, accountId, params.id, params.account_ids))
  return c.json({})
})

lists.get('/accounts/:id/lists', requires('read:lists'), params({ id: id<AccountId>() }), async (c) => {
  const { app, accountId, params } = c.var
  const head = await accountHead(app.db, params.id)
  if (!head || head.deletedAt) throw notFound()
  return c.json((await listsWith(app.db, accountId, params.id)).map(toList))
})

type Input = {
  title?: string | undefined
  replies_policy?: (typeof repliesPolicies)[number] | undefined
  exclusive?: boolean | undefined
}

const toInput = ({ title, replies_policy: repliesPolicy, exclusive: isExclusive }: Input) =>
  withoutUndefined({ title, repliesPolicy, isExclusive })
