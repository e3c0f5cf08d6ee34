import { expect, test } from 'vitest'
import { deleteStatus } from '#src/statuses/delete.ts'
import { favourite } from '#src/statuses/interactions/favourite.ts'
import { localAccount, makeFollow, remoteAccount, remoteStatus, status } from '#test/cast.ts'
import { database } from '#test/database.ts'
import { problemsOf } from '../schemas.ts'
import { serve, tokenOf } from '../server.ts'
import { openSocket } from './client.ts'

test('an event reaches all its listeners, on each of its streams', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  await makeFollow(t, bob, alice)
  await makeFollow(t, alice, bob)
  await using socket = await openSocket(server.url, `?stream=user&access_token=${await tokenOf(t.app, bob)}`)
  for (const stream of ['public', 'public:local', 'public:remote', 'public:media', 'user:notification'])
    socket.command({ type: 'subscribe', stream })
  socket.command({ type: 'subscribe', stream: 'hashtag', tag: 'Birds' })
  await socket.settled()

  const post = await status(t, alice, { text: 'Hello #birds' })
  const [update] = await socket.wait('update', 1, 'user')
  expect(problemsOf('StatusWithViewer', update)).toEqual([])
  expect(update).toMatchObject({ id: post, favourited: false })
  const [open] = await socket.wait('update', 1, 'public')
  expect(open.id).toBe(post)
  expect(open).not.toHaveProperty('favourited')
  await socket.wait('update', 1, 'hashtag Birds')
  await socket.wait('update', 1, 'public:local')

  const own = await status(t, bob, { visibility: 'private' })
  await t.db.transaction((tx) => favourite(tx, alice, own))
  const [notification] = await socket.wait('notification', 1, 'user')
  expect(problemsOf('Notification', notification)).toEqual([])
  expect(notification).toMatchObject({ type: 'favourite', account: { id: alice }, status: { id: own } })
  await socket.wait('notification', 1, 'user:notification')

  const afar = await remoteStatus(t, await remoteAccount(t, 'carol'))
  expect((await socket.wait('update', 1, 'public:remote'))[0].id).toBe(afar)
  await t.db.transaction((tx) => deleteStatus(tx, alice, post))
  for (const stream of ['user', 'public', 'public:local', 'hashtag Birds'])
    expect(await socket.wait('delete', 1, stream)).toEqual([post])

  expect(socket.of('update', 'user').map(({ id }) => id)).toEqual([post, own])
  expect(socket.of('update', 'public').map(({ id }) => id)).toEqual([post, afar])
  expect(socket.of('update', 'public:media')).toEqual([])
})

test('replies to others are in streams of hashtags and left out of public ones, as on public timelines; own threads stay', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const token = await tokenOf(t.app, bob)
  await using socket = await openSocket(server.url, `?stream=public&access_token=${token}`)
  socket.command({ type: 'subscribe', stream: 'public:local' })
  socket.command({ type: 'subscribe', stream: 'hashtag', tag: 'birds' })
  await socket.settled()
  const root = await status(t, alice, { text: 'Look #birds' })
  const reply = await status(t, bob, { text: '@alice Where? #birds', inReplyToId: root })
  const own = await status(t, alice, { text: 'There #birds', inReplyToId: root })
  await socket.wait('update', 3, 'hashtag birds')
  for (const stream of ['public', 'public:local'])
    expect((await socket.wait('update', 2, stream)).map(({ id }) => id)).toEqual([root, own])
  const listed = async (path: string) =>
    (await server.call('GET', path, { token })).body.map(({ id }: { id: string }) => id)
  for (const query of ['', '?local=true']) expect(await listed(`/api/v1/timelines/public${query}`)).toEqual([own, root])
  expect(await listed('/api/v1/timelines/tag/birds')).toEqual([own, reply, root])
})
