import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import type { StatusId } from '#src/platform/ids.ts'
import { savePolicy } from '#src/reading/notifications/policy.ts'
import { block } from '#src/relationships/block.ts'
import { deleteStatus } from '#src/statuses/delete.ts'
import { localAccount, remoteAccount, remoteStatus, status } from '../cast.ts'
import { database } from '../database.ts'
import { type Json, serve, tokenOf } from './server.ts'

test('a direct post makes a conversation for each participant, which is unread for all except the author', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const [alice, bob, carol] = [
    await localAccount(t, 'alice'),
    await localAccount(t, 'bob'),
    await remoteAccount(t, 'carol'),
  ]
  const [ofAlice, ofBob] = [await tokenOf(t.app, alice), await tokenOf(t.app, bob)]
  const list = async (token: string, query = '') => server.get(`/api/v1/conversations${query}`, '[Conversation]', token)
  const brief = async (token: string) =>
    (await list(token)).map((one: Json) => [
      one.unread,
      one.accounts.map(({ acct }: Json) => acct).toSorted(),
      one.last_status.id,
    ])

  const first = await status(t, alice, { text: 'Hello @bob and @carol@remote.test', visibility: 'direct' })
  await status(t, alice, { text: 'Not for @bob alone' })
  expect(await brief(ofAlice)).toEqual([[false, ['bob', 'carol@remote.test'], first]])
  expect(await brief(ofBob)).toEqual([[true, ['alice', 'carol@remote.test'], first]])

  const answer = await status(t, bob, { text: '@alice Yes?', visibility: 'direct', inReplyToId: first })
  expect(await brief(ofAlice)).toEqual([[true, ['bob'], answer]])
  const [{ id }] = await list(ofAlice)
  expect(await server.post(`/api/v1/conversations/${id}/read`, 'Conversation', ofAlice)).toMatchObject({
    id,
    unread: false,
  })
  expect(await server.post(`/api/v1/conversations/${id}/unread`, 'Conversation', ofAlice)).toMatchObject({
    id,
    unread: true,
  })
  expect((await server.call('POST', `/api/v1/conversations/${id}/read`, { token: ofBob })).status).toBe(404)

  const other = await remoteStatus(t, carol, { visibility: 'direct', mentionedIds: [alice] })
  const paged = await server.call('GET', '/api/v1/conversations?limit=1', { token: ofAlice })
  expect(paged.body.map((one: Json) => one.last_status.id)).toEqual([other])
  expect(paged.headers.get('Link')).toContain(`max_id=${other}`)
  expect((await list(ofAlice, `?limit=1&max_id=${other}`)).map((one: Json) => one.id)).toEqual([id])

  await t.db.transaction((tx) => block(tx, t.app.uris, alice, carol))
  expect((await list(ofAlice)).map((one: Json) => one.id)).toEqual([id])
  expect((await server.call('DELETE', `/api/v1/conversations/${id}`, { token: ofAlice })).body).toEqual({})
  expect((await server.call('DELETE', `/api/v1/conversations/${id}`, { token: ofAlice })).status).toBe(404)
  expect(await list(ofAlice)).toEqual([])
  await status(t, bob, { text: '@alice Still there?', visibility: 'direct', inReplyToId: answer })
  expect(await list(ofAlice)).toHaveLength(1)
})

test('after its last post is deleted, a conversation shows the post before; without any post it is gone', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const token = await tokenOf(t.app, bob)
  const last = async () =>
    (await server.get('/api/v1/conversations', '[Conversation]', token)).map((one: Json) => one.last_status.id)
  const first = await status(t, alice, { text: '@bob One', visibility: 'direct' })
  const second = await status(t, alice, { text: '@bob Two', visibility: 'direct', inReplyToId: first })
  expect(await last()).toEqual([second])
  await t.db.transaction((tx) => deleteStatus(tx, alice, second))
  expect(await last()).toEqual([first])
  await t.db.transaction((tx) => deleteStatus(tx, alice, first))
  expect(await last()).toEqual([])
  expect((await t.db.execute(sql`select from conversations`)).rowCount).toBe(0)
})

test('conversations are merged when their threads turn out to be one', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const [alice, carol] = [await localAccount(t, 'alice'), await remoteAccount(t, 'carol')]
  const token = await tokenOf(t.app, alice)
  const direct = { visibility: 'direct' as const, mentionedIds: [alice] }
  const uri = (name: string) => `https://remote.test/statuses/${name}`
  await remoteStatus(t, carol, { ...direct, uri: uri('b'), inReplyToUri: uri('a') })
  const last = await remoteStatus(t, carol, { ...direct, uri: uri('c'), inReplyToUri: uri('a') })
  expect(await server.get('/api/v1/conversations', '[Conversation]', token)).toHaveLength(2)
  await remoteStatus(t, carol, { ...direct, uri: uri('a'), publishedAt: new Date(Date.now() - 60_000) })
  const [only, ...others] = await server.get('/api/v1/conversations', '[Conversation]', token)
  expect(others).toEqual([])
  expect(only).toMatchObject({ unread: true, last_status: { id: last } })
})

test('a direct post that the notification policy filters makes no conversation yet', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  await t.db.transaction((tx) => savePolicy(tx, alice, { forPrivateMentions: 'filter' }))
  const post: StatusId = await status(t, bob, { text: 'Psst @alice', visibility: 'direct' })
  expect(await server.get('/api/v1/conversations', '[Conversation]', await tokenOf(t.app, alice))).toEqual([])
  expect(await server.get('/api/v1/conversations', '[Conversation]', await tokenOf(t.app, bob))).toMatchObject([
    { unread: false, last_status: { id: post } },
  ])
})

test('older apps read direct posts as a timeline', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const [alice, bob, carol] = [
    await localAccount(t, 'alice'),
    await localAccount(t, 'bob'),
    await remoteAccount(t, 'carol'),
  ]
  const [ofAlice, ofBob] = [await tokenOf(t.app, alice), await tokenOf(t.app, bob)]
  const ids = async (token: string, query = '') =>
    (await server.get(`/api/v1/timelines/direct${query}`, '[StatusWithViewer]', token)).map(({ id }: Json) => id)
  const first = await status(t, alice, { text: 'Hello @bob', visibility: 'direct' })
  const answer = await status(t, bob, { text: '@alice Yes?', visibility: 'direct', inReplyToId: first })
  // Of the same thread, but not for alice.
  await status(t, bob, { text: '@carol@remote.test See', visibility: 'direct', inReplyToId: answer })
  await status(t, alice, { text: 'For all, @bob' })
  const other = await remoteStatus(t, carol, { visibility: 'direct', mentionedIds: [alice] })
  expect(await ids(ofAlice)).toEqual([other, answer, first].toSorted((a, b) => Number(BigInt(b) - BigInt(a))))
  expect(await ids(ofBob)).toHaveLength(3)
  expect(await ids(ofBob, `?max_id=${answer}&limit=1`)).toEqual([first])
  await t.db.transaction((tx) => block(tx, t.app.uris, alice, bob))
  expect(await ids(ofAlice)).toEqual([other, first].toSorted((a, b) => Number(BigInt(b) - BigInt(a))))
})
