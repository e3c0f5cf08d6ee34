import { expect, test } from 'vitest'
import { countAction } from '#src/accounts/sessions/attempts.ts'
import { connect } from '#src/platform/db/index.ts'
import { nest } from '../../api/http/names.ts'
import { pages } from '../../web/app.tsx'
import { localAccount, status } from '../cast.ts'
import { database } from '../database.ts'
import { freePort } from '../runtime/process.ts'
import { problemsOf } from './schemas.ts'
import { serve, tokenOf } from './server.ts'

test('parameter names with brackets make lists and hashes', () => {
  const read = (query: string) => JSON.parse(JSON.stringify(nest(new URLSearchParams(query)))) as unknown
  expect(read('a=1&a=2')).toEqual({ a: '2' })
  expect(read('a[]=1&a[]=2')).toEqual({ a: ['1', '2'] })
  expect(read('poll[options][]=x&poll[options][]=y&poll[expires_in]=300')).toEqual({
    poll: { options: ['x', 'y'], expires_in: '300' },
  })
  expect(read('f[0][name]=a&f[0][value]=1&f[1][name]=b')).toEqual({ f: [{ name: 'a', value: '1' }, { name: 'b' }] })
  // Equal numbers belong together; the order is that of the parameters.
  expect(read('f[7][name]=a&f[7][value]=1&f[1][name]=b&f[7][more]=2')).toEqual({
    f: [{ name: 'a', value: '1', more: '2' }, { name: 'b' }],
  })
  expect(read('f[2]=a&f[0]=b')).toEqual({ f: ['a', 'b'] })
  expect(read('f[][name]=a&f[][value]=1&f[][name]=b')).toEqual({ f: [{ name: 'a', value: '1' }, { name: 'b' }] })
  expect(read('data[alerts][admin.sign_up]=1')).toEqual({ data: { alerts: { 'admin.sign_up': '1' } } })
  // Other spellings are plain names, and no name reaches a prototype.
  expect(read('a[b=1&]x[=2')).toEqual({ 'a[b': '1', ']x[': '2' })
  expect(
    nest([
      ['__proto__[polluted]', 'yes'],
      ['constructor[prototype][polluted]', 'yes'],
    ]),
  ).not.toBe(undefined)
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
})

test('every answer is JSON, also for a wrong path, method, id or body', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const token = await tokenOf(t.app, await localAccount(t, 'alice'))
  const answers = [
    [404, await server.call('GET', '/api/v1/nothing')],
    [404, await server.call('POST', '/api/v3/x/y')],
    [404, await server.call('DELETE', '/api/v1/timelines/home', { token })],
    [404, await server.call('GET', '/api')],
    [404, await server.call('GET', '/api/v1/statuses/7')],
    [404, await server.call('GET', '/api/v1/statuses/abc')],
    [404, await server.call('GET', '/api/v1/statuses/99999999999999999999')],
    [404, await server.call('GET', '/api/v1/accounts/0')],
    [404, await server.call('GET', '/api/v1/accounts/1%00')],
    [404, await server.call('GET', '/api/v1/accounts/lookup?acct=nobody')],
    [400, await server.call('GET', '/api/v1/accounts/lookup')],
    [400, await server.call('GET', '/api/v2/search?q=%20', { token })],
    [400, await server.call('POST', '/api/v1/apps', { body: {} })],
    [422, await server.call('GET', '/api/v1/timelines/home?max_id=abc', { token })],
    [404, await server.call('GET', '/oauth/token')],
  ] as const
  for (const [status, answer] of answers) {
    expect([answer.status, answer.headers.get('Content-Type')]).toEqual([status, 'application/json'])
    expect(problemsOf('Error', answer.body)).toEqual([])
  }
  const raw = (body: BodyInit, type: string) =>
    fetch(`${server.url}/api/v1/statuses`, {
      method: 'POST',
      body,
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': type },
    })
  expect((await raw('{"status": ', 'application/json')).status).toBe(400)
  expect((await raw(new Uint8Array([0xff, 0xfe]), 'application/json')).status).toBe(400)
  expect((await raw('no boundary', 'multipart/form-data')).status).toBe(400)
  expect((await raw('[1, 2]', 'application/json')).status).toBe(422)
  expect((await raw(`{"status":{"a":1}}`, 'application/json')).status).toBe(422)
  expect((await raw(`{"status":"${'x'.repeat(2_000_000)}"}`, 'application/json')).status).toBe(413)
  expect((await raw('a=1&'.repeat(2_000), 'application/x-www-form-urlencoded')).status).toBe(413)
  expect((await raw('{"status":"nul \\u0000 and half \\ud83d"}', 'application/json')).status).toBe(200)
})

test('a slash at the end of a path is ignored', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const token = await tokenOf(t.app, await localAccount(t, 'alice'))
  await server.get('/api/v1/instance/', 'V1_Instance')
  const made = await server.post('/api/v1/statuses/', 'Status', token, { status: 'Hello' })
  expect(await server.call('GET', `/api/v1/statuses/${made.id}/?x=1`, { token })).toMatchObject({
    status: 200,
    body: { id: made.id },
  })
  expect((await server.call('GET', '/api/v1/timelines/home/?limit=1', { token })).headers.get('Link')).toContain(
    '/api/v1/timelines/home?limit=1&max_id',
  )
  expect((await server.call('GET', '/api/')).status).toBe(404)
})

test('while the database is away, every request gets 503 with Retry-After, whatever its token', async () => {
  await using t = await database({ RATE_LIMIT_FACTOR: '10' })
  const nowhere = connect(`postgres://nobody@127.0.0.1:${await freePort()}/none`, 2)
  await using server = await serve({ ...t.app, db: nowhere })
  const answer = await server.call('GET', '/api/v1/timelines/home', { token: 'any' })
  expect([answer.status, answer.headers.get('Retry-After'), answer.headers.get('Content-Type')]).toEqual([
    503,
    '5',
    'application/json',
  ])
  expect(problemsOf('Error', answer.body)).toEqual([])
})

test('scripts of other sites may call the API without cookies, and read its headers', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const preflight = await fetch(`${server.url}/api/v1/statuses`, {
    method: 'OPTIONS',
    headers: {
      Origin: 'https://elk.test',
      'Access-Control-Request-Method': 'POST',
      'Access-Control-Request-Headers': 'authorization,idempotency-key',
    },
  })
  expect([preflight.status, await preflight.text()]).toEqual([204, ''])
  expect(preflight.headers.get('Access-Control-Allow-Headers')).toBe('authorization,idempotency-key')
  expect(preflight.headers.get('Access-Control-Allow-Methods')).toBe('GET,POST,PUT,PATCH,DELETE,OPTIONS')
  const allowed = async (method: string, path: string) =>
    (await server.call(method, path, { headers: { Origin: 'https://elk.test' } })).headers
  for (const [method, path] of [
    ['GET', '/api/v2/instance'],
    ['GET', '/api/v1/nothing'],
    ['GET', '/api/v1/timelines/home'],
    ['POST', '/oauth/token'],
    ['POST', '/oauth/revoke'],
    ['GET', '/.well-known/oauth-authorization-server'],
  ] as const) {
    const headers = await allowed(method, path)
    expect([path, headers.get('Access-Control-Allow-Origin'), headers.get('Access-Control-Allow-Credentials')]).toEqual(
      [path, '*', null],
    )
    expect(headers.get('Access-Control-Expose-Headers')).toContain('Link')
    expect(headers.get('Access-Control-Expose-Headers')).toContain('X-Request-Id')
  }
})

test('each answer has the rate limit, counted per client; requests beyond it get 429', async () => {
  await using t = await database({ RATE_LIMIT_FACTOR: '0.02' })
  await using server = await serve(t.app)
  const token = await tokenOf(t.app, await localAccount(t, 'alice'))
  const ask = (by?: string) => server.call('GET', '/api/v1/instance/rules', { token: by })
  const first = await ask()
  expect(first.headers.get('X-RateLimit-Limit')).toBe('6')
  expect(first.headers.get('X-RateLimit-Remaining')).toBe('5')
  expect(first.headers.get('X-RateLimit-Reset')).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/)
  for (let i = 0; i < 5; i++) expect((await ask()).status).toBe(200)

  const refused = await ask()
  expect([refused.status, refused.body]).toEqual([429, { error: 'Too many requests' }])
  expect(Number(refused.headers.get('Retry-After'))).toBeGreaterThan(0)
  expect(refused.headers.get('X-RateLimit-Remaining')).toBe('0')
  expect(refused.headers.get('Access-Control-Allow-Origin')).toBe('*')
  // An invalid token does not get a limit of its own.
  expect((await ask('made-up')).status).toBe(429)
  expect((await ask(await tokenOf(t.app, null))).status).toBe(429)
  expect((await ask(token)).status).toBe(200)
})

test('changes to a profile have a limit, through apps and the website together', async () => {
  await using t = await database({ RATE_LIMIT_FACTOR: '0.07' })
  await using server = await serve(t.app)
  const alice = await localAccount(t, 'alice')
  const token = await tokenOf(t.app, alice)
  const change = async (display_name: string) =>
    (await server.call('PATCH', '/api/v1/accounts/update_credentials', { token, body: { display_name } })).status
  expect(await change('One')).toBe(200)
  await countAction(t.app, 'profiles', alice)
  expect(await change('Three')).toBe(429)
})

test('posts have a limit of their own', async () => {
  await using t = await database({ RATE_LIMIT_FACTOR: '0.01' })
  await using server = await serve(t.app)
  const token = await tokenOf(t.app, await localAccount(t, 'alice'))
  const post = async () => (await server.call('POST', '/api/v1/statuses', { token, body: { status: 'Hi' } })).status
  expect([await post(), await post(), await post(), await post()]).toEqual([200, 200, 200, 429])
})

test('the placeholder images of missing pictures exist', async () => {
  await using t = await database()
  await using server = await serve(t.app, pages)
  const token = await tokenOf(t.app, await localAccount(t, 'alice'))
  const { avatar, header } = (await server.call('GET', '/api/v1/accounts/verify_credentials', { token })).body
  const { thumbnail } = (await server.call('GET', '/api/v2/instance')).body
  for (const url of [avatar, header, thumbnail.url]) {
    const image = await fetch(server.url + new URL(url).pathname)
    expect([url, image.status, image.headers.get('Content-Type')]).toEqual([url, 200, 'image/png'])
  }
})

test('an unchanged list is answered by 304', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const alice = await localAccount(t, 'alice')
  const token = await tokenOf(t.app, alice)
  await status(t, alice)
  const path = '/api/v1/timelines/home?limit=1'
  const first = await server.call('GET', path, { token })
  const tag = first.headers.get('ETag') ?? ''
  expect(tag).toMatch(/^W\/"/)
  expect(first.headers.get('Cache-Control')).toBe('private, no-store')
  expect(first.headers.get('Vary')).toBe('Authorization, Origin')

  const again = await server.call('GET', path, { token, headers: { 'If-None-Match': tag } })
  expect([again.status, again.body, again.headers.get('Link')]).toEqual([304, '', first.headers.get('Link')])
  expect(again.headers.get('Access-Control-Allow-Origin')).toBe('*')
  await status(t, alice)
  expect((await server.call('GET', path, { token, headers: { 'If-None-Match': tag } })).status).toBe(200)
})

test('the headers report the limit of the action if it has fewer requests left than the others', async () => {
  await using t = await database({ RATE_LIMIT_FACTOR: '0.1' })
  await using server = await serve(t.app)
  const token = await tokenOf(t.app, await localAccount(t, 'alice'))
  const remove = async () => {
    const { status, headers } = await server.call('DELETE', '/api/v1/statuses/7', { token })
    return {
      status,
      limit: headers.get('X-RateLimit-Limit'),
      remaining: headers.get('X-RateLimit-Remaining'),
      reset: Date.parse(headers.get('X-RateLimit-Reset') ?? ''),
      wait: Number(headers.get('Retry-After')),
    }
  }
  const first = await remove()
  expect(first).toMatchObject({ status: 404, limit: '3', remaining: '2' })
  await remove()
  await remove()
  const refused = await remove()
  expect(refused).toMatchObject({ status: 429, limit: '3', remaining: '0', reset: first.reset })
  // Half an hour from the first one on.
  expect(refused.reset - Date.now()).toBeGreaterThan(29 * 60_000)
  expect(Math.abs(refused.reset - Date.now() - refused.wait * 1_000)).toBeLessThan(5_000)
  expect(
    (await server.call('POST', '/api/v1/apps', { body: { client_name: 'A', redirect_uris: 'a://b' } })).status,
  ).toBe(200)
  const apps = await server.call('POST', '/api/v1/apps', { body: { client_name: 'A', redirect_uris: 'a://b' } })
  expect([apps.status, apps.headers.get('X-RateLimit-Remaining')]).toEqual([429, '0'])
})
