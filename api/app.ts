/** The REST API for Mastodon apps, with its OAuth endpoints. */
import { Hono, type MiddlewareHandler } from 'hono'
import { cors } from 'hono/cors'
import type { App } from '#src/platform/app.ts'
import { adminV1, adminV2 } from './admin/index.ts'
import { discovery } from './discovery.ts'
import type { C, Env } from './env.ts'
import { assertGuarded, authenticate, open } from './http/access.ts'
import { onError, onNotFound } from './http/errors.ts'
import { conditional } from './http/etag.ts'
import { limitRequests } from './http/limits.ts'
import { oauth } from './oauth.ts'
import { oembed } from './oembed.ts'
import { searchV1, searchV2 } from './search.ts'
import { streaming } from './streaming/routes.ts'
import { openStreams, type Streams } from './streaming/streams.ts'
import { credentials } from './v1/accounts/credentials.ts'
import { readAccounts } from './v1/accounts/read.ts'
import { relations } from './v1/accounts/relations.ts'
import { signUpRoutes } from './v1/accounts/sign-up.ts'
import { announcements } from './v1/announcements.ts'
import { annualReports } from './v1/annual-reports.ts'
import { apps } from './v1/apps.ts'
import { asyncRefreshes } from './v1/async-refreshes.ts'
import { catchUps } from './v1/catch-up.ts'
import { collections } from './v1/collections.ts'
import { conversations } from './v1/conversations.ts'
import { customEmojis } from './v1/custom-emojis.ts'
import { domainBlocks } from './v1/domain-blocks.ts'
import { emails } from './v1/emails.ts'
import { filtersV1 } from './v1/filters.ts'
import { instanceV1, instanceV2 } from './v1/instance.ts'
import { interactionRequests } from './v1/interaction-requests.ts'
import { inviteRoutes, wantsJson } from './v1/invites.ts'
import { lists } from './v1/lists.ts'
import { markers } from './v1/markers.ts'
import { mediaV1, mediaV2 } from './v1/media.ts'
import { policyV1, policyV2 } from './v1/notification-policy.ts'
import { notificationRequests } from './v1/notification-requests.ts'
import { notifications } from './v1/notifications.ts'
import { people, suggestionsV2 } from './v1/people.ts'
import { pollRoutes } from './v1/polls.ts'
import { pushSubscriptions } from './v1/push.ts'
import { reports } from './v1/reports.ts'
import { scheduledStatuses } from './v1/scheduled-statuses.ts'
import { interactions } from './v1/statuses/interactions.ts'
import { quotes } from './v1/statuses/quotes.ts'
import { reactions } from './v1/statuses/reactions.ts'
import { readStatuses } from './v1/statuses/read.ts'
import { translation } from './v1/statuses/translate.ts'
import { writeStatuses } from './v1/statuses/write.ts'
import { tags } from './v1/tags.ts'
import { timelines } from './v1/timelines.ts'
import { trends } from './v1/trends.ts'
import { filtersV2 } from './v2/filters.ts'
import { notificationGroups } from './v2/notifications.ts'

/** Headers that scripts of other sites may read; without `Link` they can't page. */
const exposed = [
  'Link',
  'X-RateLimit-Reset',
  'X-RateLimit-Limit',
  'X-RateLimit-Remaining',
  'X-Request-Id',
  'Mastodon-Async-Refresh',
]
const maxAge = 86_400

/**
 * Answers /api/*, /oauth/token, /oauth/revoke, /oauth/userinfo and /.well-known/oauth-authorization-server; all in
 * JSON, errors too. At /invite/*, it answers requests for JSON and leaves the others to the website.
 *
 * @param streams the caller closes them; the default ones stay open as long as their clients
 * @throws Error when a route has no access guard
 */
export function apiRoutes(app: App, streams: Streams = openStreams(app)): Hono<Env> {
  const api = new Hono<Env>()
  api.onError(onError)
  api.use(
    '/api/*',
    cors({
      origin: '*',
      allowMethods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
      exposeHeaders: exposed,
      maxAge,
    }),
  )
  for (const [path, methods] of Object.entries(otherPaths))
    api.use(path, cors({ origin: '*', allowMethods: methods, exposeHeaders: exposed, maxAge }))

  for (const path of ['/api/*', ...Object.keys(otherPaths)]) prepare(api, path, app)
  api.use('/invite/*', cors({ origin: '*', allowMethods: ['GET'], exposeHeaders: exposed, maxAge }))
  prepare(api, '/invite/*', app, wantsJson)

  api.route('/', discovery)
  api.route('/', oauth)
  api.route('/', inviteRoutes)
  api.route('/api/v1', streaming(streams))
  for (const [base, parts] of Object.entries(versions)) for (const routes of parts) api.route(base, routes)
  api.all('/api/*', open, onNotFound)
  for (const path of Object.keys(otherPaths)) api.all(path, open, onNotFound)
  assertGuarded(api.routes)
  return api
}

/** The steps before every route of a path; where the website has pages as well, only for the requests that are meant for the API. */
function prepare(api: Hono<Env>, path: string, app: App, isMeant: (c: C) => boolean = () => true): void {
  const use = (step: MiddlewareHandler<Env>) => api.use(path, (c, next) => (isMeant(c) ? step(c, next) : next()))
  use(conditional)
  use(async (c, next) => {
    c.set('app', app)
    c.header('X-Content-Type-Options', 'nosniff')
    await next()
  })
  // At the token endpoints, Authorization holds the client's credentials.
  if (path !== '/oauth/token' && path !== '/oauth/revoke') use(authenticate)
  use(limitRequests)
}

const otherPaths: Record<string, string[]> = {
  '/oauth/token': ['POST'],
  '/oauth/revoke': ['POST'],
  '/oauth/userinfo': ['GET', 'POST'],
  '/.well-known/oauth-authorization-server': ['GET'],
}

const versions = {
  '/api': [oembed],
  '/api/v1/admin': adminV1,
  '/api/v2/admin': adminV2,
  '/api/v1': [
    apps,
    instanceV1,
    customEmojis,
    mediaV1,
    signUpRoutes,
    credentials,
    reports,
    announcements,
    emails,
    people,
    readAccounts,
    relations,
    lists,
    domainBlocks,
    tags,
    collections,
    readStatuses,
    reactions,
    writeStatuses,
    quotes,
    translation,
    interactions,
    pollRoutes,
    scheduledStatuses,
    timelines,
    catchUps,
    policyV1,
    notificationRequests,
    interactionRequests,
    notifications,
    conversations,
    pushSubscriptions,
    markers,
    filtersV1,
    searchV1,
    trends,
    annualReports,
  ],
  '/api/v1_alpha': [asyncRefreshes],
  '/api/v2': [instanceV2, mediaV2, policyV2, notificationGroups, filtersV2, searchV2, suggestionsV2],
}
