import { connect as dial } from 'node:net'
import ipaddr from 'ipaddr.js'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { clientAddress } from '#src/platform/http/client-address.ts'
import { configureLogging, getLogger } from '#src/platform/log.ts'
import { listen } from '../../web/listen.ts'
import { type Answer, handler } from '../../web/requests.ts'
import { freePort } from './process.ts'

const proxies = ['10.0.0.0/8', 'fd00::/8'].map((block) => ipaddr.parseCIDR(block))

describe('the address that limits count', () => {
  test.each([
    ['a stranger says what it wants', '203.0.113.5', '198.51.100.1', '203.0.113.5'],
    ['a trusted proxy tells who asked it', '10.0.0.1', '198.51.100.1', '198.51.100.1'],
    ['what the client itself claims stands before that', '10.0.0.1', '1.2.3.4, 198.51.100.1', '198.51.100.1'],
    ['several trusted proxies in a row', '10.0.0.1', '1.2.3.4, 198.51.100.1, 10.9.9.9', '198.51.100.1'],
    ['a proxy that says nothing', '10.0.0.1', null, '10.0.0.1'],
    ['a proxy that says nonsense', '10.0.0.1', 'unknown', '10.0.0.1'],
    ['addresses of IPv4 in the form of IPv6', '::ffff:10.0.0.1', '::ffff:198.51.100.1', '198.51.100.1'],
    ['IPv6', 'fd00::1', '2001:db8::7', '2001:db8::7'],
  ])('%s', (_name, peer, forwardedFor, expected) => {
    expect(clientAddress(peer, forwardedFor, proxies)).toBe(expected)
  })
})

describe('a request', () => {
  let lines: { level: string; message: string; properties: Record<string, unknown> }[] = []
  beforeEach(() => {
    lines = []
    vi.spyOn(process.stderr, 'write').mockImplementation((line) => Boolean(lines.push(JSON.parse(String(line)))))
    configureLogging('info', false)
  })
  afterEach(() => {
    vi.restoreAllMocks()
    configureLogging('fatal', false)
  })

  const describeRequest: Answer = async (request, env) =>
    Response.json({
      url: request.url,
      address: env.clientAddress,
      host: request.headers.get('Host'),
      body: await request.text(),
    })
  const headers = { 'X-Forwarded-Proto': 'https', 'X-Forwarded-Host': 'pipit.test', 'X-Forwarded-For': '198.51.100.1' }
  const post = () => new Request('http://localhost:3000/inbox?page=1', { method: 'POST', body: 'text', headers })

  test('from a trusted proxy has the URL that the client asked for', async () => {
    const response = await handler({ trustedProxies: proxies }, describeRequest)(post(), '10.0.0.1')
    expect(await response.json()).toEqual({
      url: 'https://pipit.test/inbox?page=1',
      address: '198.51.100.1',
      host: 'pipit.test',
      body: 'text',
    })
  })

  test('from any other client keeps its own URL, whatever its headers claim', async () => {
    const response = await handler({ trustedProxies: proxies }, describeRequest)(post(), '203.0.113.5')
    expect(await response.json()).toMatchObject({
      url: 'http://localhost:3000/inbox?page=1',
      address: '203.0.113.5',
      body: 'text',
    })
  })

  test('has one id on all its lines and on its answer, and its query is not logged', async () => {
    const answer: Answer = (_request, env) => {
      getLogger('test').info('Inside')
      return new Response(env.requestId)
    }
    const handle = handler({ trustedProxies: [] }, answer)
    const responses = await Promise.all(
      ['/one?token=secret', '/two?token=secret'].map((path) =>
        handle(new Request(`http://localhost${path}`), '203.0.113.5'),
      ),
    )
    const ids = await Promise.all(responses.map((response) => response.text()))
    expect(responses.map((response) => response.headers.get('X-Request-Id'))).toEqual(ids)
    expect(new Set(ids).size).toBe(2)
    for (const id of ids) expect(lines.filter((line) => line.properties['requestId'] === id)).toHaveLength(2)
    expect(lines.map((line) => line.properties['path']).filter(Boolean)).toEqual(['/one', '/two'])
    expect(JSON.stringify(lines)).not.toContain('secret')
  })

  test('that fails is answered all the same: 503 while the database is away, 500 otherwise', async () => {
    const fail = (error: Error) =>
      handler({ trustedProxies: [] }, async () => {
        throw error
      })(new Request('http://localhost/'), '203.0.113.5')
    const away = await fail(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }))
    expect([away.status, away.headers.get('Retry-After')]).toEqual([503, '5'])
    expect((await fail(new Error('bug'))).status).toBe(500)
    expect(lines.map((line) => line.level)).toEqual(['WARN', 'INFO', 'ERROR', 'INFO'])
  })

  test('with NUL in its address is refused, and apps get JSON', async () => {
    const handle = handler({ trustedProxies: [] }, () => new Response('reached'))
    const ask = (path: string) => handle(new Request(`http://localhost${path}`), '203.0.113.5')
    for (const path of [
      '/search?q=%00a',
      '/oauth/authorize?client_id=%00',
      '/.well-known/webfinger?resource=acct:a%00b@pipit.test',
    ]) {
      expect((await ask(path)).status).toBe(400)
    }
    for (const path of ['/api/v1/accounts/lookup?acct=%00', '/oauth/token?client_id=%00']) {
      const response = await ask(path)
      expect([response.status, await response.json()]).toEqual([400, { error: expect.any(String) }])
    }
    expect(await (await ask('/search?q=%2500')).text()).toBe('reached')
  })

  test('that the client aborts is not logged as an error', async () => {
    const port = await freePort()
    const done = Promise.withResolvers<void>()
    const handle = handler({ trustedProxies: [] }, async (request) => new Response(await request.text()))
    await using _server = await listen({ host: 'localhost', port }, (request, peer) =>
      handle(request, peer).finally(done.resolve),
    )
    const socket = dial(port, '127.0.0.1')
    socket.write('POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nonly this', () =>
      setTimeout(() => socket.destroy(), 100),
    )
    await done.promise
    expect(lines.map((line) => line.level)).toEqual(['INFO'])
  })

  test('whose answer has immutable headers gets its id, too', async () => {
    const response = await handler({ trustedProxies: [] }, () => Response.redirect('http://localhost/'))(
      new Request('http://localhost/'),
      '203.0.113.5',
    )
    expect(response.status).toBe(302)
    expect(response.headers.get('X-Request-Id')).toMatch(/^[\w-]{12}$/)
  })
})

test('a stopping server finishes its answers, and accepts no further requests', async () => {
  const port = await freePort()
  const begun = Promise.withResolvers<void>()
  const server = await listen({ host: 'localhost', port }, async () => {
    begun.resolve()
    await new Promise((resolve) => setTimeout(resolve, 400))
    return new Response('finished')
  })
  const answer = fetch(`http://localhost:${port}/`)
  await begun.promise
  const start = performance.now()
  const stopped = server[Symbol.asyncDispose]()
  await expect(new Promise((_resolve, reject) => dial(port, '127.0.0.1').on('error', reject))).rejects.toThrow(
    'ECONNREFUSED',
  )
  expect(await (await answer).text()).toBe('finished')
  await stopped
  // The connection is kept alive by the client, but not waited for.
  expect(performance.now() - start).toBeLessThan(2_000)
})
