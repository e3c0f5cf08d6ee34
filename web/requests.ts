/**
 * The outermost layer of every request: determines the client's address and the URL behind trusted proxies, adds an id
 * to all log lines and the answer, logs one line, and answers even when everything inside failed.
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

/** Answers a request, whose URL and client address are resolved. */
export type Answer = (request: Request, env: RequestEnv) => Response | Promise<Response>

const log = getLogger('http')

/**
 * Makes the function that the HTTP server calls.
 *
 * @param answer throws unexpected errors; the client gets 503 if the database or the storage is unreachable, 507 if the
 *   disk is full (503 at an inbox), else 500
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

/**
 * The request as the proxy received it. `x-forwarded-fetch` gets only the headers, as it would read the whole body
 * into memory.
 */
async function unforwarded(request: Request): Promise<Request> {
  const { url, headers } = await getXForwardedRequest(new Request(request.url, { headers: request.headers }))
  const { method, body, signal } = request
  return new Request(url, { method, headers, signal, ...(body ? { body, duplex: 'half' } : {}) })
}

/** Whether a request is answered in JSON whatever it accepts. */
export const isForApps = (request: Request): boolean =>
  /^\/(?:api\/|oauth\/(?:token|revoke|userinfo)$)/.test(new URL(request.url).pathname)

/**
 * Refuses URLs with NUL, which PostgreSQL can't store in text. No name, id or search contains it; only scanners send
 * it.
 */
function unreadable(request: Request): Response {
  return isForApps(request)
    ? Response.json({ error: 'The address can’t be read' }, { status: 400 })
    : new Response('Bad request\n', { status: 400 })
}

function failure(error: unknown, request: Request): Response {
  // The client is gone.
  if (request.signal.aborted) {
    log.debug('A request was broken off: {error}', { error })
    return new Response(null, { status: 400 })
  }
  // Checked first, as its cause may look like an unreachable database.
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
    // Servers retry after 503; after 507 some give up.
    return new Response('No room left\n', {
      status: new URL(request.url).pathname.endsWith('/inbox') ? 503 : 507,
      headers: { 'Retry-After': '300' },
    })
  }
  log.error('A request failed: {error}', { error })
  return new Response('Internal server error\n', { status: 500 })
}

/** Copies the answer if its headers are immutable, as those of redirects are. */
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
