import type { MiddlewareHandler } from 'hono'
import type { Env } from '../env.ts'

/**
 * Marks an endpoint as deprecated (RFC 9745). It stays, as older apps use it.
 *
 * @param since the day on which Mastodon deprecated it, `YYYY-MM-DD`
 */
export const deprecated =
  (since: string): MiddlewareHandler<Env> =>
  async (c, next) => {
    c.header('Deprecation', `@${Date.parse(`${since}T00:00:00Z`) / 1_000}`)
    await next()
  }
