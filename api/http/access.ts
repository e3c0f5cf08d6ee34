/**
 * Access guards. Each route starts with one of `open`, `allows`, `requires` and `requiresApp`. With an unguarded route
 * the server refuses to start (`assertGuarded`).
 */
import type { Hono } from 'hono'
import { hasPermission, type Permission } from '#src/accounts/roles/permissions.ts'
import { type Staff, staffMember } from '#src/accounts/roles/staff.ts'
import { type Access, accessBy } from '#src/accounts/sessions/access-tokens.ts'
import { assertActive, accountStatusOf } from '#src/accounts/sessions/account-status.ts'
import { touchActive, touchToken } from '#src/accounts/sessions/activity.ts'
import { coversScopes, type Scope } from '#src/accounts/sessions/scopes.ts'
import type { Viewer } from '#src/accounts/sessions/sessions.ts'
import type { Tx } from '#src/platform/db/index.ts'
import type { AccountId } from '#src/platform/ids.ts'
import type { Adding, ApiContext, C, Env } from '../env.ts'
import { ApiError } from './errors.ts'

/** The guards of routes, each with its scopes, any of which is enough. */
const guards = new WeakMap<object, readonly Scope[]>()

function guard<Variables extends object>(
  middleware: Adding<Variables>,
  anyOf: readonly Scope[] = [],
): Adding<Variables> {
  guards.set(middleware, anyOf)
  return middleware
}

/** The permissions that guards of staff ask for, any of which is enough. */
const permissionsAsked = new WeakMap<object, readonly Permission[]>()

/** The permissions that a handler of a route asks for; null if it is no guard of staff. */
export const permissionsOf = (handler: object): readonly Permission[] | null => permissionsAsked.get(handler) ?? null

/** The scopes that routes require. */
export const scopesOf = (routes: Pick<Hono<Env>, 'routes'>['routes']): Set<Scope> =>
  new Set(routes.flatMap(({ handler }) => guards.get(handler) ?? []))

/** @throws Error that names the routes without a guard */
export function assertGuarded(routes: Pick<Hono<Env>, 'routes'>['routes']): void {
  const first = new Map<string, object>()
  for (const { method, path, handler } of routes) {
    const key = `${method} ${path}`
    if (method !== 'ALL' && !first.has(key)) first.set(key, handler)
  }
  const open = [...first].filter(([, handler]) => !guards.has(handler)).map(([key]) => key)
  if (open.length > 0) throw new Error(`Routes of the API without an access guard: ${open.join(', ')}`)
}

/** Looks up the access of the request's token, before any other check. */
export async function authenticate(c: C, next: () => Promise<void>): Promise<void> {
  const token = tokenOf(c)
  c.set('hasToken', token !== null)
  c.set('access', token === null || token.length > 200 ? null : await accessBy(c.var.app.db, token))
  await next()
}

/** RFC 6750, 2.1 and 2.3, but not tokens in form bodies (2.2). */
export function tokenOf(c: ApiContext): string | null {
  const [, bearer] = /^Bearer +(\S+) *$/i.exec(c.req.header('Authorization') ?? '') ?? []
  // Browsers can set no other header for WebSockets.
  const protocol = c.env?.upgrade ? c.req.header('Sec-WebSocket-Protocol')?.split(',')[0]?.trim() : undefined
  return bearer ?? c.req.query('access_token') ?? c.req.query('bearer_token') ?? protocol ?? null
}

/** Lets anybody in; a token makes no difference. */
export const open = guard<object>((_, next) => next())

/** Lets anybody in. A token must be valid and have one of the scopes; its account is then the viewer. */
export const allows = (...anyOf: Scope[]): Adding<{ accountId: AccountId | null }> =>
  guard<{ accountId: AccountId | null }>(async (c, next) => {
    const access = c.var.hasToken ? assertScope(c.var.access, anyOf) : null
    // An account that is not active yet, or any more, sees what everybody sees.
    const viewer = access?.viewer && accountStatusOf(access.viewer) === 'active' ? access.viewer : null
    if (viewer) await touch(c, viewer)
    c.set('accountId', viewer?.accountId ?? null)
    await keepPrivate(c, next)
  }, anyOf)

/** Requires a person's token with any of some scopes; without scopes, any token of a person. */
export const requires = (...anyOf: Scope[]): Adding<{ accountId: AccountId; viewer: Viewer }> =>
  guard<{ accountId: AccountId; viewer: Viewer }>(async (c, next) => {
    const viewer = await assertPerson(c, anyOf)
    c.set('viewer', viewer)
    c.set('accountId', viewer.accountId)
    await keepPrivate(c, next)
  }, anyOf)

/**
 * Requires the token of a member of staff: with a scope, and a role that has any of some permissions. The use case that follows checks
 * them again in its transaction, with `staffIn`.
 */
export const requiresStaff = (
  scope: Scope,
  ...anyOf: [Permission, ...Permission[]]
): Adding<{ accountId: AccountId; staff: Staff }> => {
  const middleware: Adding<{ accountId: AccountId; staff: Staff }> = async (c, next) => {
    const { accountId, username: name, permissions, position } = await assertPerson(c, [scope])
    if (!anyOf.some((one) => hasPermission(permissions, one))) throw new ApiError(403, 'This action is not allowed')
    c.set('accountId', accountId)
    c.set('staff', { accountId, name, permissions, position })
    await keepPrivate(c, next)
  }
  permissionsAsked.set(middleware, anyOf)
  return guard(middleware, [scope])
}

/** The member of staff behind a request, read anew in the transaction of what they do. */
export const staffIn = (c: { var: { accountId: AccountId } }, tx: Tx): Promise<Staff> =>
  staffMember(tx, c.var.accountId)

/** Requires a token of a person or of an app alone, with any of some scopes; without scopes, any valid token. */
export const requiresApp = (...anyOf: Scope[]): Adding<{ ofToken: Access }> =>
  guard<{ ofToken: Access }>(async (c, next) => {
    c.set('ofToken', assertScope(c.var.access, anyOf))
    await keepPrivate(c, next)
  }, anyOf)

function assertScope(access: Access | null, anyOf: Scope[]): Access {
  if (!access) {
    throw new ApiError(401, 'The access token is invalid', {
      'WWW-Authenticate': 'Bearer realm="API", error="invalid_token", error_description="The access token is invalid"',
    })
  }
  if (anyOf.length > 0 && !anyOf.some((scope) => coversScopes(access.scopes, scope))) {
    throw new ApiError(403, 'This action is outside the authorized scopes', {
      'WWW-Authenticate': `Bearer realm="API", error="insufficient_scope", scope="${anyOf[0]}"`,
    })
  }
  return access
}

async function assertPerson(c: ApiContext, anyOf: Scope[]): Promise<Viewer> {
  const { viewer } = assertScope(c.var.access, anyOf)
  if (!viewer) throw new ApiError(422, 'This method requires an authenticated user')
  assertActive(viewer)
  await touch(c, viewer)
  return viewer
}

async function touch({ var: { app, access }, env }: ApiContext, viewer: Viewer): Promise<void> {
  await touchActive(app.db, viewer.accountId)
  if (access) await touchToken(app.db, access.tokenId, env?.clientAddress ?? '')
}

/** Keeps answers that depend on a token out of shared caches. */
async function keepPrivate(c: ApiContext, next: () => Promise<void>): Promise<void> {
  c.header('Cache-Control', 'private, no-store')
  c.header('Vary', 'Authorization, Origin')
  await next()
}
