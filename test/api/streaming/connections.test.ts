/** Opening, limiting and ending streams. */
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { accessBy, endToken } from '#src/accounts/sessions/access-tokens.ts'
import { acceptablePassword, setPassword } from '#src/accounts/sign-up/credentials.ts'
import { localAccount, remoteAccount, remoteStatus, status, suspend } from '#test/cast.ts'
import { database, type TestDatabase } from '#test/database.ts'
import { eventually, waitMs } from '../../patience.ts'
import { serve, tokenOf } from '../server.ts'
import { openSocket } from './client.ts'

/** How a handshake that fails was answered. */
async function refusal(
  url: string,
  query: string,
  options: { protocols?: string[]; headers?: Record<string, string> } = {},
) {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/api/v1/streaming${query}`, options.protocols ?? [], {
    headers: options.headers ?? {},
  })
  socket.on('error', () => {})
  const [, response] = await once(socket, 'unexpected-response')
  const body = Buffer.concat(await response.toArray()).toString()
  return { status: response.statusCode, headers: response.headers, body: JSON.parse(body) }
}

const closing = async (socket: WebSocket) => (await once(socket, 'close'))[0]

test('a WebSocket opens with a token in each place that clients use, and not without one', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const alice = await localAccount(t, 'alice')
  const token = await tokenOf(t.app, alice)

  await using byHeader = await openSocket(server.url, '', {
    headers: { Authorization: `Bearer ${token}`, Origin: 'https://elsewhere.test' },
  })
  await using byQuery = await openSocket(server.url, `?access_token=${token}`)
  await using byProtocol = await openSocket(server.url, '', { protocols: [token] })
  expect([byHeader.raw.protocol, byQuery.raw.protocol, byProtocol.raw.protocol]).toEqual(['', '', token])

  for (const query of ['', '?access_token=', '?access_token=nonsense', '?stream=public']) {
    expect(await refusal(server.url, query)).toMatchObject({
      status: 401,
      body: { error: 'The access token is invalid' },
      headers: { 'access-control-allow-origin': '*', 'content-type': 'application/json' },
    })
  }
  expect((await refusal(server.url, '', { protocols: ['nonsense'] })).status).toBe(401)
  expect((await refusal(server.url, `?access_token=${await tokenOf(t.app, null)}`)).status).toBe(422)
  expect((await refusal(server.url, `?access_token=${await tokenOf(t.app, alice, ['write', 'push'])}`)).status).toBe(
    403,
  )
  const unconfirmed = await localAccount(t, 'bob', { isConfirmed: false })
  expect((await refusal(server.url, `?access_token=${await tokenOf(t.app, unconfirmed)}`)).status).toBe(403)
})

const handshake = (target: string, host = 'pipit.test') =>
  `GET ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${'a'.repeat(22)}==\r\n\r\n`

test('a client that leaves before its stream is open holds no slot', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const token = await tokenOf(t.app, await localAccount(t, 'alice'))
  const { hostname, port } = new URL(server.url)
  const asServerSent = `GET /api/v1/streaming/user?access_token=${token} HTTP/1.1\r\nHost: pipit.test\r\n\r\n`
  for (const request of [handshake(`/api/v1/streaming?access_token=${token}`), asServerSent]) {
    for (let i = 0; i < 8; i++) {
      const socket = connect(Number(port), hostname)
      await new Promise<void>((written) => socket.write(request, () => written()))
      socket.resetAndDestroy()
    }
  }
  await using socket = await openSocket(server.url, `?access_token=${token}`)
  await eventually(() => server.streams.size() === 1)
  expect(socket.raw.readyState).toBe(socket.raw.OPEN)
})

test('a WebSocket with a malformed address is refused at once', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const { hostname, port } = new URL(server.url)
  for (const [target, host] of [
    ['/api/v1/streaming', 'who:what@pipit.test'],
    ['http://who:what@pipit.test/api/v1/streaming', 'pipit.test'],
    ['/api/v1/streaming', 'a b'],
  ] as const) {
    const socket = connect(Number(port), hostname)
    socket.write(handshake(target, host))
    expect((await socket.setTimeout(waitMs, () => socket.destroy()).toArray()).join('')).toMatch(/^HTTP\/1\.1 40[014] /)
  }
})

test('errors name the mistake, and unknown messages are ignored', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  await t.db.execute(sql`insert into lists (id, account_id, title) values (1, ${bob}, 'Not hers')`)
  await using socket = await openSocket(
    server.url,
    `?stream=nowhere&access_token=${await tokenOf(t.app, alice, ['read:statuses'])}`,
  )
  const errors = async (count: number) => {
    await eventually(() => socket.frames.length >= count)
    return socket.frames.splice(0)
  }
  expect(await errors(1)).toEqual([{ error: 'Unknown stream type', status: 400 }])
  for (const stream of ['hashtag', 'list']) socket.command({ type: 'subscribe', stream })
  socket.command({ type: 'subscribe', stream: 'list', list: '1' })
  socket.command({ type: 'subscribe', stream: 'user:notification' })
  expect((await errors(4)).map((frame) => frame.status)).toEqual([400, 400, 404, 403])

  for (const text of ['{', '[]', 'null', '12', '{"type":"dance","stream":"user"}', '{"type":"subscribe"', '""'])
    socket.raw.send(text)
  for (let i = 0; i < 3; i++) socket.command({ type: 'subscribe', stream: ['user'] })
  socket.command({ type: 'unsubscribe', stream: 'public' })
  await socket.settled()
  const post = await status(t, alice)
  expect((await socket.wait('update')).map(({ id }) => id)).toEqual([post])
  socket.command({ type: 'unsubscribe', stream: 'user' })
  await socket.settled()
  await status(t, alice)
  await t.db.transaction((tx) => tx.execute(sql`select 1`))
  expect(socket.frames).toHaveLength(1)

  for (let i = 0; i < 110; i++) {
    socket.command({ type: 'subscribe', stream: 'hashtag', tag: `tag${i}` })
    if (i % 20 === 0) await socket.settled()
  }
  await eventually(() => socket.frames.some(({ status: code }) => code === 429))
  socket.raw.send(Buffer.from('x'), { binary: true })
  expect(await closing(socket.raw)).toBe(1003)
})

test('an account has at most 20 streams in a process, and can open another when one ends', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const token = await tokenOf(t.app, await localAccount(t, 'alice'))
  const sockets = await Promise.all(Array.from({ length: 20 }, () => openSocket(server.url, `?access_token=${token}`)))
  expect((await refusal(server.url, `?access_token=${token}`)).status).toBe(429)
  expect((await server.call('GET', '/api/v1/streaming/user', { token })).status).toBe(429)
  await sockets.pop()?.[Symbol.asyncDispose]()
  await eventually(() => server.streams.size() === 19)
  sockets.push(await openSocket(server.url, `?access_token=${token}`))
  for (const socket of sockets) await socket[Symbol.asyncDispose]()
  await eventually(() => server.streams.size() === 0)
})

test('an address has at most 50 streams, for all accounts together', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const tokens = await Promise.all(
    ['alice', 'bob', 'carol'].map(async (name) => tokenOf(t.app, await localAccount(t, name))),
  )
  const sockets = await Promise.all(
    Array.from({ length: 50 }, (_, i) => openSocket(server.url, `?access_token=${tokens[i % 3]}`)),
  )
  expect((await refusal(server.url, `?access_token=${tokens[2]}`)).status).toBe(429)
  for (const socket of sockets) await socket[Symbol.asyncDispose]()
})

test.each<[string, (t: TestDatabase, token: string) => Promise<unknown>]>([
  [
    'a token that is revoked',
    async (t, token) => t.db.transaction(async (tx) => endToken(tx, (await accessBy(tx, token))!.tokenId)),
  ],
  [
    'a password that is reset',
    async (t, token) => {
      const { viewer } = (await accessBy(t.db, token))!
      const hash = await acceptablePassword('another long password for tests')
      await t.db.transaction((tx) => setPassword(tx, viewer!.accountId, hash))
    },
  ],
  ['an account that is suspended', async (t, token) => suspend(t, (await accessBy(t.db, token))!.viewer!.accountId)],
  [
    'a token that is deleted',
    async (t) =>
      t.db.execute(
        sql`delete from access_tokens where account_id = (select id from accounts where username = 'alice')`,
      ),
  ],
])('%s closes the streams that it had opened, and no others', async (_, end) => {
  await using t = await database()
  await using server = await serve(t.app, undefined, { checkMs: 300 })
  const token = await tokenOf(t.app, await localAccount(t, 'alice'))
  await using ended = await openSocket(server.url, `?stream=user&access_token=${token}`)
  await using other = await openSocket(
    server.url,
    `?stream=user&access_token=${await tokenOf(t.app, await localAccount(t, 'bob'))}`,
  )
  const events = await fetch(`${server.url}/api/v1/streaming/user?access_token=${token}`)
  const closed = closing(ended.raw)
  await end(t, token)
  expect(await closed).toBe(1008)
  expect(await events.text()).toContain(':)\n')
  expect(other.raw.readyState).toBe(WebSocket.OPEN)
  expect(server.streams.size()).toBe(1)
})

test('a WebSocket request for another path is answered like any request, and leaves nothing open', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const token = await tokenOf(t.app, await localAccount(t, 'alice'))
  const asked = new WebSocket(`${server.url.replace('http', 'ws')}/api/v1/streaming/user`, [token])
  asked.on('error', () => {})
  const [, response] = (await once(asked, 'unexpected-response')) as [unknown, IncomingMessage]
  expect([response.statusCode, response.headers['content-type']]).toEqual([200, 'text/event-stream'])
  expect(server.streams.size()).toBe(1)
  response.destroy()
  await eventually(() => server.streams.size() === 0)
})

test('a client that no longer answers pings is disconnected', async () => {
  await using t = await database()
  await using server = await serve(t.app, undefined, { beatMs: 300 })
  const token = await tokenOf(t.app, await localAccount(t, 'alice'))
  await using dead = await openSocket(server.url, `?access_token=${token}`, { autoPong: false })
  const closed = closing(dead.raw)
  await using living = await openSocket(server.url, `?access_token=${token}`)
  expect(await closed).toBe(1006)
  expect(living.raw.readyState).toBe(WebSocket.OPEN)
})

test('a client that does not read is disconnected, and does not delay others', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const token = await tokenOf(t.app, await localAccount(t, 'alice'))
  const carol = await remoteAccount(t, 'carol')
  await using slow = await openSocket(server.url, `?stream=public&access_token=${token}`)
  await using quick = await openSocket(server.url, `?stream=public&access_token=${token}`)
  slow.raw.pause()
  const events = await fetch(`${server.url}/api/v1/streaming/public?access_token=${token}`)
  expect(server.streams.size()).toBe(3)
  let posts = 0
  for (; server.streams.size() > 1 && posts < 150; posts++) {
    await remoteStatus(t, carol, { content: `<p>${'long '.repeat(30_000)}</p>` })
    await quick.wait('update', posts + 1)
  }
  expect(server.streams.size()).toBe(1)
  await expect(events.text()).rejects.toThrow('terminated')
})

test('a server that stops closes its streams with a reason', async () => {
  await using t = await database()
  const server = await serve(t.app)
  const token = await tokenOf(t.app, await localAccount(t, 'alice'))
  await using socket = await openSocket(server.url, `?stream=user&access_token=${token}`)
  const events = await fetch(`${server.url}/api/v1/streaming/user?access_token=${token}`)
  const closed = closing(socket.raw)
  await server[Symbol.asyncDispose]()
  expect(await closed).toBe(1001)
  expect(await events.text()).toBe(':)\n')
})

test('a stream that opens during the check of tokens stays open', async () => {
  await using t = await database()
  await using server = await serve(t.app, undefined, { checkMs: 1 })
  const tokens = await Promise.all(
    ['alice', 'bob', 'carol', 'dave'].map(async (name) => tokenOf(t.app, await localAccount(t, name))),
  )
  const sockets = []
  for (let i = 0; i < 40; i++) sockets.push(await openSocket(server.url, `?access_token=${tokens[i % 4]}`))
  expect(sockets.map(({ raw }) => raw.readyState)).toEqual(sockets.map(() => WebSocket.OPEN))
  for (const socket of sockets) await socket[Symbol.asyncDispose]()
})
