/** The API on a loopback port, over real HTTP, optionally with further routes. */
import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer, type HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import { issueToken } from '#src/accounts/sessions/access-tokens.ts'
import { createApplication } from '#src/accounts/sessions/applications.ts'
import { outOfBand } from '#src/accounts/sessions/redirect-uris.ts'
import { scopes as allScopes, type Scope } from '#src/accounts/sessions/scopes.ts'
import type { App } from '#src/platform/app.ts'
import type { RequestEnv } from '#src/platform/http/request-env.ts'
import type { AccountId } from '#src/platform/ids.ts'
import type { Hub, HubOptions } from '#src/reading/streaming/hub.ts'
import { apiRoutes } from '../../api/app.ts'
import { routePath } from '../../api/http/path.ts'
import { openStreams } from '../../api/streaming/streams.ts'
import { bodyInQuery } from '../../web/get-body.ts'
import { type UpgradeHandler, handleUpgrades } from '../../web/upgrades.ts'
import { problemsOf } from './schemas.ts'

export type Answer<Body = never> = { status: number; headers: Headers; body: Body }
/** JSON whose shape a test knows. */
// oxlint-disable-next-line typescript/no-explicit-any -- schemas check the shapes; tests then read what they check
export type Json = any

export type TestServer = AsyncDisposable & {
  url: string
  streams: Hub
  /** Calls the API. Objects go as JSON, `FormData` and `URLSearchParams` as they are. */
  call(method: string, path: string, options?: CallOptions): Promise<Answer<Json>>
  /** A GET whose answer must be 200 and fit the entity. */
  get(path: string, entity: string, token?: string): Promise<Json>
  /** A POST whose answer must be 200 and fit the entity. */
  post(path: string, entity: string, token?: string, body?: CallOptions['body']): Promise<Json>
}
export type CallOptions = { token?: string | undefined; body?: object | undefined; headers?: Record<string, string> }

/**
 * @param around further routes, after those of the API
 * @param pace of the heartbeats of streams, if not the default
 */
export async function serve(
  app: App,
  around: (app: App) => Hono<Json> | undefined = () => undefined,
  pace: HubOptions = {},
): Promise<TestServer> {
  const routes = new Hono<{ Bindings: RequestEnv }>({ getPath: routePath })
  const streams = openStreams(app, pace)
  routes.route('/', apiRoutes(app, streams))
  const pages = around(app)
  if (pages) routes.route('/', pages)
  const handle: UpgradeHandler = async (request, peer, connection) =>
    routes.fetch(request, { clientAddress: peer, requestId: 'test', ...connection })
  const server = createAdaptorServer({
    fetch: async (request, env) => {
      const { incoming } = env as HttpBindings
      const { socket } = incoming
      return handle(await bodyInQuery(request, incoming), socket.remoteAddress ?? '', {
        hangUp: () => void socket.destroy(),
      })
    },
    overrideGlobalObjects: false,
  }) as Server
  handleUpgrades(server, handle)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  const call: TestServer['call'] = async (method, path, { token, body, headers = {} } = {}) => {
    const isRaw = body instanceof FormData || body instanceof URLSearchParams
    const response = await fetch(`${url}${path}`, {
      method,
      redirect: 'manual',
      headers: {
        ...(token ? { Authorization: `Bearer ${token}` } : {}),
        ...(body && !isRaw ? { 'Content-Type': 'application/json' } : {}),
        ...headers,
      },
      ...(body ? { body: isRaw ? body : JSON.stringify(body) } : {}),
    })
    const text = await response.text()
    const isJson = response.headers.get('Content-Type')?.startsWith('application/json')
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text }
  }
  const expecting = async (answer: Promise<Answer<Json>>, path: string, entity: string): Promise<Json> => {
    const { status, body } = await answer
    const problems = status === 200 ? problemsOf(entity, body) : [`answered ${status}`]
    if (problems.length > 0)
      throw new Error(`${path}: ${problems.slice(0, 10).join('; ')}\n${JSON.stringify(body)?.slice(0, 2_000)}`)
    return body
  }
  return {
    url,
    call,
    get: (path, entity, token) => expecting(call('GET', path, { token }), path, entity),
    post: (path, entity, token, body) => expecting(call('POST', path, { token, body }), path, entity),
    streams,
    async [Symbol.asyncDispose]() {
      await streams[Symbol.asyncDispose]()
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** A token of an app for an account; with null, for the app alone. */
export async function tokenOf(
  app: App,
  accountId: AccountId | null,
  scopes: Scope[] = [...allScopes],
): Promise<string> {
  return app.db.transaction(async (tx) => {
    const application = await createApplication(tx, {
      name: 'Test app',
      website: 'https://app.test',
      redirectUris: [outOfBand],
      scopes: [...allScopes],
    })
    const { token } = await issueToken(tx, application.id, accountId, scopes)
    return token
  })
}
