import { expect, test } from 'vitest'
import { loadNotificationPage } from '#src/reading/notifications/page.ts'
import { favourite } from '#src/statuses/interactions/favourite.ts'
import { reblog } from '#src/statuses/interactions/reblog.ts'
import { localAccount, makeFollow, remoteAccount, remoteStatus, status } from '../cast.ts'
import { database } from '../database.ts'
import { type Json, serve, tokenOf } from './server.ts'

test('up to 5 own posts can be pinned, and are shown to the viewers who may see them', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const [asAlice, asBob] = [await tokenOf(t.app, alice), await tokenOf(t.app, bob)]
  const pin = (id: string, verb = 'pin', token = asAlice) =>
    server.call('POST', `/api/v1/statuses/${id}/${verb}`, { token })
  const own: string[] = []
  for (let i = 0; i < 6; i++)
    own.push(await status(t, alice, { text: `Post ${i}`, visibility: i === 0 ? 'private' : 'public' }))
  const foreign = await status(t, bob)
  const direct = await status(t, alice, { text: 'Hi @bob', visibility: 'direct' })
  const boost = await t.db.transaction((tx) => reblog(tx, t.app.uris, alice, foreign))

  for (const id of [foreign, direct, boost]) expect((await pin(id)).status).toBe(422)
  for (const id of own.slice(0, 4)) expect((await pin(id)).body).toMatchObject({ pinned: true })
  const answers = await Promise.all(own.slice(4).map((id) => pin(id)))
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 422])
  expect((await pin(own[0]!)).status).toBe(200)

  const shown = async (token?: string) =>
    (await server.get(`/api/v1/accounts/${alice}/statuses?pinned=true`, '[Status]', token)).map(
      (one: Json) => one.content,
    )
  expect(await shown(asAlice)).toHaveLength(5)
  expect(await shown(asAlice)).toContain('<p>Post 0</p>')
  expect(await shown(asBob)).toHaveLength(4)
  expect(await shown()).not.toContain('<p>Post 0</p>')
  await makeFollow(t, bob, alice)
  expect(await shown(asBob)).toHaveLength(5)
  expect((await pin(own[1]!, 'unpin')).body).toMatchObject({ pinned: false })
  expect(await shown(asBob)).toHaveLength(4)
  expect((await server.get(`/api/v2/instance`, 'Instance')).configuration.accounts.max_pinned_statuses).toBe(5)
})

test('a muted thread causes no notifications, not even if a parent arrives later', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const far = await remoteAccount(t, 'far')
  const token = await tokenOf(t.app, alice)
  const heard = async () => (await loadNotificationPage(t.db, alice, {}, { limit: 40 })).views.length
  const rootUri = 'https://remote.test/statuses/root'
  const first = await remoteStatus(t, far, { inReplyToUri: rootUri })
  const own = await status(t, alice, { text: 'A reply', inReplyToId: first })

  expect((await server.call('POST', `/api/v1/statuses/${own}/mute`, { token })).body).toMatchObject({
    id: own,
    muted: true,
  })
  await status(t, bob, { text: '@alice hello', inReplyToId: own })
  await t.db.transaction((tx) => favourite(tx, bob, own))
  const root = await remoteStatus(t, far, { uri: rootUri })
  await status(t, bob, { text: '@alice hello again', inReplyToId: root })
  expect(await heard()).toBe(0)
  expect(await server.get(`/api/v1/statuses/${root}`, 'Status', token)).toMatchObject({ muted: true })

  expect((await server.call('POST', `/api/v1/statuses/${root}/unmute`, { token })).body).toMatchObject({ muted: false })
  await status(t, bob, { text: '@alice and again', inReplyToId: own })
  expect(await heard()).toBe(1)
})
