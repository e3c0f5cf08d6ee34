import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import ipaddr from 'ipaddr.js'
import { expect, test } from 'vitest'
import { HttpError, openHttp } from '#src/platform/http/client.ts'
import { type StreamLimits, streamLimits } from '#src/platform/http/streams.ts'

async function serve(
  answer: RequestListener,
): Promise<AsyncDisposable & { origin: string; port: number; requests: string[] }> {
  const requests: string[] = []
  const server = createServer((request, response) => {
    requests.push(request.url ?? '')
    answer(request, response)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    origin: `http://127.0.0.1:${port}`,
    port,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
    },
  }
}

const open = (limits?: StreamLimits) =>
  openHttp(
    { origin: 'https://pipit.test', allowPrivateAddresses: [ipaddr.parseCIDR('127.0.0.1/32')] },
    undefined,
    limits,
  )
const closed = () => openHttp({ origin: 'https://pipit.test', allowPrivateAddresses: [] })

test('private addresses can’t be requested, in any notation', async () => {
  await using server = await serve((_request, response) => response.end('secret'))
  await using http = closed()
  for (const host of [
    '127.0.0.1',
    'localhost',
    '127.1',
    '2130706433',
    '0x7f000001',
    '0177.0.0.1',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '0.0.0.0',
    '[::]',
  ]) {
    await expect(http.request(`http://${host}:${server.port}/`), host).rejects.toMatchObject({
      isPermanent: true,
      message: expect.stringContaining('not allowed'),
    })
  }
  expect(server.requests).toEqual([])
})

test('only a few redirects are followed, and none to a forbidden URL', async () => {
  await using server = await serve((request, response) => {
    const [, kind, n] = (request.url ?? '').split('/')
    if (kind === 'end') response.end('here')
    else if (kind === 'loop') response.writeHead(302, { location: `/loop/${Number(n) + 1}` }).end()
    else if (kind === 'file') response.writeHead(302, { location: 'file:///etc/passwd' }).end()
    else if (kind === 'inside') response.writeHead(302, { location: 'http://127.0.0.2/' }).end()
    else if (kind === 'user') response.writeHead(302, { location: 'http://user:word@127.0.0.1/' }).end()
    else response.writeHead(301, { location: '/end' }).end()
  })
  await using http = open()
  expect(await http.request(`${server.origin}/start`)).toMatchObject({
    url: `${server.origin}/end`,
    status: 200,
    body: Buffer.from('here'),
  })
  for (const kind of ['loop/0', 'file', 'inside', 'user'])
    await expect(http.request(`${server.origin}/${kind}`), kind).rejects.toMatchObject({ isPermanent: true })
  expect(server.requests.filter((path) => path.startsWith('/loop'))).toHaveLength(6)
  await expect(http.request(`${server.origin}/start`, { method: 'POST', body: 'x' })).resolves.toMatchObject({
    status: 301,
  })
})

test('a redirect to a suspended server is not followed', async () => {
  await using server = await serve((request, response) =>
    request.url === '/end' ? response.end('here') : response.writeHead(302, { location: '/end' }).end(),
  )
  const asked: string[] = []
  await using http = openHttp(
    { origin: 'https://pipit.test', allowPrivateAddresses: [ipaddr.parseCIDR('127.0.0.1/32')] },
    async (url, purpose) => {
      asked.push(`${purpose} ${url.pathname}`)
      return url.pathname !== '/end'
    },
  )
  await expect(http.request(`${server.origin}/start`, { purpose: 'media' })).rejects.toMatchObject({
    isPermanent: true,
  })
  expect(asked).toEqual(['media /start', 'media /end'])
  expect(server.requests).toEqual(['/start'])
})

test('answers are limited in unpacked bytes and in time', async () => {
  await using server = await serve((request, response) => {
    if (request.url === '/bomb')
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(10_000_000)))
    else if (request.url === '/announced') response.writeHead(200, { 'content-length': '10000000' }).write('x')
    else if (request.url === '/endless') setInterval(() => response.write('x'.repeat(1000)), 1).unref()
    else if (request.url === '/packed') response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('fine'))
    else response.writeHead(200).write('slow')
  })
  await using http = open()
  expect((await http.request(`${server.origin}/packed`)).body.toString()).toBe('fine')
  for (const path of ['/bomb', '/announced', '/endless']) {
    await expect(http.request(server.origin + path, { maxBytes: 100_000, timeoutMs: 5_000 }), path).rejects.toThrow(
      'larger than 100000 bytes',
    )
  }
  await expect(http.request(`${server.origin}/slow`, { timeoutMs: 200 })).rejects.toThrow('No answer in time')
})

test('a URL that is not http(s), or names a user, is not requested', async () => {
  await using http = open()
  for (const url of [
    'ftp://a.test/',
    'file:///etc/passwd',
    'data:text/plain,x',
    'https://user@a.test/',
    'https://u:p@a.test/',
    'nonsense',
    `https://a.test/${'x'.repeat(5_000)}`,
  ]) {
    await expect(http.request(url), url).rejects.toBeInstanceOf(HttpError)
  }
})

test('each request has a User-Agent that names the instance', async () => {
  let agent: string | undefined
  await using server = await serve((request, response) => {
    agent = request.headers['user-agent']
    response.end()
  })
  await using http = open()
  await http.request(server.origin)
  expect(agent).toBe('Pipit (+https://pipit.test/)')
})

/** Answers with more than fits into any buffer, apart from one path. */
const serveFilms = () =>
  serve((request, response) =>
    request.url === '/small' ? response.end('small') : response.end(Buffer.alloc(20_000_000)),
  )

test('a slow reader blocks no other request to a server, and proxied bytes are limited', async () => {
  await using server = await serveFilms()
  await using http = open({ ...streamLimits, perOrigin: 16 })
  const films = await Promise.all(Array.from({ length: 16 }, () => http.open(`${server.origin}/film`)))
  await expect(http.open(`${server.origin}/film`)).rejects.toMatchObject({
    name: 'HttpError',
    isPermanent: false,
    message: expect.stringContaining('Too much'),
  })
  const small = Array.from({ length: 20 }, () => http.request(`${server.origin}/small`, { timeoutMs: 5_000 }))
  expect((await Promise.all(small)).map(({ status }) => status)).toEqual(small.map(() => 200))
  for (const { body } of films) body.destroy()
  await expect
    .poll(() =>
      http.open(`${server.origin}/small`).then(
        ({ body }) => body.toArray().then((chunks) => Buffer.concat(chunks).toString()),
        () => null,
      ),
    )
    .toBe('small')
})

test('after a redirect, the request counts for its new host, and no longer for the first one', async () => {
  await using films = await serveFilms()
  await using server = await serve((_request, response) =>
    response.writeHead(302, { location: `${films.origin}/film` }).end(),
  )
  await using http = open({ ...streamLimits, perOrigin: 1 })
  const first = await http.open(server.origin)
  await expect(http.open(`${films.origin}/small`)).rejects.toThrow('Too much')
  await expect(http.open(server.origin)).rejects.toThrow(
    `Too much is being passed on from ${new URL(films.origin).host}`,
  )
  first.body.destroy()
})

test('an unread response, and one that takes too long, is aborted', async () => {
  await using server = await serve((request, response) => {
    if (request.url === '/film') return response.end(Buffer.alloc(20_000_000))
    const drip = setInterval(() => response.write('x'), 20)
    response.on('close', () => clearInterval(drip))
  })
  await using idle = open({ ...streamLimits, idleMs: 100 })
  const { body } = await idle.open(`${server.origin}/film`)
  await expect(new Promise((_, reject) => body.on('error', reject))).rejects.toThrow('Nobody reads')
  await using long = open({ ...streamLimits, totalMs: 200 })
  const endless = await long.open(`${server.origin}/endless`)
  await expect(endless.body.toArray()).rejects.toThrow('takes too long')
})

test('a request that waits for a free slot ends after its time limit, too', async () => {
  await using server = await serve((request, response) => (request.url === '/small' ? response.end() : undefined))
  await using http = open()
  const waiting = Array.from({ length: 16 }, () =>
    http.request(`${server.origin}/silent`, { timeoutMs: 8_000 }).catch(() => null),
  )
  await expect.poll(() => server.requests.length).toBe(16)
  const ended = http.request(`${server.origin}/small`, { timeoutMs: 100 }).catch((error: unknown) => error)
  const first = await Promise.race([ended, ...waiting])
  expect(first).toMatchObject({ message: 'No answer in time' })
})
