import { Hono } from 'hono'
import { accountHead } from '#src/accounts/find.ts'
import type { App } from '#src/app.ts'
import type { Tx } from '#src/db/index.ts'
import { notFound } from '#src/errors.ts'
import type { AccountId } from '#src/ids.ts'
import { block, unblock } from '#src/relationships/block.ts'
import { acceptFollow, follow, rejectFollow, unfollow } from '#src/relationships/follow.ts'
import { requestsTo } from '#src/relationships/lists.ts'
import { mute, unmute } from '#src/relationships/mute.ts'
import type { Env } from '../../env.ts'
import { requires } from '../../http/access.ts'
import { limited } from '../../http/limits.ts'
import { linkPage, paged, toPage } from '../../http/paging.ts'
import { flag, given, id, params } from '../../http/params.ts'
import { presentAccounts, presentRelationship } from '../../present.ts'

const one = { id: id<AccountId>() }

export const relations = new Hono<Env>()

relations.post('/accounts/:id/follow', requires('write:follows'), limited('follows'), params({ ...one, reblogs: flag().optional() }), async (c) => {
  const { app, accountId, params } = c.var
  return c.json(await changed(app, accountId, params.id, (tx) => follow(tx, app.uris, accountId, params.id, given({ showsReblogs: params.reblogs }))))
})

relations.post('/accounts/:id/unfollow', requires('write:follows'), params(one), async (c) => {
  const { app, accountId, params } = c.var
  return c.json(await changed(app, accountId, params.id, (tx) => unfollow(tx, accountId, params.id)))
})

relations.post('/accounts/:id/remove_from_followers', requires('write:follows'), params(one), async (c) => {
  const { app, accountId, params } = c.var
  return c.json(await changed(app, accountId, params.id, (tx) => rejectFollow(tx, accountId, params.id)))
})

relations.post('/accounts/:id/block', requires('write:blocks'), params(one), async (c) => {
  const { app, accountId, params } = c.var
  return c.json(await changed(app, accountId, params.id, (tx) => block(tx, app.uris, accountId, params.id)))
})

relations.post('/accounts/:id/unblock', requires('write:blocks'), params(one), async (c) => {
  const { app, accountId, params } = c.var
  return c.json(await changed(app, accountId, params.id, (tx) => unblock(tx, accountId, params.id)))
})

relations.post('/accounts/:id/mute', requires('write:mutes'), params({ ...one, notifications: flag().optional() }), async (c) => {
  const { app, accountId, params } = c.var
  return c.json(await changed(app, accountId, params.id, (tx) => mute(tx, accountId, params.id, params.notifications)))
})

relations.post('/accounts/:id/unmute', requires('write:mutes'), params(one), async (c) => {
  const { app, accountId, params } = c.var
  return c.json(await changed(app, accountId, params.id, (tx) => unmute(tx, accountId, params.id)))
})

relations.get('/follow_requests', requires('read:follows'), params(paged(40)), async (c) => {
  const { app, accountId, params } = c.var
  const found = await requestsTo(app.db, accountId, toPage(params))
  linkPage(c, toPage(params), found.map((request) => request.id), 'since_id')
  return c.json(await presentAccounts(app, found.map((request) => request.accountId)))
})

relations.post('/follow_requests/:id/authorize', requires('write:follows'), params(one), async (c) => {
  const { app, accountId, params } = c.var
  return c.json(await changed(app, accountId, params.id, (tx) => acceptFollow(tx, accountId, params.id)))
})

relations.post('/follow_requests/:id/reject', requires('write:follows'), params(one), async (c) => {
  const { app, accountId, params } = c.var
  return c.json(await changed(app, accountId, params.id, (tx) => rejectFollow(tx, accountId, params.id)))
})

/** Changes something between two accounts, and tells how they stand then. */
async function changed(app: App, accountId: AccountId, targetId: AccountId, change: (tx: Tx) => Promise<unknown>) {
  const target = await accountHead(app.db, targetId)
  if (!target || target.deletedAt) throw notFound()
  await app.db.transaction(change)
  return presentRelationship(app, accountId, targetId)
}
