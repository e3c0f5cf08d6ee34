import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { savePolicy } from '#src/reading/notifications/policy.ts'
import { favourite } from '#src/statuses/interactions/favourite.ts'
import { problemsOf } from '../api/schemas.ts'
import { serve, tokenOf } from '../api/server.ts'
import { forgetJobs, localAccount, makeFollow, status } from '../cast.ts'
import { database } from '../database.ts'
import { jobErrors, makeDue, runJobs } from '../jobs/run.ts'
import { newReceiver, open, type Receiver, type Sent, pushService } from './receiver.ts'

const loopback = { ALLOW_PRIVATE_ADDRESSES: '127.0.0.0/8' }
const read = (receiver: Receiver, sent: Sent | undefined) => {
  if (!sent) throw new Error('Nothing was sent')
  const message = JSON.parse(open(receiver, sent).toString()) as Record<string, unknown>
  expect(problemsOf('WebPushPayload', message)).toEqual([])
  return message
}

test('an app gets push messages for the types that it subscribed to, in its encoding', async () => {
  await using t = await database(loopback)
  await using server = await serve(t.app)
  await using service = await pushService()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob', { displayName: 'Bob' })]
  const token = await tokenOf(t.app, alice, ['read', 'push'])
  const receiver = newReceiver()
  const body = (standard: boolean) => ({
    subscription: { endpoint: `${service.url}/for/alice`, keys: receiver.keys, standard },
    data: { alerts: { mention: true, follow: 'true' } },
  })

  const made = await server.post('/api/v1/push/subscription', 'WebPushSubscription', token, body(true))
  expect(made).toMatchObject({
    endpoint: `${service.url}/for/alice`,
    standard: true,
    policy: 'all',
    server_key: t.app.secrets.vapidPublicKey,
  })
  expect(made.alerts).toMatchObject({
    mention: true,
    follow: true,
    favourite: false,
    reblog: false,
    poll: false,
    'admin.report': false,
  })
  expect(await server.get('/api/v1/push/subscription', 'WebPushSubscription', token)).toEqual(made)

  await forgetJobs(t)
  const post = await status(t, alice)
  await t.db.transaction((tx) => favourite(tx, bob, post))
  expect(await t.jobs()).not.toContain('push')
  await status(t, bob, { text: `Hello @alice, ${'long '.repeat(60)}`, spoilerText: '' })
  expect(await t.jobPayloads('push')).toHaveLength(1)
  await runJobs(t)

  const [first] = service.sent
  expect(first).toMatchObject({
    path: '/for/alice',
    headers: { 'content-encoding': 'aes128gcm', ttl: '172800', urgency: 'high' },
  })
  expect(first?.headers.authorization).toMatch(/^vapid t=[\w.-]+,k=[\w-]+$/)
  const message = read(receiver, first)
  const [notice] = await server.get('/api/v1/notifications', '[Notification]', token)
  expect(message).toMatchObject({
    access_token: token,
    notification_id: Number(notice.id),
    notification_type: 'mention',
    title: 'Bob mentioned you',
    preferred_locale: 'en',
  })
  expect(message['icon']).toMatch(/^https:\/\/pipit\.test\//)
  expect([...String(message['body'])]).toHaveLength(140)
  expect(await server.get(`/api/v1/notifications/${message['notification_id']}`, 'Notification', token)).toEqual(notice)

  await server.post('/api/v1/push/subscription', 'WebPushSubscription', token, body(false))
  await makeFollow(t, bob, alice)
  await runJobs(t)
  expect(service.sent).toHaveLength(2)
  expect(service.sent[1]?.headers).toMatchObject({ 'content-encoding': 'aesgcm', urgency: 'normal' })
  expect(service.sent[1]?.headers.authorization).toMatch(/^WebPush [\w.-]+$/)
  expect(service.sent[1]?.headers['crypto-key']).toContain(`;p256ecdsa=${t.app.secrets.vapidPublicKey}`)
  expect(read(receiver, service.sent[1])).toMatchObject({
    notification_type: 'follow',
    title: 'Bob follows you',
    body: '',
  })
})

test('an app that subscribes several times at once has one subscription', async () => {
  await using t = await database(loopback)
  await using server = await serve(t.app)
  const token = await tokenOf(t.app, await localAccount(t, 'alice'), ['push'])
  const body = { subscription: { endpoint: 'https://push.test/x', keys: newReceiver().keys } }
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => server.call('POST', '/api/v1/push/subscription', { token, body })),
  )
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
  expect((await t.db.execute(sql`select from push_subscriptions`)).rowCount).toBe(1)
})

test('a push subscription has a policy, can be changed, and ends with its token', async () => {
  await using t = await database(loopback)
  await using server = await serve(t.app)
  await using service = await pushService()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const token = await tokenOf(t.app, alice)
  const keys = newReceiver().keys
  const form = new URLSearchParams({
    'subscription[endpoint]': service.url,
    // Some apps write the other alphabet of base64, with padding.
    'subscription[keys][p256dh]': Buffer.from(keys.p256dh, 'base64url').toString('base64'),
    'subscription[keys][auth]': Buffer.from(keys.auth, 'base64url').toString('base64'),
    'data[alerts][mention]': 'true',
    'data[alerts][admin.sign_up]': '1',
    'data[policy]': 'followed',
  })
  expect(await server.post('/api/v1/push/subscription', 'WebPushSubscription', token, form)).toMatchObject({
    policy: 'followed',
    standard: false,
    alerts: { 'admin.sign_up': true },
  })
  const pushes = async () => {
    await forgetJobs(t)
    await status(t, bob, { text: 'Hi @alice' })
    return (await t.jobPayloads('push')).length
  }
  expect(await pushes()).toBe(0)
  await makeFollow(t, alice, bob)
  expect(await pushes()).toBe(1)
  const put = await server.call('PUT', '/api/v1/push/subscription', {
    token,
    body: { data: { alerts: { poll: true } }, policy: 'none' },
  })
  expect(put.body).toMatchObject({ policy: 'none', alerts: { mention: true, poll: true, 'admin.sign_up': true } })
  expect(await pushes()).toBe(0)
  await server.call('PUT', '/api/v1/push/subscription', { token, body: { data: { policy: 'all' } } })
  await t.db.transaction((tx) => savePolicy(tx, alice, { forNewAccounts: 'filter', forNotFollowing: 'filter' }))
  await t.db.execute(sql`delete from follows`)
  expect(await pushes()).toBe(0)
  await t.db.execute(sql`delete from notification_policies`)

  expect(await pushes()).toBe(1)
  await t.db.execute(sql`update access_tokens set revoked_at = now()`)
  await runJobs(t)
  expect(service.sent).toEqual([])
  expect(await pushes()).toBe(0)

  const again = await tokenOf(t.app, alice, ['push'])
  expect((await server.call('GET', '/api/v1/push/subscription', { token: again })).status).toBe(404)
  expect((await server.call('PUT', '/api/v1/push/subscription', { token: again, body: {} })).status).toBe(404)
  expect((await server.call('DELETE', '/api/v1/push/subscription', { token: again })).body).toEqual({})
})

test('a subscription with an invalid key, a private endpoint, or without a person’s token is refused', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const alice = await localAccount(t, 'alice')
  const token = await tokenOf(t.app, alice, ['push'])
  const { keys } = newReceiver()
  const subscribe = async (subscription: object, by = token) =>
    (await server.call('POST', '/api/v1/push/subscription', { token: by, body: { subscription } })).status
  const endpoint = 'https://push.example/abc'
  expect(await subscribe({ endpoint, keys })).toBe(200)
  // Apps check that the answer has the values that they sent.
  for (const asSent of ['https://push.example', 'https://PUSH.example:443/%7Ea?x=é']) {
    const answer = await server.call('POST', '/api/v1/push/subscription', {
      token,
      body: { subscription: { endpoint: asSent, keys } },
    })
    expect([answer.status, answer.body.endpoint]).toEqual([200, asSent])
  }
  const endpoints = [
    'https://push.example/a b',
    ' https://push.example/',
    'http://push.example/abc',
    'https://127.0.0.1/',
    'https://[::1]/',
    'https://10.1.2.3/',
    'https://localhost/',
    'https://2130706433/',
    'https://push.example:8080/',
    'https://intranet/',
    'https://me:pw@push.example/',
    'push',
    '',
  ]
  for (const bad of endpoints) expect([bad, await subscribe({ endpoint: bad, keys })]).toEqual([bad, 422])
  const off = Buffer.from(keys.p256dh, 'base64url')
  off[64] = off[64]! ^ 1
  for (const p256dh of ['', 'abc', off.toString('base64url'), keys.auth])
    expect(await subscribe({ endpoint, keys: { ...keys, p256dh } })).toBe(422)
  for (const auth of ['', 'abc', keys.p256dh]) expect(await subscribe({ endpoint, keys: { ...keys, auth } })).toBe(422)
  expect((await server.call('POST', '/api/v1/push/subscription', { token, body: {} })).status).toBe(400)
  expect(await subscribe({ endpoint, keys }, await tokenOf(t.app, alice, ['read', 'write']))).toBe(403)
  expect(await subscribe({ endpoint, keys }, await tokenOf(t.app, null, ['push']))).toBe(422)
})

test('a push service can end a subscription, and gets a message again after a failure', async () => {
  await using t = await database(loopback)
  await using server = await serve(t.app)
  await using service = await pushService()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const token = await tokenOf(t.app, alice)
  const receiver = newReceiver()
  await server.post('/api/v1/push/subscription', 'WebPushSubscription', token, {
    subscription: { endpoint: service.url, keys: receiver.keys },
    data: { alerts: { mention: true } },
  })
  await forgetJobs(t)
  await status(t, bob, { text: 'Hi @alice' })
  for (const failing of [503, 429]) {
    service.answer(failing)
    await makeDue(t)
    await runJobs(t)
    expect(await t.jobs()).toContain('push')
  }
  expect((await jobErrors(t)).join()).not.toContain(token)
  service.answer(201)
  await makeDue(t)
  await runJobs(t)
  expect(service.sent).toHaveLength(3)
  expect(await t.jobs()).not.toContain('push')

  service.answer(410)
  await status(t, bob, { text: 'Hi again @alice' })
  await runJobs(t)
  expect((await server.call('GET', '/api/v1/push/subscription', { token })).status).toBe(404)
  await status(t, bob, { text: 'Are you there @alice' })
  expect(await t.jobs()).not.toContain('push')
})
