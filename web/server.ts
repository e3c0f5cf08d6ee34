/** Assembles everything that is served over HTTP. */
import { Hono } from 'hono'
import { cors } from 'hono/cors'
import type { App } from '#src/platform/app.ts'
import { followChanges } from '#src/platform/db/changes.ts'
import type { RequestEnv } from '#src/platform/http/request-env.ts'
import { apiRoutes } from '../api/app.ts'
import { routePath } from '../api/http/path.ts'
import { openStreams, type Streams } from '../api/streaming/streams.ts'
import { federationRoutes } from '../federation/serving/routes.ts'
import { pages } from './app.tsx'
import { health } from './health.ts'
import { listen } from './listen.ts'
import { type Answer, handler } from './requests.ts'
import { shutOut } from './shut-out.tsx'

/** The function that answers all requests of an instance. */
export function answers(app: App, streams: Streams = openStreams(app)): Answer {
  const http = new Hono<{ Bindings: RequestEnv }>({ getPath: routePath })
  // Web apps on other hosts look up servers and people.
  for (const path of openPaths) http.use(path, cors({ origin: '*', allowMethods: ['GET'] }))
  http.route('/', health(app))
  // After the checks of load balancers, which stay open.
  http.use(shutOut(app))
  http.route('/', apiRoutes(app, streams))
  // Before the pages, as some of them have an ActivityPub form for other servers.
  http.route('/', federationRoutes(app))
  http.route('/', pages(app, streams))
  // Errors go to the outermost layer, which logs and answers them.
  http.onError((error) => {
    throw error
  })
  return (request, env) => http.fetch(request, env)
}

/** Paths that scripts of other sites may read, without cookies. The API sets its own CORS headers. */
const openPaths = ['/.well-known/*', '/nodeinfo/*', '/:handle{@[^/]+}']

/** Serves an instance until it is disposed of. */
export async function serve(app: App): Promise<AsyncDisposable> {
  const changes = followChanges(app.db)
  const streams = openStreams(app)
  const server = await listen(app.config, handler(app.config, answers(app, streams)))
  return {
    async [Symbol.asyncDispose]() {
      // Streams don't end by themselves, and the server waits for open connections.
      await Promise.all([server[Symbol.asyncDispose](), streams[Symbol.asyncDispose](), changes[Symbol.asyncDispose]()])
    },
  }
}
