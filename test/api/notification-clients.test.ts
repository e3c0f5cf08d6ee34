/** Notifications, conversations and push through the client libraries of most Mastodon apps in JavaScript. */
import { createRestAPIClient } from 'masto'
import { Mastodon } from 'megalodon'
import { expect, test } from 'vitest'
import { forgetJobs, localAccount, status } from '../cast.ts'
import { database } from '../database.ts'
import { runJobs } from '../jobs/run.ts'
import { newReceiver, open, pushService } from '../push/receiver.ts'
import { serve, tokenOf } from './server.ts'

test('masto reads groups, answers requests and gets push messages', async () => {
  await using t = await database({ ALLOW_PRIVATE_ADDRESSES: '127.0.0.0/8' })
  await using server = await serve(t.app)
  await using service = await pushService()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const client = createRestAPIClient({ url: server.url, accessToken: await tokenOf(t.app, alice) })
  const receiver = newReceiver()
  const subscription = await client.v1.push.subscription.create({
    subscription: { endpoint: service.url, keys: receiver.keys },
    data: { alerts: { mention: true } },
    policy: 'all',
  })
  expect(subscription).toMatchObject({
    alerts: { mention: true, reblog: false },
    serverKey: t.app.secrets.vapidPublicKey,
  })

  await forgetJobs(t)
  await status(t, bob, { text: 'Hello @alice' })
  await runJobs(t)
  const { notificationGroups, accounts } = await client.v2.notifications.list()
  expect(notificationGroups).toMatchObject([{ type: 'mention', notificationsCount: 1, sampleAccountIds: [bob] }])
  expect(accounts.map(({ acct }) => acct)).toEqual(['bob'])
  const pushed = JSON.parse(open(receiver, service.sent[0] ?? { body: Buffer.alloc(0), headers: {} }).toString()) as {
    notification_id: number
  }
  expect((await client.v1.notifications.$select(String(pushed.notification_id)).fetch()).account.id).toBe(bob)
  expect((await client.v1.push.subscription.update({ data: { alerts: { reblog: true } } })).alerts.reblog).toBe(true)
  await client.v1.push.subscription.remove()
  await expect(client.v1.push.subscription.fetch()).rejects.toMatchObject({ statusCode: 404 })

  expect((await client.v2.notifications.unreadCount.fetch()).count).toBe(1)
  await client.v2.notifications.policy.update({ forNotFollowing: 'filter' })
  await status(t, await localAccount(t, 'dave'), { text: 'And me, @alice' })
  const [request] = await client.v1.notifications.requests.list()
  expect(request?.account.username).toBe('dave')
  await client.v1.notifications.requests.$select(request?.id ?? '').accept()
  expect((await client.v1.notifications.list()).map(({ account }) => account.username)).toEqual(['dave', 'bob'])
  await client.v2.notifications.$select(notificationGroups[0]?.groupKey ?? '').dismiss()
  await client.v1.notifications.clear()
  expect(await client.v1.notifications.list()).toEqual([])
})

test('megalodon reads conversations and subscribes to push', async () => {
  await using t = await database({ ALLOW_PRIVATE_ADDRESSES: '127.0.0.0/8' })
  await using server = await serve(t.app)
  await using service = await pushService()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const client = new Mastodon(server.url, await tokenOf(t.app, alice))
  const { keys } = newReceiver()
  expect(
    (await client.subscribePushNotification({ endpoint: service.url, keys }, { alerts: { mention: true, poll: true } }))
      .data.alerts,
  ).toMatchObject({ mention: true, poll: true, follow: false })
  await status(t, bob, { text: '@alice Psst', visibility: 'direct' })
  const [conversation] = (await client.getConversationTimeline()).data
  expect(conversation).toMatchObject({ unread: true, accounts: [{ acct: 'bob' }] })
  expect((await client.readConversation(conversation?.id ?? '')).data.unread).toBe(false)
  expect((await client.getNotifications({ exclude_types: ['follow'] })).data.map(({ type }) => type)).toEqual([
    'mention',
  ])
  await client.deleteConversation(conversation?.id ?? '')
  expect((await client.getConversationTimeline()).data).toEqual([])
})
