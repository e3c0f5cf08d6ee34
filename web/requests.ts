/**
 * The outermost layer of every request: who asks and for which URL, with trusted proxies taken into account; an id on all
 * log lines and on the answer; one line in the log; an answer also when everything inside failed.
 */
import { randomBytes } from 'node:crypto'
import { getXForwardedRequest } from 'x-forwarded-fetch'
import type { Config } from '#src/platform/config.ts'
import { isDiskFull } from '#src/platform/db/disk-full.ts'
import { isDatabaseAway } from '#src/platform/db/index.ts'
import { clientAddress, isWithin } from '#src/platform/http/client-address.ts'
import type { RequestEnv } from '#src/platform/http/request-env.ts'
import { getLogger, withLogContext } from '#src/platform/log.ts'
import { isStorageAway } from '#src/platform/storage/errors.ts'
import type { UpgradeHandler } from './upgrades.ts'

/** Answers a request that is described in full. */
export type Answer = (request: Request, env: RequestEnv) => Response | Promise<Response>

const log = getLogger('http')

/**
 * Makes the function that the HTTP server calls.
 *
 * @param answer throws what it does not expect; the asker gets 503 if the database or the store of files is away, 507 if the disk is full
 *   (at an inbox 503), else 500
 */
export function handler(config: Pick<Config, 'trustedProxies'>, answer: Answer): UpgradeHandler {
  return async (received, peer, connection) => {
    const requestId = randomBytes(9).toString('base64url')
    return withLogContext({ requestId }, async () => {
      const start = performance.now()
      const isForwarded = isWithin(peer, config.trustedProxies)
      const request = isForwarded ? await unforwarded(received) : received
      const env = {
        requestId,
        clientAddress: clientAddress(peer, received.headers.get('X-Forwarded-For'), config.trustedProxies),
        ...connection,
      }
      const response = request.url.includes('%00')
        ? unreadable(request)
        : await Promise.resolve(answer(request, env)).catch((error: unknown) => failure(error, request))

      log.info('{method} {path} {status} {ms} ms', {
        method: request.method,
        path: new URL(request.url).pathname,
        status: response.status,
        ms: Math.round(performance.now() - start),
      })
      return withHeader(response, 'X-Request-Id', requestId)
    })
  }
}

/** The request as it reached the proxy. Only its head is rewritten by `x-forwarded-fetch`, which would read the whole body into memory. */
async function unforwarded(request: Request): Promise<Request> {
  const { url, headers } = await getXForwardedRequest(new Request(request.url, { headers: request.headers }))
  const { method, body, signal } = request
  return new Request(url, { method, headers, signal, ...(body ? { body, duplex: 'half' } : {}) })
}

/** No name, id or search has NUL in it, and PostgreSQL takes no text with it: so it stays outside. Scanners ask so, not people. */
function unreadable(request: Request): Response {
  const isForApps = /^\/(?:api\/|oauth\/(?:token|revoke|userinfo)$)/.test(new URL(request.url).pathname)
  return isForApps
    ? Response.json({ error: 'The address can’t be read' }, { status: 400 })
    : new Response('Bad request\n', { status: 400 })
}

function failure(error: unknown, request: Request): Response {
  // Nobody waits for the answer.
  if (request.signal.aborted) {
    log.debug('A request was broken off: {error}', { error })
    return new Response(null, { status: 400 })
  }
  // Its cause may look like a database that is away.
  if (isStorageAway(error)) {
    log.error('Files can’t be stored or read: {error}', { error })
    return new Response('Service unavailable\n', { status: 503, headers: { 'Retry-After': '5' } })
  }
  if (isDatabaseAway(error)) {
    log.warn('The database is away: {error}', { error })
    return new Response('Service unavailable\n', { status: 503, headers: { 'Retry-After': '5' } })
  }
  if (isDiskFull(error)) {
    log.error('The disk is full: {error}', { error })
    // Servers come again after 503; after 507 some give up.
    return new Response('No room left\n', {
      status: new URL(request.url).pathname.endsWith('/inbox') ? 503 : 507,
      headers: { 'Retry-After': '300' },
    })
  }
  log.error('A request failed: {error}', { error })
  return new Response('Internal server error\n', { status: 500 })
}

/** Answers that come from elsewhere, such as redirects, have headers that can't be changed. */
function withHeader(response: Response, name: string, value: string): Response {
  try {
    response.headers.set(name, value)
    return response
  } catch {
    const copy = new Response(response.body, response)
    copy.headers.set(name, value)
    return copy
  }
}
