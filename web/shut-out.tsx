/** Refuses requests of networks without access, before anything else looks at them. */
import type { MiddlewareHandler } from 'hono'
import { raw } from 'hono/html'
import type { App } from '#src/platform/app.ts'
import type { RequestEnv } from '#src/platform/http/request-env.ts'
import { isShutOut } from '#src/rules/addresses/current.ts'
import { loadSettings } from '#src/rules/settings.ts'
import { acceptedLanguages, bestLocale, messagesIn } from '#src/text/messages.ts'
import { isForApps } from './requests.ts'

/** A check costs a few microseconds: the rules are in memory. */
export const shutOut =
  (app: App): MiddlewareHandler<{ Bindings: RequestEnv }> =>
  async (c, next) => {
    if (!(await isShutOut(app.db, c.env?.clientAddress ?? ''))) return next()
    return refusal(app, c.req.raw)
  }

/** A page that needs no style sheet, as that is refused, too. Programs get JSON. */
async function refusal(app: App, request: Request): Promise<Response> {
  const headers = { 'Cache-Control': 'private, no-store', Vary: 'Accept, Accept-Language' }
  const { locale, t } = messagesIn(bestLocale(acceptedLanguages(request.headers.get('Accept-Language') ?? undefined)))
  if (isForApps(request) || !request.headers.get('Accept')?.includes('text/html'))
    return Response.json(
      { error: t('errors.shutOutText') },
      { status: 403, headers: { ...headers, 'Access-Control-Allow-Origin': '*' } },
    )
  const email = await loadSettings(app.db).then(
    (settings) => settings.contactEmail,
    () => '',
  )
  const html = (
    <html lang={locale}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>{t('errors.shutOutTitle')}</title>
      </head>
      <body>
        <h1>{t('errors.shutOutTitle')}</h1>
        <p>{t('errors.shutOutText')}</p>
        {email && <p>{t('errors.shutOutContact', { email })}</p>}
      </body>
    </html>
  )
  return new Response(
    String(
      <>
        {raw('<!doctype html>')}
        {html}
      </>,
    ),
    {
      status: 403,
      headers: {
        ...headers,
        'Content-Type': 'text/html; charset=utf-8',
        'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
        'X-Content-Type-Options': 'nosniff',
      },
    },
  )
}
