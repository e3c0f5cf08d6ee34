/** Refuses all requests of clients whose network has no access. */
import { type Context, Hono } from 'hono'
import { html } from 'hono/html'
import type { App } from '#src/platform/app.ts'
import type { RequestEnv } from '#src/platform/http/request-env.ts'
import { networkSeverity } from '#src/rules/addresses/networks.ts'
import { acceptedLanguages, bestLocale, messagesIn } from '#src/text/messages.ts'

/** Goes before everything but the checks of load balancers. Each request looks into memory only. */
export function keepOut(app: App): Hono<{ Bindings: RequestEnv }> {
  const routes = new Hono<{ Bindings: RequestEnv }>()
  routes.use(async (c, next) =>
    (await networkSeverity(app.db, c.env?.clientAddress ?? '')) === 'no_access' ? refusal(c) : next(),
  )
  return routes
}

/** A page for browsers, which neither loads anything nor needs scripts; JSON for apps and servers. */
function refusal(c: Context): Response | Promise<Response> {
  const headers = { 'Cache-Control': 'no-store', Vary: 'Accept, Accept-Language' }
  const locale = bestLocale(acceptedLanguages(c.req.header('Accept-Language')))
  const { t } = messagesIn(locale)
  if (!c.req.header('Accept')?.includes('text/html') || /^\/(?:api|oauth\/token)\b/.test(c.req.path))
    return c.json({ error: t('errors.noAccess') }, 403, { ...headers, 'Access-Control-Allow-Origin': '*' })
  return c.html(
    html`<!doctype html>
      <html lang="${locale}">
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <meta name="color-scheme" content="light dark" />
        <title>${t('errors.notAllowedTitle')}</title>
        <h1>${t('errors.notAllowedTitle')}</h1>
        <p>${t('errors.noAccess')}</p>
      </html>`,
    403,
    { ...headers, 'Content-Security-Policy': "default-src 'none'", 'X-Content-Type-Options': 'nosniff' },
  )
}
