import { Hono } from 'hono'
import { parseHashtag } from '#src/text/hashtag.ts'
import { homeTimeline } from '#src/timelines/home.ts'
import { bookmarkedBy, favouritedBy } from '#src/timelines/marked.ts'
import { type PublicFilter, publicTimeline, tagTimeline } from '#src/timelines/public.ts'
import type { Env } from '../env.ts'
import { allows, requires } from '../http/access.ts'
import { linkPage, paged, toPage } from '../http/paging.ts'
import { filled, flag, params } from '../http/params.ts'
import { presentStatuses } from '../present.ts'

const publicParams = { ...paged(20), local: flag().optional(), remote: flag().optional(), only_media: flag().optional() }

export const timelines = new Hono<Env>()

timelines.get('/timelines/home', requires('read:statuses'), params(paged(20)), async (c) => {
  const { app, accountId, params } = c.var
  const ids = await homeTimeline(app.db, accountId, toPage(params))
  linkPage(c, toPage(params), ids)
  return c.json(await presentStatuses(app, accountId, ids, 'home'))
})

timelines.get('/timelines/public', allows('read:statuses'), params(publicParams), async (c) => {
  const { app, accountId, params } = c.var
  const ids = await publicTimeline(app.db, accountId, toFilter(params), toPage(params))
  linkPage(c, toPage(params), ids)
  return c.json(await presentStatuses(app, accountId, ids, 'public'))
})

timelines.get('/timelines/tag/:hashtag', allows('read:statuses'), params({ ...publicParams, hashtag: filled() }), async (c) => {
  const { app, accountId, params } = c.var
  const tag = parseHashtag(params.hashtag)
  const ids = tag ? await tagTimeline(app.db, accountId, tag.name, toFilter(params), toPage(params)) : []
  linkPage(c, toPage(params), ids)
  return c.json(await presentStatuses(app, accountId, ids, 'public'))
})

timelines.get('/favourites', requires('read:favourites'), params(paged(20)), async (c) => {
  const { app, accountId, params } = c.var
  const found = await favouritedBy(app.db, accountId, toPage(params))
  linkPage(c, toPage(params), found.map(({ id }) => id))
  return c.json(await presentStatuses(app, accountId, found.map(({ statusId }) => statusId)))
})

timelines.get('/bookmarks', requires('read:bookmarks'), params(paged(20)), async (c) => {
  const { app, accountId, params } = c.var
  const found = await bookmarkedBy(app.db, accountId, toPage(params))
  linkPage(c, toPage(params), found.map(({ id }) => id))
  return c.json(await presentStatuses(app, accountId, found.map(({ statusId }) => statusId)))
})

function toFilter({ local, remote, only_media: onlyMedia }: { local?: boolean | undefined; remote?: boolean | undefined; only_media?: boolean | undefined }): PublicFilter {
  return { ...(local ? { from: 'local' as const } : remote ? { from: 'remote' as const } : {}), ...(onlyMedia ? { onlyMedia } : {}) }
}
