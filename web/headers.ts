/** Headers that keep browsers from doing what no page of ours asks for. */
import type { App } from '#src/platform/app.ts'
import type { Middleware } from './env.ts'

/** @param formAction where forms may lead; null for the page that sends people back to their app, as browsers follow redirects with it */
export function contentSecurityPolicy(app: App, formAction: string | null = "'self'"): string {
  const media = ["'self'", ...mediaSources(app)].join(' ')
  return [
    "default-src 'none'",
    "style-src 'self'",
    `img-src ${media}`,
    `media-src ${media}`,
    ...(formAction ? [`form-action ${formAction}`] : []),
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "object-src 'none'",
  ].join('; ')
}

/** Where pictures, films and sounds may come from but from here: the store of ours, or, where it is set so, any other server. */
function mediaSources({ config }: App): string[] {
  if (config.remoteMedia.mode === 'link') return config.origin.startsWith('http:') ? ['https:', 'http:'] : ['https:']
  return config.s3?.publicUrl ? [new URL(config.s3.publicUrl).origin] : []
}

/** Sets the headers on every answer; what a page set itself stays. */
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
