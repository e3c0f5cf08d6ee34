/** Trends of public posts. */
import { Hono } from 'hono'
import { trendingTimeline } from '#src/reading/timelines/trending.ts'
import { trendingLinks, listTrendingTags } from '#src/reading/trends/read.ts'
import { toTrendsLink } from '../entities/trends-link.ts'
import type { Env } from '../env.ts'
import { allows } from '../http/access.ts'
import { deprecated } from '../http/deprecated.ts'
import { limitOf, linkOffset, offset } from '../http/paging.ts'
import { params } from '../http/params.ts'
import { presentStatuses, presentTags } from '../present.ts'

const few = params({ limit: limitOf(10), offset: offset() })

export const trends = new Hono<Env>()

trends.get('/trends/tags', allows('read'), few, async (c) => {
  const { app, accountId, params } = c.var
  const ids = await listTrendingTags(app.db, params)
  linkOffset(c, params, ids.length)
  return c.json(await presentTags(app, accountId, ids))
})

trends.get('/trends', allows('read'), deprecated('2022-03-30'), few, async (c) => {
  const { app, accountId, params } = c.var
  const ids = await listTrendingTags(app.db, params)
  linkOffset(c, params, ids.length)
  return c.json(await presentTags(app, accountId, ids))
})

trends.get('/trends/links', allows('read'), few, async (c) => {
  const { app, params } = c.var
  const links = await trendingLinks(app.db, params)
  linkOffset(c, params, links.length)
  return c.json(links.map((link) => toTrendsLink(link, app.uris)))
})

trends.get('/trends/statuses', allows('read'), params({ limit: limitOf(20), offset: offset() }), async (c) => {
  const { app, accountId, params } = c.var
  const ids = await trendingTimeline(app.db, accountId, params)
  linkOffset(c, params, ids.length)
  return c.json(await presentStatuses(app, accountId, ids, 'public'))
})
