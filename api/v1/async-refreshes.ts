import { Hono } from 'hono'
import { readRefresh } from '#src/platform/async-refreshes.ts'
import { notFound } from '#src/platform/errors.ts'
import type { Env } from '../env.ts'
import { requires } from '../http/access.ts'
import { params, text } from '../http/params.ts'

/** The state of work that an answer announced in its `Mastodon-Async-Refresh` header. */
export const asyncRefreshes = new Hono<Env>()

asyncRefreshes.get('/async_refreshes/:id', requires('read'), params({ id: text() }), async (c) => {
  const refresh = await readRefresh(c.var.app.db, c.var.params.id)
  if (!refresh) throw notFound()
  return c.json({ async_refresh: { id: refresh.id, status: refresh.status, result_count: refresh.resultCount } })
})
