import { sql } from 'drizzle-orm'
import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { coversScopes, type Scope, scopes } from '#src/accounts/sessions/scopes.ts'
import { apiRoutes } from '../../api/app.ts'
import type { Env } from '../../api/env.ts'
import { assertGuarded, open, requires, scopesOf } from '../../api/http/access.ts'
import { localAccount, status, suspend } from '../cast.ts'
import { database } from '../database.ts'
import { type Json, serve, tokenOf } from './server.ts'

test('the server does not start with a route that declares no permission', async () => {
  const routes = new Hono<Env>()
  routes.get('/open', open, (c) => c.json({}))
  routes.post('/guarded', requires('write'), (c) => c.json({}))
  expect(() => assertGuarded(routes.routes)).not.toThrow()
  // Also one whose guard comes too late.
  routes.get(
    '/late',
    (_, next) => next(),
    requires('read'),
    (c) => c.json({}),
  )
  routes.delete('/forgotten', (c) => c.json({}))
  expect(() => assertGuarded(routes.routes)).toThrow('GET /late, DELETE /forgotten')

  await using t = await database()
  expect(() => apiRoutes(t.app)).not.toThrow()
})

test('each grantable scope opens a route', async () => {
  await using t = await database()
  const taken = scopesOf(apiRoutes(t.app).routes)
  const opensNothing = scopes.filter((scope) => ![...taken].some((wanted) => coversScopes([scope], wanted)))
  expect(opensNothing).toEqual([])
})

test('a scope covers itself and the scopes below it', () => {
  const table: [string[], Scope, boolean][] = [
    [['read'], 'read:statuses', true],
    [['read'], 'write:statuses', false],
    [['read'], 'read', true],
    [['read:statuses'], 'read:statuses', true],
    [['read:statuses'], 'read', false],
    [['read:statuses'], 'read:accounts', false],
    [['write'], 'write:media', true],
    [['write'], 'admin:write', false],
    [['follow'], 'read:follows', true],
    [['follow'], 'write:blocks', true],
    [['follow'], 'write:mutes', true],
    [['follow'], 'write:statuses', false],
    [['admin:read'], 'admin:read:accounts', true],
    [['admin:read'], 'admin:write:accounts', false],
    [['admin:read'], 'read', false],
    [['profile'], 'read:accounts', false],
    [['read', 'write', 'follow', 'profile'], 'push', false],
    [[], 'read', false],
  ]
  for (const [granted, wanted, expected] of table)
    expect([granted, wanted, coversScopes(granted, wanted)]).toEqual([granted, wanted, expected])
})

/** Routes with the narrowest scopes, each of which is sufficient; `public` if no token is needed. */
const routes: [method: string, path: string, scopes: Scope[], access?: 'public'][] = [
  ['GET', '/api/v1/accounts/verify_credentials', ['read:accounts', 'profile']],
  ['PATCH', '/api/v1/accounts/update_credentials', ['write:accounts']],
  ['GET', '/api/v1/accounts/relationships', ['read:follows']],
  ['GET', '/api/v1/accounts/search?q=x', ['read:accounts']],
  ['GET', '/api/v1/accounts/ACCOUNT', ['read:accounts'], 'public'],
  ['GET', '/api/v1/accounts/ACCOUNT/statuses', ['read:statuses'], 'public'],
  ['GET', '/api/v1/accounts/ACCOUNT/followers', ['read:accounts'], 'public'],
  ['POST', '/api/v1/accounts/ACCOUNT/follow', ['write:follows']],
  ['POST', '/api/v1/accounts/ACCOUNT/unfollow', ['write:follows']],
  ['POST', '/api/v1/accounts/ACCOUNT/mute', ['write:mutes']],
  ['POST', '/api/v1/accounts/ACCOUNT/unmute', ['write:mutes']],
  ['GET', '/api/v1/follow_requests', ['read:follows']],
  ['POST', '/api/v1/statuses', ['write:statuses']],
  ['GET', '/api/v1/statuses/STATUS', ['read:statuses'], 'public'],
  ['GET', '/api/v1/statuses/STATUS/context', ['read:statuses'], 'public'],
  ['POST', '/api/v1/statuses/STATUS/favourite', ['write:favourites']],
  ['POST', '/api/v1/statuses/STATUS/bookmark', ['write:bookmarks']],
  ['POST', '/api/v1/statuses/STATUS/reblog', ['write:statuses']],
  ['GET', '/api/v1/timelines/home', ['read:statuses']],
  ['GET', '/api/v1/timelines/public', ['read:statuses'], 'public'],
  ['GET', '/api/v1/timelines/tag/x', ['read:statuses'], 'public'],
  ['GET', '/api/v1/favourites', ['read:favourites']],
  ['GET', '/api/v1/bookmarks', ['read:bookmarks']],
  ['GET', '/api/v1/notifications', ['read:notifications']],
  ['POST', '/api/v1/notifications/clear', ['write:notifications']],
  ['GET', '/api/v1/markers', ['read:statuses']],
  ['POST', '/api/v1/markers', ['write:statuses']],
  ['GET', '/api/v2/search?q=x', ['read:search'], 'public'],
  ['GET', '/api/v1/preferences', ['read:accounts']],
  ['GET', '/api/v2/suggestions', ['read:accounts']],
  ['GET', '/oauth/userinfo', ['profile', 'read:accounts']],
]

test('each route refuses requests without the required person, app or scope', async () => {
  await using t = await database({ RATE_LIMIT_FACTOR: '100' })
  await using server = await serve(t.app)
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const post = await status(t, bob)
  const ofApp = await tokenOf(t.app, null)
  const ofPerson = await tokenOf(t.app, alice)

  for (const [method, template, narrow, access] of routes) {
    const path = template.replace('ACCOUNT', bob).replace('STATUS', post)
    const ask = async (token?: string) => {
      const { status, body, headers } = await server.call(method, path, {
        token,
        body: method === 'POST' && path.endsWith('statuses') ? { status: 'x' } : undefined,
      })
      return { status, error: body.error as string | undefined, challenge: headers.get('WWW-Authenticate') }
    }
    const route = `${method} ${path}`
    const open = access === 'public'
    expect([route, await ask()]).toMatchObject([
      route,
      open ? { status: 200 } : { status: 401, error: 'The access token is invalid' },
    ])
    expect([route, await ask('no-such-token')]).toMatchObject([
      route,
      { status: 401, error: 'The access token is invalid', challenge: expect.stringContaining('Bearer') },
    ])
    expect([route, await ask(ofApp)]).toMatchObject([
      route,
      open ? { status: 200 } : { status: 422, error: 'This method requires an authenticated user' },
    ])
    expect([route, await ask(ofPerson)]).toMatchObject([route, { status: 200 }])
    for (const scope of narrow)
      expect([route, scope, await ask(await tokenOf(t.app, alice, [scope]))]).toMatchObject([
        route,
        scope,
        { status: 200 },
      ])
    const others = scopes.filter((other) => !narrow.some((scope) => coversScopes([other], scope)))
    expect([route, await ask(await tokenOf(t.app, alice, others))]).toMatchObject([
      route,
      { status: 403, error: 'This action is outside the authorized scopes' },
    ])
  }
})

test('an account that may not act gets the reason, and sees only public posts', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const cast: [string, string][] = [
    [await localAccount(t, 'unconfirmed', { isConfirmed: false }), 'Your login is missing a confirmed e-mail address'],
    [await localAccount(t, 'waiting', { isApproved: false }), 'Your login is currently pending approval'],
    [await localAccount(t, 'suspended'), 'Your login is currently disabled'],
    [await localAccount(t, 'disabled'), 'Your login is currently disabled'],
  ]
  await suspend(t, cast[2]?.[0] as never)
  await t.db.execute(sql`update users set disabled_at = now() where account_id = ${cast[3]?.[0]}`)
  const post = await status(t, await localAccount(t, 'alice'))
  for (const [account, error] of cast) {
    const token = await tokenOf(t.app, account as never)
    expect(await server.call('GET', '/api/v1/timelines/home', { token })).toMatchObject({
      status: 403,
      body: { error },
    })
    expect(await server.call('POST', '/api/v1/statuses', { token, body: { status: 'Hi' } })).toMatchObject({
      status: 403,
      body: { error },
    })
    const seen = await server.call('GET', `/api/v1/statuses/${post}`, { token })
    expect(seen.status).toBe(200)
    expect(Object.keys(seen.body as Json)).not.toContain('favourited')
  }
})

test('a token in the query is accepted, and its use is recorded once a day', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const alice = await localAccount(t, 'alice')
  const token = await tokenOf(t.app, alice)
  for (const name of ['access_token', 'bearer_token'])
    expect((await server.call('GET', `/api/v1/preferences?${name}=${token}`)).status).toBe(200)
  const { rows } = await t.db.execute(sql`
    select (select count(*)::int from active_days where account_id = ${alice} and day = current_date) as days, (select last_used_at is not null from access_tokens) as used`)
  expect(rows).toEqual([{ days: 1, used: true }])
})
