import { Hono } from 'hono'
import type { App } from '#src/platform/app.ts'
import { cached } from '#src/platform/db/cache.ts'
import { readiness } from '#src/process/readiness.ts'

/** How long a result is cached: anybody may ask, and a check costs a sort on disk and a file. */
const cachedMs = 2_000

/** For load balancers and process managers: whether this process is alive, and whether it is ready for requests. */
export function health(app: App): Hono {
  const routes = new Hono()
  const ready = cached(cachedMs, () => readiness(app))
  for (const path of ['/health', '/livez']) {
    routes.get(path, (c) => {
      const headers = { 'Cache-Control': 'no-store', Vary: 'Accept' }
      return c.req.header('Accept')?.includes('application/json')
        ? c.json({ status: 'OK' }, 200, headers)
        : c.text('OK', 200, headers)
    })
  }
  for (const path of ['/health/ready', '/readyz']) {
    routes.get(path, async (c) => {
      const { canServe, reasons } = await ready(app.db)
      return c.json({ status: canServe ? 'OK' : 'unavailable', reasons }, canServe ? 200 : 503, {
        'Cache-Control': 'no-store',
      })
    })
  }
  return routes
}
