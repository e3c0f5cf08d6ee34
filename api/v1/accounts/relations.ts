import { Hono } from 'hono'
import { accountHead } from '#src/accounts/find.ts'
import type { App } from '#src/platform/app.ts'
import type { Tx } from '#src/platform/db/index.ts'
import { notFound } from '#src/platform/errors.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { block, unblock } from '#src/relationships/block.ts'
import { endorse, unendorse } from '#src/relationships/endorse.ts'
import { acceptFollow, follow, rejectFollow, unfollow } from '#src/relationships/follow.ts'
import { blockedBy, endorsedBy, mutedBy, requestsTo, showsFeatured } from '#src/relationships/lists.ts'
import { mute, unmute } from '#src/relationships/mute.ts'
import { noteAccount } from '#src/relationships/note.ts'
import { toMutedAccount } from '../../entities/account.ts'
import type { Env } from '../../env.ts'
import { allows, requires } from '../../http/access.ts'
import { deprecated } from '../../http/deprecated.ts'
import { limited } from '../../http/limits.ts'
import { seconds } from '../../http/numbers.ts'
import { paged, toPage } from '../../http/paging.ts'
import { flag, withoutUndefined, id, list, params, text } from '../../http/params.ts'
import { presentRelated } from '../../http/related.ts'
import { presentRelationship } from '../../present.ts'

const one = { id: id<AccountId>() }

export const relations = new Hono<Env>()

const followOptions = { reblogs: flag().optional(), notify: flag().optional(), languages: list(text()).optional() }

relations.post(
  '/accounts/:id/follow',
  requires('write:follows'),
  limited('follows'),
  params({ ...one, ...followOptions }),
  async (c) => {
    const { app, accountId, params } = c.var
    const options = withoutUndefined({
      showsReblogs: params.reblogs,
      notifies: params.notify,
      languages: params.languages?.filter((tag) => tag !== ''),
    })
    return c.json(await changed(app, accountId, params.id, (tx) => follow(tx, app.uris, accountId, params.id, options)))
  },
)

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

relations.post(
  '/accounts/:id/mute',
  requires('write:mutes'),
  params({ ...one, notifications: flag().optional(), duration: seconds().optional() }),
  async (c) => {
    const { app, accountId, params } = c.var
    const options = withoutUndefined({ hidesNotifications: params.notifications, durationSeconds: params.duration })
    return c.json(await changed(app, accountId, params.id, (tx) => mute(tx, accountId, params.id, options)))
  },
)

relations.post('/accounts/:id/unmute', requires('write:mutes'), params(one), async (c) => {
  const { app, accountId, params } = c.var
  return c.json(await changed(app, accountId, params.id, (tx) => unmute(tx, accountId, params.id)))
})

relations.post(
  '/accounts/:id/note',
  requires('write:accounts'),
  params({ ...one, comment: text().optional() }),
  async (c) => {
    const { app, accountId, params } = c.var
    return c.json(
      await changed(app, accountId, params.id, (tx) => noteAccount(tx, accountId, params.id, params.comment ?? '')),
    )
  },
)

for (const [path, change] of Object.entries({ endorse, unendorse })) {
  relations.post(`/accounts/:id/${path}`, requires('write:accounts'), params(one), async (c) => {
    const { app, accountId, params } = c.var
    return c.json(await changed(app, accountId, params.id, (tx) => change(tx, accountId, params.id)))
  })
}

// The former names of these endpoints.
for (const [path, change] of Object.entries({ pin: endorse, unpin: unendorse })) {
  relations.post(
    `/accounts/:id/${path}`,
    requires('write:accounts'),
    deprecated('2025-07-08'),
    params(one),
    async (c) => {
      const { app, accountId, params } = c.var
      return c.json(await changed(app, accountId, params.id, (tx) => change(tx, accountId, params.id)))
    },
  )
}

relations.get('/blocks', requires('read:blocks'), params(paged(40)), async (c) => {
  const { app, accountId, params } = c.var
  return c.json(await presentRelated(c, toPage(params), await blockedBy(app.db, accountId, toPage(params))))
})

relations.get('/endorsements', requires('read:accounts'), params(paged(40)), async (c) => {
  const { app, accountId, params } = c.var
  return c.json(await presentRelated(c, toPage(params), await endorsedBy(app.db, accountId, toPage(params))))
})

relations.get('/accounts/:id/endorsements', allows('read:accounts'), params({ ...one, ...paged(40) }), async (c) => {
  const { app, accountId, params } = c.var
  const head = await accountHead(app.db, params.id)
  if (!head || head.deletedAt) throw notFound()
  const found = (await showsFeatured(app.db, accountId, params.id))
    ? await endorsedBy(app.db, params.id, toPage(params), accountId)
    : []
  return c.json(await presentRelated(c, toPage(params), found))
})

relations.get('/mutes', requires('read:mutes'), params(paged(40)), async (c) => {
  const { app, accountId, params } = c.var
  const found = await mutedBy(app.db, accountId, toPage(params))
  const ends = new Map(found.map((muted) => [muted.accountId, muted.expiresAt]))
  const accounts = await presentRelated(c, toPage(params), found)
  return c.json(accounts.map((account) => toMutedAccount(account, ends.get(account.id) ?? null)))
})

relations.get('/follow_requests', requires('read:follows'), params(paged(40)), async (c) => {
  const { app, accountId, params } = c.var
  return c.json(await presentRelated(c, toPage(params), await requestsTo(app.db, accountId, toPage(params))))
})

relations.post('/follow_requests/:id/authorize', requires('write:follows'), params(one), async (c) => {
  const { app, accountId, params } = c.var
  return c.json(await changed(app, accountId, params.id, (tx) => acceptFollow(tx, accountId, params.id)))
})

relations.post('/follow_requests/:id/reject', requires('write:follows'), params(one), async (c) => {
  const { app, accountId, params } = c.var
  return c.json(await changed(app, accountId, params.id, (tx) => rejectFollow(tx, accountId, params.id)))
})

/** Changes a relationship between two accounts, and returns it. */
async function changed(app: App, accountId: AccountId, targetId: AccountId, change: (tx: Tx) => Promise<unknown>) {
  const target = await accountHead(app.db, targetId)
  if (!target || target.deletedAt) throw notFound()
  await app.db.transaction(change)
  return presentRelationship(app, accountId, targetId)
}
