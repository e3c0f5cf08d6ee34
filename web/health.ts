import { Hono } from 'hono'
import type { App } from '#src/app.ts'
import { problems } from '#src/instance/readiness.ts'

/** For load balancers and process managers: whether this process lives, and whether it can serve people. */
export function health(app: App): Hono {
  const routes = new Hono()
  for (const path of ['/health', '/livez']) {
    routes.get(path, (c) => {
      const headers = { 'Cache-Control': 'no-store', Vary: 'Accept' }
      return c.req.header('Accept')?.includes('application/json') ? c.json({ status: 'OK' }, 200, headers) : c.text('OK', 200, headers)
    })
  }
  for (const path of ['/health/ready', '/readyz']) {
    routes.get(path, async (c) => {
      const reasons = await problems(app)
      return c.json({ status: reasons.length === 0 ? 'OK' : 'unavailable', reasons }, reasons.length === 0 ? 200 : 503, { 'Cache-Control': 'no-store' })
    })
  }
  return routes
}
