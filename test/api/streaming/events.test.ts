/** Server-Sent Events, byte by byte. */
import { request } from 'node:http'
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { deleteStatus } from '#src/statuses/delete.ts'
import { localAccount, makeFollow, remoteAccount, remoteStatus, status } from '#test/cast.ts'
import { database } from '#test/database.ts'
import { eventually } from '../../patience.ts'
import { serve, tokenOf } from '../server.ts'

/** Opens a stream; `text` is all that came. */
async function listen(url: string, path: string, token: string, body?: string) {
  const state = { text: '', status: 0, type: '', isOver: false }
  const asked = request(`${url}/api/v1/streaming/${path}`, {
    headers: {
      Authorization: `Bearer ${token}`,
      ...(body
        ? { 'Content-Type': 'application/x-www-form-urlencoded', 'Content-Length': Buffer.byteLength(body) }
        : {}),
    },
  })
  asked.on('response', (response) => {
    state.status = response.statusCode ?? 0
    state.type = response.headers['content-type'] ?? ''
    response
      .setEncoding('utf8')
      .on('data', (text: string) => (state.text += text))
      .on('error', () => {})
      .on('end', () => (state.isOver = true))
  })
  asked.on('error', () => {})
  asked.end(body)
  await eventually(() => state.text !== '')
  return Object.assign(state, { [Symbol.dispose]: () => void asked.destroy() })
}

test('a stream begins with `:)`, sends heartbeats, and has events in the format of Server-Sent Events', async () => {
  await using t = await database()
  await using server = await serve(t.app, undefined, { beatMs: 100 })
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const token = await tokenOf(t.app, alice)
  {
    using stream = await listen(server.url, 'user', token)
    expect(stream).toMatchObject({ status: 200, type: 'text/event-stream' })
    await eventually(() => stream.text.includes(':thump\n:thump\n'))
    expect(stream.text).toMatch(/^:\)\n(:thump\n)+$/)
    await makeFollow(t, bob, alice)
    const post = await status(t, alice, { text: 'Two\nlines' })
    await eventually(() => stream.text.includes('event: update'))
    await t.db.transaction((tx) => deleteStatus(tx, alice, post))
    await eventually(() => stream.text.includes('event: delete'))
    const [notification, update, deletion] = stream.text
      .replaceAll(/^:.*\n/gm, '')
      .split('\n\n')
      .filter((block) => block.startsWith('event: '))
    expect(notification).toMatch(/^event: notification\ndata: \{.*"type":"follow".*\}$/)
    expect(update).toMatch(new RegExp(`^event: update\\ndata: \\{"id":"${post}".*\\}$`))
    expect(deletion).toBe(`event: delete\ndata: ${post}`)
  }
  await eventually(() => server.streams.size() === 0)
})

test('a HEAD request for a stream holds no slot', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const token = await tokenOf(t.app, await localAccount(t, 'alice'))
  for (const path of ['streaming/user', 'streaming?stream=user']) {
    const { status, headers } = await server.call('HEAD', `/api/v1/${path}`, { token })
    expect([status, headers.get('Content-Type'), server.streams.size()]).toEqual([200, 'text/event-stream', 0])
  }
})

test('each stream has its path, and takes its parameters from the query or from the body of a GET', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const alice = await localAccount(t, 'alice')
  const carol = await remoteAccount(t, 'carol')
  const token = await tokenOf(t.app, alice)
  await t.db.execute(sql`insert into lists (id, account_id, title) values (1, ${alice}, 'List')`)
  await t.db.execute(sql`insert into list_accounts (id, list_id, account_id) values (1, 1, ${carol})`)
  const open = (path: string, body?: string) => listen(server.url, path, token, body)
  using all = await open('public')
  using local = await open('public/local')
  using remote = await open('public/remote')
  using media = await open('public?only_media=true')
  using tag = await open('hashtag?tag=birds')
  using tagByBody = await open('hashtag', 'tag=Birds')
  using localTag = await open('hashtag/local?tag=birds')
  using list = await open('list', 'list=1')
  const afar = await remoteStatus(t, carol, { tags: [{ name: 'birds', displayName: 'birds' }] } as never)
  const here = await status(t, alice, { text: 'Here #birds' })
  const idsIn = ({ text }: { text: string }) => [...text.matchAll(/^data: \{"id":"(\d+)"/gm)].map(([, id]) => id)
  for (const stream of [all, tag, tagByBody]) await eventually(() => idsIn(stream).length === 2)
  for (const stream of [local, remote, localTag, list]) await eventually(() => idsIn(stream).length === 1)
  expect([idsIn(all), idsIn(local), idsIn(remote), idsIn(media), idsIn(localTag), idsIn(list)]).toEqual([
    [afar, here],
    [here],
    [afar],
    [],
    [here],
    [afar],
  ])
})

test('an invalid request gets an error that names the mistake', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const alice = await localAccount(t, 'alice')
  const token = await tokenOf(t.app, alice)
  const ask = async (path: string, given = token) => {
    const { status: code, body } = await server.call('GET', `/api/v1/streaming${path}`, given ? { token: given } : {})
    return [code, body.error ?? body]
  }
  expect(await ask('/health', '')).toEqual([200, 'OK'])
  expect(await ask('/nowhere', '')).toEqual([400, 'Unknown channel requested'])
  expect(await ask('')).toEqual([400, 'Unknown channel requested'])
  for (const path of [
    '',
    '/user',
    '/user/notification',
    '/public',
    '/public/local',
    '/public/remote',
    '/hashtag?tag=a',
    '/hashtag/local?tag=a',
    '/list?list=1',
    '/direct',
  ]) {
    expect((await ask(path, ''))[0], path).toBe(401)
    expect((await ask(path, await tokenOf(t.app, alice, ['write'])))[0], path).toBe(403)
  }
  expect(await ask('/hashtag')).toEqual([400, 'Missing tag name parameter'])
  expect(await ask('/list')).toEqual([400, 'Missing list name parameter'])
  expect(await ask('/list?list=1')).toEqual([404, 'Record not found'])
  expect(server.streams.size()).toBe(0)
})
