/** Relationships between accounts, as apps see and change them. */
import { expect, test } from 'vitest'
import { updateProfile } from '#src/accounts/profile/profile.ts'
import { createFilled } from '#src/reading/collections/add.ts'
import { block, unblock } from '#src/relationships/block.ts'
import { mute } from '#src/relationships/mute.ts'
import { localAccount, makeFollow, remoteAccount, status, suspend } from '../cast.ts'
import { database } from '../database.ts'
import { problemsOf } from './schemas.ts'
import { type Json, serve, tokenOf } from './server.ts'

const ids = (list: Json[]) => list.map(({ id }) => id)

test('an app can follow with options, mute for a time, write notes and endorse', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const token = await tokenOf(t.app, alice)
  const act = (verb: string, body?: object) =>
    server.post(`/api/v1/accounts/${bob}/${verb}`, 'Relationship', token, body)

  expect(
    await act(
      'follow',
      new URLSearchParams([
        ['notify', 'true'],
        ['languages[]', 'de'],
        ['languages[]', 'en'],
      ]),
    ),
  ).toMatchObject({ following: true, showing_reblogs: true, notifying: true, languages: ['de', 'en'] })
  expect(await act('follow', { reblogs: false })).toMatchObject({
    showing_reblogs: false,
    notifying: true,
    languages: ['de', 'en'],
  })
  expect(await act('follow', new URLSearchParams([['languages[]', '']]))).toMatchObject({ languages: null })
  expect(await act('note', { comment: 'Met in Ulm' })).toMatchObject({ note: 'Met in Ulm' })
  expect(await act('note')).toMatchObject({ note: '' })
  expect(await act('endorse')).toMatchObject({ endorsed: true })
  expect(ids(await server.get(`/api/v1/accounts/${alice}/endorsements`, '[Account]'))).toEqual([bob])
  expect(ids(await server.get('/api/v1/endorsements', '[Account]', token))).toEqual([bob])
  const unpinned = await server.call('POST', `/api/v1/accounts/${bob}/unpin`, { token })
  expect(unpinned.body).toMatchObject({ endorsed: false })
  expect(unpinned.headers.get('Deprecation')).toMatch(/^@\d+$/)

  const muted = await act('mute', { duration: '600', notifications: 'false' })
  expect(muted).toMatchObject({ muting: true, muting_notifications: false })
  const [listed] = await server.get('/api/v1/mutes', '[MutedAccount]', token)
  expect(listed).toMatchObject({ id: bob, mute_expires_at: muted.muting_expires_at })
  expect(await act('unmute')).toMatchObject({ muting: false, muting_expires_at: null })
  expect(await act('mute', { duration: 0 })).toMatchObject({ muting: true, muting_expires_at: null })
  expect(await act('block')).toMatchObject({ blocking: true, following: false })
  expect(ids(await server.get('/api/v1/blocks', '[Account]', token))).toEqual([bob])
})

test('lists of relationships are paged by the relationship’s id, as their Link header says', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const alice = await localAccount(t, 'alice')
  const token = await tokenOf(t.app, alice)
  const others = await Promise.all(['bob', 'carol', 'dave'].map((username) => localAccount(t, username)))
  for (const other of [2, 0, 1]) await t.db.transaction((tx) => mute(tx, alice, others[other]!))
  const seen: string[] = []
  let path: string | undefined = '/api/v1/mutes?limit=2'
  while (path) {
    const answer = await server.call('GET', path, { token })
    seen.push(...ids(answer.body))
    path = /<https:\/\/pipit\.test([^>]+)>; rel="next"/.exec(answer.headers.get('Link') ?? '')?.[1]
  }
  expect(seen).toEqual([others[1], others[0], others[2]])
})

test('an app manages lists, in each encoding that apps use', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const [alice, bob, carol] = [
    await localAccount(t, 'alice'),
    await localAccount(t, 'bob'),
    await localAccount(t, 'carol'),
  ]
  const token = await tokenOf(t.app, alice)
  await makeFollow(t, alice, bob)
  expect((await server.call('POST', '/api/v1/lists', { token, body: {} })).status).toBe(400)
  const list = await server.post('/api/v1/lists', 'List', token, { title: 'Close', replies_policy: 'none' })
  expect(list).toMatchObject({ title: 'Close', replies_policy: 'none', exclusive: false })
  const path = `/api/v1/lists/${list.id}`
  const change = (method: string, body: object, where = path) => server.call(method, where, { token, body })

  expect((await change('PUT', { title: 'Closer', exclusive: true })).body).toMatchObject({
    title: 'Closer',
    exclusive: true,
    replies_policy: 'none',
  })
  expect((await change('PUT', { replies_policy: 'nobody' })).status).toBe(422)
  expect((await change('POST', { account_ids: [carol] }, `${path}/accounts`)).status).toBe(404)
  expect((await change('POST', new URLSearchParams([['account_ids[]', bob]]), `${path}/accounts`)).body).toEqual({})
  expect((await change('POST', { account_ids: bob }, `${path}/accounts`)).status).toBe(422)
  expect(ids(await server.get(`${path}/accounts?limit=0`, '[Account]', token))).toEqual([bob])
  expect(ids(await server.get(`/api/v1/accounts/${bob}/lists`, '[List]', token))).toEqual([list.id])
  const post = await status(t, bob)
  expect(ids(await server.get(`/api/v1/timelines/list/${list.id}`, '[Status]', token))).toEqual([post])
  expect(await server.get('/api/v1/timelines/home', '[Status]', token)).toEqual([])
  expect((await change('DELETE', new URLSearchParams([['account_ids[]', bob]]), `${path}/accounts`)).body).toEqual({})
  expect(ids(await server.get('/api/v1/timelines/home', '[Status]', token))).toEqual([post])

  const stranger = await tokenOf(t.app, carol)
  for (const [method, where] of [
    ['GET', path],
    ['GET', `${path}/accounts`],
    ['GET', `/api/v1/timelines/list/${list.id}`],
    ['DELETE', path],
  ] as const) {
    expect((await server.call(method, where, { token: stranger })).status).toBe(404)
  }
  expect((await change('DELETE', {})).body).toEqual({})
  expect(await server.get('/api/v1/lists', '[List]', token)).toEqual([])
})

test('an app can follow and feature hashtags, also unused ones', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const alice = await localAccount(t, 'alice')
  const token = await tokenOf(t.app, alice)
  expect((await server.call('GET', '/api/v1/tags/Caf%C3%A9')).body).toEqual({
    id: '0',
    name: 'Café',
    url: 'https://pipit.test/tags/caf%C3%A9',
    history: [],
  })
  const tag = await server.post('/api/v1/tags/Caf%C3%A9/follow', 'Tag', token)
  expect(tag).toMatchObject({ name: 'Café', following: true, featuring: false })
  expect(ids(await server.get('/api/v1/followed_tags', '[Tag]', token))).toEqual([tag.id])
  expect((await server.call('POST', '/api/v1/tags/CAFÉ/unfollow', { token })).body).toMatchObject({
    name: 'CAFÉ',
    following: false,
  })
  expect((await server.call('GET', '/api/v1/tags/no%20tag')).status).toBe(404)

  await status(t, alice, { text: '#tea please' })
  expect((await server.get('/api/v1/featured_tags/suggestions', '[Tag]', token)).map(({ name }: Json) => name)).toEqual(
    ['tea'],
  )
  const featured = await server.post('/api/v1/featured_tags', 'FeaturedTag', token, { name: '#Tea' })
  expect(featured).toMatchObject({
    name: 'Tea',
    statuses_count: '1',
    last_status_at: new Date().toISOString().slice(0, 10),
  })
  expect(await server.get(`/api/v1/accounts/${alice}/featured_tags`, '[FeaturedTag]')).toEqual([featured])
  expect(await server.get('/api/v1/tags/tea', 'Tag', token)).toMatchObject({ featuring: true })
  expect((await server.call('DELETE', `/api/v1/featured_tags/${featured.id}`, { token })).body).toEqual({})
  expect(await server.post('/api/v1/tags/milk/feature', 'Tag', token)).toMatchObject({ featuring: true })
  expect(await server.post('/api/v1/tags/milk/unfeature', 'Tag', token)).toMatchObject({ featuring: false })
})

test('an app can block domains, by form or query', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const alice = await localAccount(t, 'alice')
  const token = await tokenOf(t.app, alice)
  await makeFollow(t, alice, await remoteAccount(t, 'rita'))
  expect(await server.get('/api/v1/domain_blocks/preview?domain=remote.test', 'DomainBlockPreview', token)).toEqual({
    following_count: 1,
    followers_count: 0,
  })
  for (const domain of ['remote.test', 'BÜCHER.example']) {
    expect(
      (await server.call('POST', '/api/v1/domain_blocks', { token, body: new URLSearchParams({ domain }) })).body,
    ).toEqual({})
  }
  expect((await server.call('GET', '/api/v1/domain_blocks', { token })).body).toEqual([
    'xn--bcher-kva.example',
    'remote.test',
  ])
  expect((await server.call('POST', '/api/v1/domain_blocks', { token, body: { domain: 'no host' } })).status).toBe(422)
  await server.call('DELETE', '/api/v1/domain_blocks?domain=remote.test', { token })
  await server.call('DELETE', '/api/v1/domain_blocks', {
    token,
    body: new URLSearchParams({ domain: 'bücher.example' }),
  })
  expect((await server.call('GET', '/api/v1/domain_blocks', { token })).body).toEqual([])
})

test('an app manages collections, and a member may leave a collection', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const [alice, bob, carol] = [
    await localAccount(t, 'alice'),
    await localAccount(t, 'bob'),
    await localAccount(t, 'carol'),
  ]
  const [token, other] = [await tokenOf(t.app, alice), await tokenOf(t.app, bob)]
  const { collection } = await server.post('/api/v1/collections', 'WrappedCollection', token, {
    name: ' Go\u202Eod',
    tag_name: '#Tea',
    account_ids: [bob],
  })
  expect(collection).toMatchObject({
    name: 'Good',
    account_id: alice,
    tag: { name: 'Tea' },
    item_count: 1,
    local: true,
    discoverable: true,
  })
  const path = `/api/v1/collections/${collection.id}`
  const { collection_item: item } = await server.post(`${path}/items`, 'WrappedCollectionItem', token, {
    account_id: carol,
  })
  expect(ids((await server.get(path, 'CollectionWithAccounts')).accounts).toSorted()).toEqual(
    [alice, bob, carol].toSorted(),
  )
  expect(ids((await server.get(`/api/v1/accounts/${alice}/collections`, 'Collections')).collections)).toEqual([
    collection.id,
  ])
  expect(ids((await server.get(`/api/v1/accounts/${bob}/in_collections`, 'Collections', other)).collections)).toEqual([
    collection.id,
  ])

  const changed = await server.call('PATCH', path, {
    token,
    body: { name: 'Better', discoverable: 'false', tag_name: '' },
  })
  expect(problemsOf('WrappedCollection', changed.body)).toEqual([])
  expect(changed.body.collection).toMatchObject({ name: 'Better', discoverable: false, tag: null })
  expect((await server.get(`/api/v1/accounts/${alice}/collections`, 'Collections', other)).collections).toEqual([])
  expect((await server.call('PATCH', path, { token: other, body: { name: 'Mine' } })).status).toBe(404)

  expect((await server.call('POST', `${path}/items/${collection.items[0].id}/revoke`, { token: other })).body).toEqual(
    {},
  )
  expect((await server.call('DELETE', `${path}/items/${item.id}`, { token })).body).toEqual({})
  expect((await server.get(path, 'CollectionWithAccounts')).collection.item_count).toBe(0)
  expect((await server.call('DELETE', path, { token })).body).toEqual({})
  expect((await server.call('GET', path)).status).toBe(404)
})

test('nobody learns which collections a blocker or a suspended account is in', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const [alice, bob, carol] = [
    await localAccount(t, 'alice'),
    await localAccount(t, 'bob'),
    await localAccount(t, 'carol'),
  ]
  await updateProfile(t.app, bob, { isDiscoverable: true })
  await createFilled(t.app, alice, { name: 'Bakers' }, [bob])
  const token = await tokenOf(t.app, carol)
  const seen = async () =>
    (await server.get(`/api/v1/accounts/${bob}/in_collections`, 'Collections', token)).collections.length as number
  expect(await seen()).toBe(1)
  await t.db.transaction((tx) => block(tx, t.app.uris, bob, carol))
  expect(await seen()).toBe(0)
  await t.db.transaction((tx) => unblock(tx, bob, carol))
  expect(await seen()).toBe(1)
  await suspend(t, bob)
  expect(await seen()).toBe(0)
})

test('apps find people: suggestions of both versions, the directory, familiar followers', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const [alice, bob, carol] = [
    await localAccount(t, 'alice'),
    await localAccount(t, 'bob'),
    await localAccount(t, 'carol'),
  ]
  const token = await tokenOf(t.app, alice)
  await makeFollow(t, alice, bob)
  await makeFollow(t, bob, carol)
  await status(t, carol)
  expect(await server.get('/api/v2/suggestions', '[Suggestion]', token)).toMatchObject([
    { source: 'global', sources: ['most_followed'], account: { id: carol } },
  ])
  expect(ids(await server.get('/api/v1/suggestions?limit=1', '[Account]', token))).toEqual([carol])
  expect(
    await server.get(`/api/v1/accounts/familiar_followers?id[]=${carol}&id[]=1`, '[FamiliarFollowers]', token),
  ).toMatchObject([{ id: carol, accounts: [{ id: bob }] }])
  expect((await server.call('DELETE', `/api/v1/suggestions/${carol}`, { token })).body).toEqual({})
  expect(await server.get('/api/v2/suggestions', '[Suggestion]', token)).toEqual([])
  expect(ids(await server.get('/api/v1/directory?local=true', '[Account]'))).toEqual([carol])
  expect(await server.get('/api/v1/directory?order=new&offset=2', '[Account]')).toHaveLength(1)
})
