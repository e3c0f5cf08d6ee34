import { createHash } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { changePassword } from '#src/accounts/sign-up/credentials.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { pages } from '../../web/app.tsx'
import { localAccount, password } from '../cast.ts'
import { clientAt } from '../client.ts'
import { database, type TestDatabase } from '../database.ts'
import { problemsOf } from './schemas.ts'
import { type Json, serve, type TestServer, tokenOf } from './server.ts'
import { type Seen, visitor, type Visitor } from './visitor.ts'

const callback = 'https://app.test/callback'
const outOfBand = 'urn:ietf:wg:oauth:2.0:oob'
const verifier = 'a-verifier-of-at-least-43-characters-0123456789'
const challenge = createHash('sha256').update(verifier).digest('base64url')

async function cast(t: TestDatabase): Promise<{ server: TestServer; browser: Visitor; alice: AccountId }> {
  const alice = await localAccount(t, 'alice')
  const server = await serve(t.app, pages)
  return { server, browser: visitor(server.url), alice }
}

async function register(server: TestServer, body: object = {}): Promise<Json> {
  const answer = await server.call('POST', '/api/v1/apps', {
    body: { client_name: 'A <b>bird</b> app', redirect_uris: callback, scopes: 'read write follow push', ...body },
  })
  expect(answer.body).toMatchObject({ client_id: expect.any(String) })
  return answer.body
}

async function logIn(browser: Visitor, name = 'alice'): Promise<void> {
  const page = await browser.open('/login')
  expect((await browser.send(page, '/login', { login: name, password })).status).toBe(303)
}

const authorizePath = (app: Json, more: Record<string, string> = {}) =>
  `/oauth/authorize?${new URLSearchParams({ response_type: 'code', client_id: app.client_id, redirect_uri: callback, scope: 'read write', ...more })}`

const decide = (browser: Visitor, page: Seen, decision: 'allow' | 'deny') =>
  browser.send(page, '/oauth/authorize', { decision })

async function codeOf(browser: Visitor, app: Json, more: Record<string, string> = {}): Promise<string> {
  const { location } = await decide(browser, await browser.open(authorizePath(app, more)), 'allow')
  return new URL(location).searchParams.get('code') ?? ''
}

const exchange = (server: TestServer, app: Json, code: string, more: Record<string, string> = {}) =>
  server.call('POST', '/oauth/token', {
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: app.client_id,
      client_secret: app.client_secret,
      code,
      redirect_uri: callback,
      ...more,
    }),
  })

test('an app gets a token for a person who logs in and agrees', async () => {
  await using t = await database()
  const { server, browser, alice } = await cast(t)
  await using _ = server
  const app = await register(server)
  expect(problemsOf('CredentialApplication', app)).toEqual([])
  const path = authorizePath(app, { state: 'a b&c=ü', code_challenge: challenge, code_challenge_method: 'S256' })

  const visit = await browser.open(path)
  expect([visit.status, visit.location]).toEqual([303, `/login?return_to=${encodeURIComponent(path)}`])
  const login = await browser.open(visit.location)
  const after = await browser.send(login, '/login', { login: 'alice', password })
  expect(after.location).toBe(path)

  const page = await browser.open(path)
  expect(page.html).toContain('A &lt;b&gt;bird&lt;/b&gt; app')
  expect(page.html).toContain('@alice@pipit.test')
  expect(page.html).toContain('See everything that you see')
  expect(page.html).toContain('Do everything in your name')
  expect(page.html).not.toContain('push notifications')
  // Browsers apply form-action to the redirect that the form leads to.
  expect(page.headers.get('Content-Security-Policy')).not.toContain('form-action')

  const { status, location } = await decide(browser, page, 'allow')
  const back = new URL(location)
  expect([status, back.origin + back.pathname, back.searchParams.get('state')]).toEqual([303, callback, 'a b&c=ü'])

  const answer = await exchange(server, app, back.searchParams.get('code') ?? '', { code_verifier: verifier })
  expect(problemsOf('Token', answer.body)).toEqual([])
  expect(answer.body.scope).toBe('read write')
  expect(answer.headers.get('Cache-Control')).toBe('no-store')
  expect(
    await server.get('/api/v1/accounts/verify_credentials', 'CredentialAccount', answer.body.access_token),
  ).toMatchObject({ id: alice, username: 'alice' })
  expect(await server.get('/api/v1/apps/verify_credentials', 'Application', answer.body.access_token)).toMatchObject({
    name: app.name,
  })
  const userInfo = await server.get('/oauth/userinfo', 'UserInfo', answer.body.access_token)
  expect(userInfo).toMatchObject({ sub: `https://pipit.test/ap/accounts/${alice}`, iss: 'https://pipit.test/' })
})

test('the database stores secrets, codes and tokens only as hashes', async () => {
  await using t = await database()
  const { server, browser } = await cast(t)
  await using _ = server
  const app = await register(server)
  await logIn(browser)
  const code = await codeOf(browser, app)
  const { body } = await exchange(server, app, code)
  const { rows } = await t.db.execute(sql`
    select a::text as row from applications a union all select c::text from authorization_codes c union all select k::text from access_tokens k`)
  const stored = JSON.stringify(rows)
  for (const secret of [app.client_secret, code, body.access_token]) {
    expect(secret.length).toBeGreaterThan(40)
    expect(stored).not.toContain(secret)
  }
})

test('a denied authorization redirects back with access_denied and state', async () => {
  await using t = await database()
  const { server, browser } = await cast(t)
  await using _ = server
  const app = await register(server)
  await logIn(browser)
  const { location } = await decide(browser, await browser.open(authorizePath(app, { state: 'xyz' })), 'deny')
  const back = new URL(location).searchParams
  expect([back.get('error'), back.get('state'), back.get('code')]).toEqual(['access_denied', 'xyz', null])
  // As some pages say it.
  const page = await browser.open(`${authorizePath(app, { state: 'xyz' })}&lang=de`)
  expect((await browser.send(page, '/oauth/authorize', { decision: 'allow' }, 'DELETE')).location).toBe(location)
})

test('the out-of-band flow shows the code on a page', async () => {
  await using t = await database()
  const { server, browser } = await cast(t)
  await using _ = server
  const app = await register(server, { redirect_uris: [outOfBand, callback] })
  expect(app).toMatchObject({ redirect_uris: [outOfBand, callback], redirect_uri: `${outOfBand}\n${callback}` })
  await logIn(browser)
  const { location } = await decide(
    browser,
    await browser.open(authorizePath(app, { redirect_uri: outOfBand })),
    'allow',
  )
  expect(location).toMatch(/^\/oauth\/authorize\/native\?code=/)
  const [, code = ''] = /<code[^>]*>([^<]+)</.exec((await browser.open(location)).html) ?? []
  expect((await exchange(server, app, code, { redirect_uri: outOfBand })).status).toBe(200)
})

test('force_login shows the log-in to a logged-in person, and continues as the other account', async () => {
  await using t = await database()
  const { server, browser } = await cast(t)
  await using _ = server
  await localAccount(t, 'bob')
  const app = await register(server)
  await logIn(browser)
  const page = await browser.open(authorizePath(app, { force_login: 'true' }))
  expect(page.html).toContain('Go on as @alice')
  const { location } = await browser.send(page, '/login', { login: 'bob', password })
  expect(location).toBe(authorizePath(app))
  expect((await browser.open(location)).html).toContain('@bob@pipit.test')
})

test('a code works once; the second time ends the token of the first', async () => {
  await using t = await database()
  const { server, browser } = await cast(t)
  await using _ = server
  const app = await register(server)
  await logIn(browser)
  const code = await codeOf(browser, app)
  const first = await exchange(server, app, code)
  expect(
    (await server.call('GET', '/api/v1/accounts/verify_credentials', { token: first.body.access_token })).status,
  ).toBe(200)
  const second = await exchange(server, app, code)
  expect([second.status, second.body.error]).toEqual([400, 'invalid_grant'])
  expect(
    (await server.call('GET', '/api/v1/accounts/verify_credentials', { token: first.body.access_token })).status,
  ).toBe(401)
})

test('at most one of many concurrent exchanges of a code succeeds', async () => {
  await using t = await database()
  const { server, browser } = await cast(t)
  await using _ = server
  const app = await register(server)
  await logIn(browser)
  const code = await codeOf(browser, app)
  const answers = await Promise.all(Array.from({ length: 5 }, () => exchange(server, app, code)))
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  expect(answers.filter(({ body }) => body.error === 'invalid_grant')).toHaveLength(4)
})

test('a code is for one client, one address and one verifier, and for ten minutes', async () => {
  await using t = await database()
  const { server, browser } = await cast(t)
  await using _ = server
  const app = await register(server, { redirect_uris: `${callback}\n${callback}/` })
  const other = await register(server)
  await logIn(browser)
  const grant = async (more?: Record<string, string>) => codeOf(browser, app, more)
  const pkce = { code_challenge: challenge, code_challenge_method: 'S256' }

  const refused = [
    await exchange(server, other, await grant()),
    await exchange(server, app, await grant(), { redirect_uri: `${callback}/` }),
    await exchange(server, app, await grant(pkce)),
    await exchange(server, app, await grant(pkce), { code_verifier: `${verifier}x` }),
    await exchange(server, app, await grant(), { code_verifier: verifier }),
    await exchange(server, app, 'no-such-code'),
  ]
  for (const answer of refused) expect([answer.status, answer.body.error]).toEqual([400, 'invalid_grant'])
  for (const answer of refused) expect(problemsOf('OAuthError', answer.body)).toEqual([])

  const late = await grant()
  await t.db.execute(
    sql`update authorization_codes set expires_at = now() - interval '1 second' where spent_at is null`,
  )
  expect((await exchange(server, app, late)).body.error).toBe('invalid_grant')
  const { rows } = await t.db.execute(
    sql`select max(expires_at - now()) <= interval '10 minutes' as "isShort" from authorization_codes`,
  )
  expect(rows).toEqual([{ isShort: true }])
})

test('a request that can’t be trusted is refused on a page, and never redirected', async () => {
  await using t = await database()
  const { server, browser } = await cast(t)
  await using _ = server
  const app = await register(server)
  for (const more of [
    { client_id: 'nobody' },
    { redirect_uri: `${callback}/` },
    { redirect_uri: 'https://evil.test/' },
    { redirect_uri: callback.toUpperCase() },
  ]) {
    const page = await browser.open(authorizePath(app, more))
    expect([page.status, page.location]).toEqual([400, ''])
  }
})

test('other errors of a request redirect back to the app, after log-in', async () => {
  await using t = await database()
  const { server, browser } = await cast(t)
  await using _ = server
  const app = await register(server, { scopes: 'read' })
  await logIn(browser)
  const faults: [Record<string, string>, string][] = [
    [{ response_type: 'token' }, 'unsupported_response_type'],
    [{ scope: 'write' }, 'invalid_scope'],
    [{ scope: 'read:foo' }, 'invalid_scope'],
    [{ scope: 'crypto' }, 'invalid_scope'],
    [{ response_mode: 'fragment' }, 'invalid_request'],
    [{ scope: 'nonsense' }, 'invalid_scope'],
    [{ scope: 'read', code_challenge: challenge, code_challenge_method: 'plain' }, 'invalid_request'],
    [{ scope: 'read', code_challenge: challenge }, 'invalid_request'],
    [{ scope: 'read', code_challenge: 'short', code_challenge_method: 'S256' }, 'invalid_request'],
  ]
  for (const [more, error] of faults) {
    const path = authorizePath(app, { state: 's', ...more })
    const stranger = await visitor(server.url).open(path)
    expect([stranger.status, stranger.location]).toEqual([400, ''])
    expect(stranger.html).not.toContain('https://app.test')
    const { status, location, html } = await browser.open(path)
    expect([status, location]).toEqual([400, ''])
    const back = new URL((/href="(https:\/\/app\.test[^"]*)"/.exec(html)?.[1] ?? '').replaceAll('&amp;', '&'))
    expect([back.origin, back.searchParams.get('error'), back.searchParams.get('state')]).toEqual([
      'https://app.test',
      error,
      's',
    ])
  }
})

/** Where a form of a page leads that isn't one of ours, and what it brings there. */
function formToApp(html: string): { action: string; fields: Record<string, string> } {
  const [, action = '', inside = ''] =
    /<form method="post" action="(https:\/\/app\.test[^"]*)">(.*?)<\/form>/s.exec(html) ?? []
  return {
    action,
    fields: Object.fromEntries(
      [...inside.matchAll(/name="([^"]*)" value="([^"]*)"/g)].map(([, name = '', value = '']) => [
        name,
        value.replaceAll('&amp;', '&'),
      ]),
    ),
  }
}

test('an app that wants its answer posted gets it by a form, with nothing else in it', async () => {
  await using t = await database()
  const { server, browser } = await cast(t)
  await using _ = server
  const app = await register(server)
  await logIn(browser)
  const more = { response_mode: 'form_post', state: 'a b&c' }
  const answer = async (decision: 'allow' | 'deny') => {
    const { status, location, html, headers } = await decide(
      browser,
      await browser.open(authorizePath(app, more)),
      decision,
    )
    expect([status, location, headers.get('Content-Security-Policy')?.includes('form-action')]).toEqual([
      200,
      '',
      false,
    ])
    return formToApp(html)
  }
  const { action, fields } = await answer('allow')
  expect([action, fields]).toEqual([callback, { code: expect.any(String), state: 'a b&c' }])
  expect((await exchange(server, app, fields['code'] ?? '')).body).toMatchObject({ scope: 'read write' })
  expect(await answer('deny')).toMatchObject({ action: callback, fields: { error: 'access_denied', state: 'a b&c' } })

  const fault = await browser.open(authorizePath(app, { ...more, scope: 'nonsense' }))
  expect([fault.status, formToApp(fault.html)]).toMatchObject([
    400,
    { action: callback, fields: { error: 'invalid_scope', state: 'a b&c' } },
  ])
  expect((await visitor(server.url).open(authorizePath(app, { ...more, scope: 'nonsense' }))).html).not.toContain(
    'https://app.test',
  )
  expect(
    (await server.get('/.well-known/oauth-authorization-server', 'OAuthServerMetadata')).response_modes_supported,
  ).toEqual(['query', 'form_post'])
})

test('a scope that opens nothing here is not granted, and the token says so', async () => {
  await using t = await database()
  const { server, browser } = await cast(t)
  await using _ = server
  const app = await register(server, { scopes: 'read write push crypto' })
  expect(app.scopes).toEqual(['read', 'write', 'push'])
  await logIn(browser)
  expect((await exchange(server, app, await codeOf(browser, app, { scope: 'read push crypto' }))).body.scope).toBe(
    'read push',
  )
  expect(
    (
      await server.call('POST', '/api/v1/apps', {
        body: { client_name: 'App', redirect_uris: callback, scopes: 'read:foo' },
      })
    ).status,
  ).toBe(422)
})

test('consent can’t be given by another site', async () => {
  await using t = await database()
  const { server, browser } = await cast(t)
  await using _ = server
  const app = await register(server)
  await logIn(browser)
  const page = await browser.open(authorizePath(app))
  const forged = await browser.send(
    { ...page, html: page.html.replace(/name="form_token" value="[^"]*"/g, 'name="form_token" value="x"') },
    '/oauth/authorize',
    { decision: 'allow' },
  )
  expect(forged.status).toBe(403)
  const { rows } = await t.db.execute(sql`select from authorization_codes`)
  expect(rows).toEqual([])
})

test('only those who moderate can pass admin scopes on', async () => {
  await using t = await database()
  const { server } = await cast(t)
  await using _ = server
  await localAccount(t, 'olga', { role: 'owner' })
  const app = await register(server, { scopes: 'read admin:read' })
  const granted = async (name: string) => {
    const visit = visitor(server.url)
    await logIn(visit, name)
    return (await exchange(server, app, await codeOf(visit, app, { scope: 'read admin:read' }))).body.scope
  }
  expect(await granted('alice')).toBe('read')
  expect(await granted('olga')).toBe('read admin:read')
})

test('registration takes addresses of apps only, and scopes that exist', async () => {
  await using t = await database({ RATE_LIMIT_FACTOR: '100' })
  const { server } = await cast(t)
  await using _ = server
  const attempt = async (redirect_uris: unknown, scopes = 'read') =>
    (await server.call('POST', '/api/v1/apps', { body: { client_name: 'App', redirect_uris, scopes } })).status
  for (const uri of [
    'https://app.test/',
    'http://localhost:8080/x',
    'http://127.0.0.1/',
    'http://[::1]:9/',
    'tusky://oauth',
    'com.example.app:/cb',
    'icecubesapp://',
    outOfBand,
  ]) {
    expect([uri, await attempt(uri)]).toEqual([uri, 200])
  }
  for (const uri of [
    'javascript:alert(1)',
    'JavaScript:alert(1)',
    'data:text/html,x',
    'vbscript:x',
    'http://app.test/',
    'https://app.test/#x',
    'https://u:p@app.test/',
    'nothing',
    '',
    ['https://app.test/', 'data:,'],
  ]) {
    expect([uri, await attempt(uri)]).toEqual([uri, 422])
  }
  expect(await attempt(['https://app.test/', 'tusky://oauth'])).toBe(200)
  expect(await attempt(callback, 'read everything')).toBe(422)
  expect(await attempt(callback, 'read write follow push profile admin:read')).toBe(200)
  expect((await server.call('POST', '/api/v1/apps', { body: { client_name: 'App' } })).status).toBe(422)
})

test('a client proves itself in the body, by Basic, or both; anything else is 401', async () => {
  await using t = await database()
  const { server } = await cast(t)
  await using _ = server
  const app = await register(server)
  const basic = (id: string, secret: string) => ({
    Authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
  })
  const ask = async (body: Record<string, string>, headers: Record<string, string> = {}) =>
    server.call('POST', '/oauth/token', { body: { grant_type: 'client_credentials', ...body }, headers })
  const both = { client_id: app.client_id, client_secret: app.client_secret }
  expect((await ask(both)).status).toBe(200)
  expect((await ask({}, basic(app.client_id, app.client_secret))).status).toBe(200)
  expect((await ask(both, basic(app.client_id, app.client_secret))).status).toBe(200)
  for (const [body, headers] of [
    [{}, {}],
    [{}, basic('%00', 'x')],
    [{}, basic('\0', '\0')],
    [{ client_id: app.client_id }, {}],
    [{ ...both, client_secret: 'wrong' }, {}],
    [{}, basic(app.client_id, 'wrong')],
    [{ ...both, client_id: 'other' }, basic(app.client_id, app.client_secret)],
  ] as [Record<string, string>, Record<string, string>][]) {
    const answer = await ask(body, headers)
    expect([answer.status, answer.body.error]).toEqual([401, 'invalid_client'])
    expect(answer.headers.get('WWW-Authenticate')).toContain('Basic')
  }
})

test('the token endpoint reads bodies without a content type, and refuses other grants', async () => {
  await using t = await database()
  const { server } = await cast(t)
  await using _ = server
  const app = await register(server)
  const form = `grant_type=client_credentials&client_id=${app.client_id}&client_secret=${app.client_secret}`
  const plain = await fetch(`${server.url}/oauth/token`, { method: 'POST', body: form })
  expect([plain.status, ((await plain.json()) as Json).scope]).toEqual([200, 'read'])
  const ask = async (more: object) =>
    (
      await server.call('POST', '/oauth/token', {
        body: { client_id: app.client_id, client_secret: app.client_secret, ...more },
      })
    ).body.error
  expect(await ask({ grant_type: 'password', username: 'alice', password })).toBe('unsupported_grant_type')
  expect(await ask({ grant_type: 'client_credentials', scope: 'admin:write' })).toBe('invalid_scope')
  expect(await ask({ grant_type: 'authorization_code' })).toBe('invalid_request')
  expect(await ask({})).toBe('invalid_request')
})

test('a token ends when its own client says so, at once and as often as it likes', async () => {
  await using t = await database()
  const { server, browser } = await cast(t)
  await using _ = server
  const app = await register(server)
  const other = await register(server)
  await logIn(browser)
  const {
    body: { access_token: token },
  } = await exchange(server, app, await codeOf(browser, app))
  const revoke = (by: Json) =>
    server.call('POST', '/oauth/revoke', { body: { client_id: by.client_id, client_secret: by.client_secret, token } })
  const use = async () => (await server.call('GET', '/api/v1/accounts/verify_credentials', { token })).status

  expect(await revoke(other)).toMatchObject({ status: 403, body: { error: 'unauthorized_client' } })
  expect(await use()).toBe(200)
  expect(await revoke(app)).toMatchObject({ status: 200, body: {} })
  expect(await use()).toBe(401)
  expect((await revoke(app)).status).toBe(200)
})

test('the metadata tells clients where everything is', async () => {
  await using t = await database()
  const { server } = await cast(t)
  await using _ = server
  const metadata = await server.get('/.well-known/oauth-authorization-server', 'OAuthServerMetadata')
  expect(metadata).toMatchObject({
    issuer: 'https://pipit.test/',
    token_endpoint: 'https://pipit.test/oauth/token',
    code_challenge_methods_supported: ['S256'],
  })
})

test('changing the password ends tokens and pending codes', async () => {
  await using t = await database()
  const { server, browser, alice } = await cast(t)
  await using _ = server
  const app = await register(server)
  const token = await tokenOf(t.app, alice)
  await logIn(browser)
  const code = await codeOf(browser, app)
  await changePassword(t.app, alice, password, {
    password: 'another long password',
    sessionToken: '',
    client: clientAt(),
  })
  expect((await server.call('GET', '/api/v1/accounts/verify_credentials', { token })).status).toBe(401)
  expect((await exchange(server, app, code)).body.error).toBe('invalid_grant')
})
