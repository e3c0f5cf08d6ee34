import { getPath } from 'hono/utils/url'

/**
 * The path by which a request finds its route. Some apps, such as those made with Mastodon.py, end those of the API with a
 * slash, which means nothing.
 */
export function routePath(request: Request): string {
  const path = getPath(request)
  return path.startsWith('/api/') && path.endsWith('/') ? path.slice(0, -1) : path
}
