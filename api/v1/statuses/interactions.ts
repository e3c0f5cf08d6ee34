import { Hono } from 'hono'
import type { StatusId } from '#src/platform/ids.ts'
import { bookmark, unbookmark } from '#src/statuses/interactions/bookmark.ts'
import { favourite, unfavourite } from '#src/statuses/interactions/favourite.ts'
import { muteThread, unmuteThread } from '#src/statuses/interactions/mute-thread.ts'
import { pin, unpin } from '#src/statuses/interactions/pin.ts'
import { reblog, unreblog } from '#src/statuses/interactions/reblog.ts'
import type { Env } from '../../env.ts'
import { requires } from '../../http/access.ts'
import { limited } from '../../http/limits.ts'
import { choice, withoutUndefined, id, params } from '../../http/params.ts'
import { presentStatus } from '../../present.ts'

const one = { id: id<StatusId>() }

export const interactions = new Hono<Env>()

interactions.post('/statuses/:id/favourite', requires('write:favourites'), params(one), async (c) => {
  const { app, accountId, params } = c.var
  const status = await app.db.transaction((tx) => favourite(tx, accountId, params.id))
  return c.json(await presentStatus(app, accountId, status))
})

interactions.post('/statuses/:id/unfavourite', requires('write:favourites'), params(one), async (c) => {
  const { app, accountId, params } = c.var
  const status = await app.db.transaction((tx) => unfavourite(tx, accountId, params.id))
  return c.json(await presentStatus(app, accountId, status))
})

interactions.post('/statuses/:id/bookmark', requires('write:bookmarks'), params(one), async (c) => {
  const { app, accountId, params } = c.var
  const status = await app.db.transaction((tx) => bookmark(tx, accountId, params.id))
  return c.json(await presentStatus(app, accountId, status))
})

interactions.post('/statuses/:id/unbookmark', requires('write:bookmarks'), params(one), async (c) => {
  const { app, accountId, params } = c.var
  const status = await app.db.transaction((tx) => unbookmark(tx, accountId, params.id))
  return c.json(await presentStatus(app, accountId, status))
})

interactions.post(
  '/statuses/:id/reblog',
  requires('write:statuses'),
  limited('statuses'),
  params({ ...one, visibility: choice(['public', 'unlisted', 'private']).optional() }),
  async (c) => {
    const { app, accountId, params } = c.var
    const boost = await app.db.transaction((tx) =>
      reblog(tx, app.uris, accountId, params.id, withoutUndefined({ visibility: params.visibility })),
    )
    return c.json(await presentStatus(app, accountId, boost))
  },
)

interactions.post(
  '/statuses/:id/unreblog',
  requires('write:statuses'),
  limited('deletions'),
  params(one),
  async (c) => {
    const { app, accountId, params } = c.var
    const status = await app.db.transaction((tx) => unreblog(tx, accountId, params.id))
    return c.json(await presentStatus(app, accountId, status))
  },
)

interactions.post('/statuses/:id/mute', requires('write:mutes'), params(one), async (c) => {
  const { app, accountId, params } = c.var
  const status = await app.db.transaction((tx) => muteThread(tx, accountId, params.id))
  return c.json(await presentStatus(app, accountId, status))
})

interactions.post('/statuses/:id/unmute', requires('write:mutes'), params(one), async (c) => {
  const { app, accountId, params } = c.var
  const status = await app.db.transaction((tx) => unmuteThread(tx, accountId, params.id))
  return c.json(await presentStatus(app, accountId, status))
})

interactions.post('/statuses/:id/pin', requires('write:accounts'), params(one), async (c) => {
  const { app, accountId, params } = c.var
  const status = await app.db.transaction((tx) => pin(tx, accountId, params.id))
  return c.json(await presentStatus(app, accountId, status))
})

interactions.post('/statuses/:id/unpin', requires('write:accounts'), params(one), async (c) => {
  const { app, accountId, params } = c.var
  const status = await app.db.transaction((tx) => unpin(tx, accountId, params.id))
  return c.json(await presentStatus(app, accountId, status))
})
