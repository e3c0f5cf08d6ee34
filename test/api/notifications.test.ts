import { sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import { expect, test } from 'vitest'
import { notify, notifyStaff } from '#src/notices/notify.ts'
import type { Db } from '#src/platform/db/index.ts'
import type { AccountId, StatusId } from '#src/platform/ids.ts'
import { loadGroupPage } from '#src/reading/notifications/groups.ts'
import { favourite } from '#src/statuses/interactions/favourite.ts'
import { reblog } from '#src/statuses/interactions/reblog.ts'
import { localAccount, makeFollow, remoteAccount, status } from '../cast.ts'
import { database, type TestDatabase } from '../database.ts'
import { type Json, serve, tokenOf } from './server.ts'

const favour = (t: TestDatabase, by: AccountId, post: StatusId) => t.db.transaction((tx) => favourite(tx, by, post))
const fans = async (t: TestDatabase, count: number) => {
  const all: AccountId[] = []
  for (let i = 0; i < count; i++) all.push(await remoteAccount(t, `fan${i}`))
  return all
}
const pageOf = (link: string | null, rel: string): string | undefined =>
  new RegExp(`<https://pipit.test([^>]+)>; rel="${rel}"`).exec(link ?? '')?.[1]

test('favourites and boosts of a post are one group each, with the last 8 people', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const alice = await localAccount(t, 'alice')
  const token = await tokenOf(t.app, alice)
  const [one, two] = [await status(t, alice, { text: 'One' }), await status(t, alice, { text: 'Two' })]
  const people = await fans(t, 10)
  for (const fan of people) await favour(t, fan, one)
  await favour(t, people[0]!, two)
  await t.db.transaction((tx) => reblog(tx, t.app.uris, people[0]!, one))
  const bob = await localAccount(t, 'bob')
  await status(t, bob, { text: 'Hello @alice' })
  await makeFollow(t, bob, alice)

  const all = await server.get('/api/v2/notifications', 'GroupedNotificationsPage', token)
  const brief = all.notification_groups.map((group: Json) => [
    group.type,
    group.notifications_count,
    group.status_id ?? null,
    group.sample_account_ids.length,
  ])
  const mention = all.notification_groups[1].status_id
  expect(brief).toEqual([
    ['follow', 1, null, 1],
    ['mention', 1, mention, 1],
    ['reblog', 1, one, 1],
    ['favourite', 1, two, 1],
    ['favourite', 10, one, 8],
  ])
  expect(all.notification_groups[4].sample_account_ids).toEqual(people.slice(2).toReversed())
  expect(all.statuses.map(({ id }: Json) => id).toSorted()).toEqual([one, two, mention].toSorted())
  expect(all.accounts).toHaveLength(10)
  const key = all.notification_groups[4].group_key
  expect(key).toMatch(new RegExp(`^favourite-${one}-\\d+$`))
  expect(all.notification_groups[1].group_key).toMatch(/^ungrouped-\d+$/)

  const partial = await server.get(
    '/api/v2/notifications?expand_accounts=partial_avatars',
    'GroupedNotificationsPage',
    token,
  )
  expect([partial.accounts.length, partial.partial_accounts.length]).toEqual([3, 7])
  const apart = await server.get(
    '/api/v2/notifications?grouped_types[]=reblog&types[]=favourite&types[]=reblog&types[]=reaction',
    'GroupedNotificationsPage',
    token,
  )
  expect(apart.notification_groups.map((group: Json) => group.notifications_count)).toEqual(
    Array.from({ length: 12 }, () => 1),
  )
  expect(apart.notification_groups[1].group_key).toMatch(/^ungrouped-/)

  const v1 = await server.get('/api/v1/notifications?exclude_types[]=mention&limit=3', '[Notification]', token)
  expect(v1.map(({ type }: Json) => type)).toEqual(['follow', 'reblog', 'favourite'])
  expect(v1[2].group_key).toBe(all.notification_groups[3].group_key)

  const single = await server.get(`/api/v2/notifications/${key}`, 'GroupedNotificationsResults', token)
  expect(single.notification_groups[0]).toMatchObject({ notifications_count: 10, group_key: key })
  expect(single.notification_groups[0]).not.toHaveProperty('page_min_id')
  const who = await server.call('GET', `/api/v2/notifications/${key}/accounts?limit=6`, { token })
  expect(who.body.map(({ id }: Json) => id)).toEqual(people.slice(4).toReversed())
  const rest = await server.get(pageOf(who.headers.get('Link'), 'next')!, '[Account]', token)
  expect(rest.map(({ id }: Json) => id)).toEqual(people.slice(0, 4).toReversed())

  expect((await server.get('/api/v1/notifications/unread_count', 'UnreadCount', token)).count).toBe(14)
  expect((await server.get('/api/v2/notifications/unread_count', 'UnreadCount', token)).count).toBe(5)
  expect((await server.get('/api/v2/notifications/unread_count?limit=2', 'UnreadCount', token)).count).toBe(2)
  await server.call('POST', '/api/v1/markers', { token, body: { notifications: { last_read_id: v1[1].id } } })
  expect((await server.get('/api/v2/notifications/unread_count', 'UnreadCount', token)).count).toBe(2)

  await server.post(`/api/v2/notifications/${key}/dismiss`, 'Empty', token)
  expect((await server.call('GET', `/api/v2/notifications/${key}`, { token })).status).toBe(404)
  expect(
    (await server.get('/api/v2/notifications', 'GroupedNotificationsPage', token)).notification_groups,
  ).toHaveLength(4)
  await server.post('/api/v2/notifications/clear', 'Empty', token)
  expect(await server.get('/api/v1/notifications', '[Notification]', token)).toEqual([])
})

test('pages of groups have each group once, in both directions', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const alice = await localAccount(t, 'alice')
  const token = await tokenOf(t.app, alice)
  const people = await fans(t, 6)
  const posts: StatusId[] = []
  for (let i = 0; i < 5; i++) posts.push(await status(t, alice, { text: `Number ${i}` }))
  // Their favourites lie across each other.
  for (const fan of people) for (const post of posts) await favour(t, fan, post)
  await favour(t, await remoteAccount(t, 'late'), posts[0]!)

  const read = async (path: string) => {
    const { body, headers } = await server.call('GET', path, { token })
    return {
      groups: body.notification_groups.map((group: Json) => posts.indexOf(group.status_id)),
      whole: body.notification_groups,
      link: headers.get('Link'),
    }
  }
  const first = await read('/api/v2/notifications?limit=2')
  expect(first.groups).toEqual([0, 4])
  const second = await read(pageOf(first.link, 'next')!)
  expect(second.groups).toEqual([3, 2])
  const third = await read(pageOf(second.link, 'next')!)
  expect(third.groups).toEqual([1])
  expect(pageOf(third.link, 'next')).toBeUndefined()
  expect(third.whole[0].page_min_id).toBe(
    String(
      Math.min(
        ...(await server.get('/api/v1/notifications?limit=80', '[Notification]', token))
          .filter((one: Json) => one.status.id === posts[1])
          .map((one: Json) => Number(one.id)),
      ),
    ),
  )

  await favour(t, await remoteAccount(t, 'later'), posts[3]!)
  await status(t, await localAccount(t, 'bob'), { text: 'For @alice' })
  const newer = await read(pageOf(first.link, 'prev')!)
  expect(newer.whole.map((group: Json) => [group.type, group.notifications_count])).toEqual([
    ['mention', 1],
    ['favourite', 7],
  ])
  expect(newer.whole[1].page_min_id).toBe(newer.whole[1].page_max_id)
  const since = await read(`/api/v2/notifications?since_id=${first.whole[0].page_max_id}`)
  expect(since.groups).toEqual([-1, 3])
})

test('a notification group accepts further notifications for 12 hours', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const post = await status(t, alice)
  const people = await fans(t, 3)
  await favour(t, people[0]!, post)
  const move = (hours: number) =>
    t.db.execute(
      sql`update notifications set group_key = regexp_replace(group_key, '\\d+$', '') || (substring(group_key from '\\d+$')::int - ${hours}::int)`,
    )
  await move(11)
  await favour(t, people[1]!, post)
  const keys = async () =>
    (await t.db.execute<{ key: string }>(sql`select distinct group_key as key from notifications`)).rows.length
  expect(await keys()).toBe(1)
  await move(1)
  await favour(t, people[2]!, post)
  expect(await keys()).toBe(2)
})

test('a page of twenty groups takes as many queries as a page of one', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const people = await fans(t, 2)
  for (let i = 0; i < 20; i++) {
    const post = await status(t, alice, { text: `Number ${i}` })
    for (const fan of people) await favour(t, fan, post)
  }
  const queries: string[] = []
  const counted = drizzle(t.db.$client, { logger: { logQuery: (query) => void queries.push(query) } }) as Db
  const count = async (limit: number) => {
    queries.length = 0
    expect((await loadGroupPage(counted, alice, {}, undefined, { limit })).groups).toHaveLength(limit)
    return queries.length
  }
  expect(await count(20)).toBe(await count(1))
})

test('apps get a text for unknown types, moderators get reports, and nobody gets posts that they can no longer see', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const [alice, bob] = [
    await localAccount(t, 'alice', { role: 'moderator' }),
    await localAccount(t, 'bob', { displayName: 'B & B' }),
  ]
  const token = await tokenOf(t.app, alice)
  const post = await status(t, bob, { text: 'Hi @alice' })
  await t.db.execute(sql`insert into reports (id, account_id, target_id, comment) values (7, ${bob}, ${alice}, 'Rude')`)
  await t.db.transaction((tx) =>
    notifyStaff(tx, { builtIn: ['moderator'], made: [] }, { type: 'admin.report', from: bob, reportId: '7' as never }),
  )
  await t.db.transaction((tx) => notify(tx, { type: 'status', for: alice, from: bob, statusId: post }))

  await t.db.execute(sql`insert into collections (id, account_id, name) values (8, ${bob}, 'Birds')`)
  await t.db.transaction((tx) =>
    notify(tx, { type: 'added_to_collection', for: alice, from: bob, collectionId: '8' as never }),
  )

  const [added, known, report, mention] = await server.get(
    '/api/v1/notifications?supported_types[]=mention&supported_types[]=status',
    '[Notification]',
    token,
  )
  expect([known.fallback, mention.fallback]).toEqual([undefined, undefined])
  expect(added).toMatchObject({
    collection: { id: '8', name: 'Birds' },
    fallback: { title: 'B &amp; B added you to a collection' },
  })
  expect(report).toMatchObject({
    report: { id: '7', comment: 'Rude' },
    fallback: { title: 'B &amp; B sent a report', summary: null },
  })
  const groups = await server.get(
    '/api/v2/notifications?supported_types[]=status&supported_types[]=added_to_collection',
    'GroupedNotificationsPage',
    token,
  )
  expect(groups.notification_groups.map(({ fallback }: Json) => fallback?.title)).toEqual([
    undefined,
    undefined,
    'B &amp; B sent a report',
    'B &amp; B mentioned you',
  ])

  await t.db.execute(sql`update users set role = 'user' where account_id = ${alice}`)
  await t.db.execute(sql`update statuses set deleted_at = now()`)
  await t.db.execute(sql`delete from collections`)
  expect(await server.get('/api/v1/notifications', '[Notification]', token)).toEqual([])
  expect((await server.get('/api/v2/notifications', 'GroupedNotificationsPage', token)).notification_groups).toEqual([])
  for (const id of [report.id, mention.id])
    expect((await server.call('GET', `/api/v1/notifications/${id}`, { token })).status).toBe(404)
})

test('every endpoint to dismiss one or several notifications works', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const [token, ofBob] = [await tokenOf(t.app, alice), await tokenOf(t.app, bob)]
  for (let i = 0; i < 6; i++) await status(t, bob, { text: `Number ${i} for @alice` })
  const list = async () =>
    (await server.get('/api/v1/notifications', '[Notification]', token)).map(({ id }: Json) => id)
  const [a, b, c, d, e, f] = await list()
  expect((await server.call('POST', `/api/v1/notifications/${a}/dismiss`, { token: ofBob })).status).toBe(404)
  await server.post(`/api/v1/notifications/${a}/dismiss`, 'Empty', token)
  await server.post(`/api/v1/notifications/dismiss`, 'Empty', token, { id: b })
  await server.call('DELETE', `/api/v1/notifications/${c}`, { token })
  await server.call('DELETE', `/api/v1/notifications/destroy_multiple?ids[]=${d}&ids[]=${e}&ids[]=99`, { token })
  expect(await list()).toEqual([f])
  await server.post(`/api/v2/notifications/ungrouped-${f}/dismiss`, 'Empty', token)
  expect(await list()).toEqual([])
})

test('a notification policy and its requests are managed through both versions of the API', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const [alice, bob, dave] = [
    await localAccount(t, 'alice'),
    await localAccount(t, 'bob'),
    await localAccount(t, 'dave'),
  ]
  const token = await tokenOf(t.app, alice)
  expect(await server.get('/api/v2/notifications/policy', 'NotificationPolicy', token)).toMatchObject({
    for_not_following: 'accept',
    for_limited_accounts: 'filter',
  })
  const changed = await server.call('PATCH', '/api/v2/notifications/policy', {
    token,
    body: { for_not_following: 'filter', for_new_accounts: 'drop' },
  })
  expect(changed.body).toMatchObject({
    for_not_following: 'filter',
    for_new_accounts: 'drop',
    for_not_followers: 'accept',
  })
  expect(
    (await server.call('PATCH', '/api/v2/notifications/policy', { token, body: { for_not_following: 'no' } })).status,
  ).toBe(422)
  expect(
    (
      await server.call('PUT', '/api/v1/notifications/policy', {
        token,
        body: new URLSearchParams({ filter_new_accounts: 'false' }),
      })
    ).body,
  ).toMatchObject({ filter_not_following: true, filter_new_accounts: false })

  for (const by of [bob, dave]) await status(t, by, { text: 'Hello @alice' })
  expect(await server.get('/api/v1/notifications', '[Notification]', token)).toEqual([])
  expect((await server.get(`/api/v1/notifications?account_id=${bob}`, '[Notification]', token))[0]).toMatchObject({
    type: 'mention',
    filtered: true,
  })
  expect(
    (await server.get('/api/v2/notifications?include_filtered=true', 'GroupedNotificationsPage', token))
      .notification_groups,
  ).toHaveLength(2)
  expect((await server.get('/api/v1/notifications/policy', 'V1_NotificationPolicy', token)).summary).toEqual({
    pending_requests_count: 2,
    pending_notifications_count: 2,
  })

  const first = await server.call('GET', '/api/v1/notifications/requests?limit=1', { token })
  const [ofDave] = first.body
  const [ofBob] = await server.get(pageOf(first.headers.get('Link'), 'next')!, '[NotificationRequest]', token)
  expect([ofDave.account.username, ofBob.account.username, ofBob.notifications_count]).toEqual(['dave', 'bob', '1'])
  expect(await server.get(`/api/v1/notifications/requests/${ofBob.id}`, 'NotificationRequest', token)).toEqual(ofBob)
  await server.post('/api/v1/notifications/requests/accept', 'Empty', token, { id: [ofBob.id] })
  expect(await server.get('/api/v1/notifications/requests/merged', 'MergedState', token)).toEqual({ merged: true })
  await server.post(`/api/v1/notifications/requests/${ofDave.id}/dismiss`, 'Empty', token)
  expect((await server.call('POST', `/api/v1/notifications/requests/${ofDave.id}/accept`, { token })).status).toBe(404)
  expect((await server.call('POST', '/api/v1/notifications/requests/accept', { token })).status).toBe(200)
  expect(
    (await server.get('/api/v1/notifications?include_filtered=true', '[Notification]', token)).map(
      ({ account }: Json) => account.username,
    ),
  ).toEqual(['bob'])
})
