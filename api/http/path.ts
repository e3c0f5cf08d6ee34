import { getPath } from 'hono/utils/url'

/**
 * The path for routing a request. Ignores a slash at the end of API paths, which some apps add, such as those that use
 * Mastodon.py.
 */
export function routePath(request: Request): string {
  const path = getPath(request)
  return path.startsWith('/api/') && path.endsWith('/') ? path.slice(0, -1) : path
}
