/** Security headers: they keep browsers from actions that none of our pages needs. */
import type { App } from '#src/platform/app.ts'
import type { Middleware } from './env.ts'

/**
 * @param formAction allowed targets of forms; null to leave it out on pages that send people back to an app, as
 *   browsers apply it to redirects, too
 */
export function contentSecurityPolicy(app: App, formAction: string | null = "'self'"): string {
  const media = ["'self'", ...mediaSources(app)].join(' ')
  return [
    "default-src 'none'",
    "style-src 'self'",
    "script-src 'self'",
    "worker-src 'self'",
    "connect-src 'self'",
    `img-src ${media}`,
    `media-src ${media}`,
    ...(formAction ? [`form-action ${formAction}`] : []),
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "object-src 'none'",
  ].join('; ')
}

/** Further sources of images, video and audio: the public storage, or, in mode `link`, any server. */
function mediaSources({ config }: App): string[] {
  if (config.remoteMedia.mode === 'link') return config.origin.startsWith('http:') ? ['https:', 'http:'] : ['https:']
  return config.s3?.publicUrl ? [new URL(config.s3.publicUrl).origin] : []
}

/** Sets the headers on every answer. Headers that a page set itself stay. */
export const secureHeaders: Middleware = async (c, next) => {
  await next()
  const defaults = {
    'Content-Security-Policy': contentSecurityPolicy(c.var.app),
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    'Referrer-Policy': 'same-origin',
    'Cache-Control': 'private, no-store',
  }
  for (const [name, value] of Object.entries(defaults)) {
    if (!c.res.headers.has(name)) c.res.headers.set(name, value)
  }
}
