import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { updateProfile } from '#src/accounts/profile/profile.ts'
import { visitAccount } from '#src/incoming/refresh-accounts.ts'
import type { AccountId, CollectionId } from '#src/platform/ids.ts'
import { revokeFromCollection } from '#src/reading/collections/items.ts'
import { remoteLimits } from '#src/reading/collections/receive.ts'
import { collectionsOf, collectionsWith, loadCollectionViews } from '#src/reading/collections/views.ts'
import { loadNotificationPage } from '#src/reading/notifications/page.ts'
import { search } from '#src/reading/search.ts'
import { block } from '#src/relationships/block.ts'
import { blockDomain } from '#src/relationships/domain-block.ts'
import { localAccount, makeFollow, suspend } from '../cast.ts'
import { makeDue } from '../jobs/run.ts'
import {
  authorizationBy,
  collectionOf,
  everything,
  featured,
  fetchJson,
  itemOf,
  known,
  lastOf,
  post,
  receive,
  sent,
  withOwner,
} from './collections.ts'
import type { PeerActor } from './peer.ts'
import { type Scene, scene } from './setup.ts'

/** The collections of an actor that somebody here sees, with the handles of the people in them. */
async function shownOf(s: Scene, actor: PeerActor, viewer: AccountId | null = null) {
  const ids = await collectionsOf(s.t.db, viewer, await known(s, actor), everything)
  const views = await loadCollectionViews(s.t.db, viewer, ids)
  const { rows } = await s.t.db.execute<{ id: string; username: string }>(sql`select id::text, username from accounts`)
  const nameOf = (id: AccountId) => rows.find((row) => row.id === id)?.username
  return views.map(({ name, items }) => [name, ...items.map(({ accountId }) => nameOf(accountId))])
}

const types = async (s: Scene, account: AccountId) =>
  (await loadNotificationPage(s.t.db, account, {}, { limit: 40 })).views.map(({ type }) => type)

test('a request is answered with an authorization that anybody can fetch, until the person leaves', async () => {
  await using s = await scene()
  const { alice, olga, aliceUri } = await withOwner(s)
  const collection = collectionOf(s, olga, [])
  const request = { type: 'FeatureRequest', id: `${olga.uri}/requests/1`, object: aliceUri, instrument: collection.id }
  await receive(s, olga, request)
  const accept = lastOf(s, 'Accept')
  expect(accept).toMatchObject({ actor: aliceUri, to: [olga.uri], object: request.id })
  expect(await fetchJson(s, accept.result!)).toMatchObject({
    type: 'FeatureAuthorization',
    interactingObject: collection.id,
    interactionTarget: aliceUri,
  })
  expect(await types(s, alice)).toEqual(['added_to_collection'])
  expect(await shownOf(s, olga)).toEqual([['Birders', 'alice']])

  // A repeat changes nothing; a new request is granted again, with the same authorization.
  await receive(s, olga, request)
  expect(sent(s).filter(({ type }) => type === 'Accept')).toHaveLength(1)
  await receive(s, olga, { ...request, id: `${olga.uri}/requests/2` })
  expect(lastOf(s, 'Accept')).toMatchObject({ object: `${olga.uri}/requests/2`, result: accept.result })
  expect(await types(s, alice)).toEqual(['added_to_collection'])

  // The published item is the one that was granted.
  const item = itemOf(olga, aliceUri, accept.result!)
  await receive(s, olga, { type: 'Add', object: item, target: collection.id })
  expect(await shownOf(s, olga)).toEqual([['Birders', 'alice']])

  const [id] = await collectionsWith(s.t.db, alice, alice, everything)
  const [view] = await loadCollectionViews(s.t.db, alice, [id!])
  await s.t.db.transaction((tx) => revokeFromCollection(tx, alice, id!, view!.items[0]!.id))
  await s.work()
  expect(lastOf(s, 'Delete')).toMatchObject({ actor: aliceUri, object: accept.result })
  expect(await fetchJson(s, accept.result!)).toBe(410)
  expect([await shownOf(s, olga), await types(s, alice)]).toEqual([[['Birders']], []])
  await receive(s, olga, { ...request, id: `${olga.uri}/requests/3` })
  expect(lastOf(s, 'Reject')).toMatchObject({ actor: aliceUri, object: `${olga.uri}/requests/3` })
  await receive(s, olga, { type: 'Add', object: item, target: collection.id })
  expect(await shownOf(s, olga)).toEqual([['Birders']])
})

test('requests are rejected for people who don’t want to be suggested or are blocked, and for collections of others', async () => {
  await using s = await scene()
  const { alice, olga, aliceUri } = await withOwner(s)
  const mallory = s.peer.actor('mallory', featured())
  const collection = collectionOf(s, olga, [])
  const ask = async (actor: PeerActor, instrument: string) => {
    const id = `${actor.uri}/requests/${crypto.randomUUID()}`
    await receive(s, actor, { type: 'FeatureRequest', id, object: aliceUri, instrument })
    return sent(s).find(({ type, object }) => (type === 'Accept' || type === 'Reject') && object === id)?.type
  }
  expect(await ask(mallory, collection.id)).toBe('Reject')
  expect(await ask(mallory, 'https://elsewhere.test/collections/1')).toBeUndefined()
  s.peer.documents.set('/users/olga/gone', 410)
  expect(await ask(olga, `${olga.uri}/gone`)).toBe('Reject')
  await s.t.db.execute(sql`update accounts set is_locked = true where id = ${alice}`)
  expect(await ask(olga, collection.id)).toBe('Reject')
  await makeFollow(s.t, await known(s, olga), alice)
  expect(await ask(olga, collectionOf(s, olga, []).id)).toBe('Accept')
  await s.t.db.execute(sql`update accounts set is_locked = false where id = ${alice}`)
  await updateProfile(s.t.app, alice, { isDiscoverable: false })
  expect(await ask(olga, collection.id)).toBe('Reject')
  await updateProfile(s.t.app, alice, { isDiscoverable: true })
  expect(await ask(olga, collection.id)).toBe('Accept')
  await s.t.db.transaction(async (tx) => block(tx, s.t.app.uris, alice, await known(s, olga)))
  expect(await ask(olga, collectionOf(s, olga, []).id)).toBe('Reject')
  expect(await collectionsWith(s.t.db, alice, alice, everything)).toEqual([])
})

test('who blocks a server leaves the collections there', async () => {
  await using s = await scene()
  const { alice, olga, aliceUri } = await withOwner(s)
  const collection = collectionOf(s, olga, [])
  await receive(s, olga, { type: 'FeatureRequest', object: aliceUri, instrument: collection.id })
  const { result } = lastOf(s, 'Accept')
  await s.t.db.transaction((tx) => blockDomain(tx, s.t.app.uris, alice, s.peer.host))
  await s.work()
  expect(lastOf(s, 'Delete')).toMatchObject({ object: result })
  expect(await fetchJson(s, result!)).toBe(404)
})

test('collections of a suspended server are neither shown nor taken, and consents to be in them don’t stand', async () => {
  await using s = await scene()
  const { alice, olga, list, aliceUri } = await withOwner(s)
  const collection = collectionOf(s, olga, [])
  await receive(s, olga, { type: 'FeatureRequest', object: aliceUri, instrument: collection.id })
  const { result } = lastOf(s, 'Accept')
  await suspend(s.t, await known(s, olga))
  expect(await shownOf(s, olga)).toEqual([])
  expect(await loadCollectionViews(s.t.db, alice, await collectionsWith(s.t.db, alice, alice, everything))).toEqual([])
  expect(await fetchJson(s, result!)).toBe(404)
  await receive(s, olga, { type: 'Add', object: collectionOf(s, olga, []), target: list })
  await receive(s, olga, { type: 'FeatureRequest', object: aliceUri, instrument: collectionOf(s, olga, []).id })
  const { rows } = await s.t.db.execute<{ n: number }>(sql`select count(*)::int as n from collections`)
  expect(rows[0]?.n).toBe(1)
  expect(sent(s).filter(({ type }) => type === 'Accept')).toHaveLength(1)
})

test('a collection of a followed person shows those in it who agreed on their own server', async () => {
  await using s = await scene()
  const { alice, olga, list, aliceUri } = await withOwner(s)
  const [bob, carol, dave, erin] = ['bob', 'carol', 'dave', 'erin'].map((name) => s.peer.actor(name)) as [
    PeerActor,
    PeerActor,
    PeerActor,
    PeerActor,
  ]
  const collection = collectionOf(s, olga, [], { topic: { type: 'Hashtag', name: '#birds' } })
  const whole = {
    ...collection,
    orderedItems: [
      itemOf(olga, carol.uri, authorizationBy(s, carol, collection.id)),
      itemOf(olga, bob.uri, authorizationBy(s, bob, collection.id)),
      // Not agreed: no authorization, one of somebody else, one for another collection, and one of another origin.
      itemOf(olga, dave.uri, null),
      itemOf(olga, dave.uri, authorizationBy(s, bob, collection.id)),
      itemOf(olga, erin.uri, authorizationBy(s, erin, `${collection.id}0`)),
      itemOf(olga, erin.uri, 'https://elsewhere.test/authorizations/1'),
      itemOf(olga, aliceUri, s.t.app.uris.activity('feature-authorizations', '1')),
      { ...itemOf(olga, erin.uri, authorizationBy(s, erin, collection.id)), id: 'https://elsewhere.test/items/1' },
    ],
  }
  await receive(s, olga, { type: 'Add', object: whole, target: list })
  expect(await shownOf(s, olga)).toEqual([['Birders', 'carol', 'bob']])
  const [id] = await collectionsOf(s.t.db, alice, await known(s, olga), everything)
  const [view] = await loadCollectionViews(s.t.db, alice, [id!])
  expect(view).toMatchObject({
    uri: collection.id,
    url: collection.url,
    isLocal: false,
    description: 'Who knows birds',
    tag: { name: 'birds' },
    updatedAt: new Date('2026-01-02T00:00:00Z'),
  })

  // Only the owner changes it, and an older state doesn’t replace a newer one.
  const changed = {
    ...whole,
    name: 'Owls',
    updated: '2026-01-03T00:00:00Z',
    orderedItems: whole.orderedItems.slice(0, 2).toReversed(),
  }
  const mallory = s.peer.actor('mallory')
  await known(s, mallory)
  await receive(s, mallory, { type: 'Update', object: { ...changed, name: 'Mine' } })
  await receive(s, mallory, { type: 'Update', object: { ...changed, name: 'Mine', attributedTo: mallory.uri } })
  await receive(s, mallory, { type: 'Remove', object: collection.id, target: list })
  await receive(s, mallory, { type: 'Delete', object: collection.id })
  expect(await shownOf(s, olga)).toEqual([['Birders', 'carol', 'bob']])
  await receive(s, olga, { type: 'Update', object: changed })
  expect(await shownOf(s, olga)).toEqual([['Owls', 'bob', 'carol']])
  await receive(s, olga, { type: 'Update', object: { ...whole, updated: '2026-01-01T00:00:00Z' } })
  expect(await shownOf(s, olga)).toEqual([['Owls', 'bob', 'carol']])

  const added = itemOf(olga, dave.uri, authorizationBy(s, dave, collection.id))
  await receive(s, olga, { type: 'Add', object: added, target: collection.id })
  expect(await shownOf(s, olga)).toEqual([['Owls', 'bob', 'carol', 'dave']])
  await receive(s, mallory, { type: 'Remove', object: added.id, target: collection.id })
  await receive(s, olga, { type: 'Remove', object: whole.orderedItems[1]!.id, target: collection.id })
  expect(await shownOf(s, olga)).toEqual([['Owls', 'carol', 'dave']])
  await receive(s, dave, { type: 'Delete', object: added.featureAuthorization })
  expect(await shownOf(s, olga)).toEqual([['Owls', 'carol']])

  await receive(s, olga, { type: 'Remove', object: collection.id, target: list })
  expect(await shownOf(s, olga)).toEqual([])
})

test('a changed collection notifies the local people in it', async () => {
  await using s = await scene()
  const { alice, olga, aliceUri } = await withOwner(s)
  const collection = collectionOf(s, olga, [])
  await receive(s, olga, { type: 'FeatureRequest', object: aliceUri, instrument: collection.id })
  const item = itemOf(olga, aliceUri, lastOf(s, 'Accept').result!)
  const whole = { ...collection, orderedItems: [item], updated: '2026-02-01T00:00:00Z' }
  await receive(s, olga, { type: 'Update', object: whole })
  expect(await types(s, alice)).toEqual(['added_to_collection'])
  await receive(s, olga, { type: 'Update', object: { ...whole, name: 'Fools', updated: '2026-02-02T00:00:00Z' } })
  await receive(s, olga, { type: 'Update', object: { ...whole, name: 'More fools', updated: '2026-02-03T00:00:00Z' } })
  expect(await types(s, alice)).toEqual(['collection_update', 'added_to_collection'])
  expect(await shownOf(s, olga)).toEqual([['More fools', 'alice']])
  // Without the item, the person is no longer in it, and needs no notification.
  await receive(s, olga, { type: 'Update', object: { ...whole, orderedItems: [], updated: '2026-02-04T00:00:00Z' } })
  expect(await shownOf(s, olga)).toEqual([['Birders']])
  expect(await types(s, alice)).not.toContain('added_to_collection')
})

test('the list of a followed person is read page by page, and what it no longer has is forgotten', async () => {
  await using s = await scene()
  const { olga, read } = await withOwner(s)
  const bob = s.peer.actor('bob')
  const made = [collectionOf(s, olga, [], { name: 'A' }), collectionOf(s, olga, [], { name: 'B' })]
  const named = collectionOf(s, olga, [], { name: 'C' })
  const item = itemOf(olga, bob.uri, authorizationBy(s, bob, named.id))
  named.orderedItems.push(item.id as never)
  s.peer.documents.set(new URL(item.id).pathname, item)
  s.peer.collection('/users/olga/collections', [...made, named.id, 'https://elsewhere.test/collections/1'], {
    perPage: 2,
  })
  await read()
  expect((await shownOf(s, olga)).toSorted()).toEqual([['A'], ['B'], ['C', 'bob']])
  s.peer.collection('/users/olga/collections', [made[1]], { perPage: 2 })
  await read()
  expect(await shownOf(s, olga)).toEqual([['B']])
})

test('whoever opens the profile of somebody whom nobody here follows sees the collections on it', async () => {
  await using s = await scene()
  const uri = `${s.peer.origin}/users/stranger/collections`
  const stranger = s.peer.actor('stranger', { featuredCollections: uri })
  s.peer.collection('/users/stranger/collections', [collectionOf(s, stranger, [])])
  // Its posts are read, too, but its collections only once.
  expect(await visitAccount(s.t.db, await known(s, stranger))).toBe(true)
  await s.work()
  expect(await shownOf(s, stranger)).toEqual([['Birders']])
  expect(s.peer.fetched.filter((path) => path === '/users/stranger/collections')).toHaveLength(1)
})

test('limits hold for collections of one account, for the people in one, and for texts', async () => {
  await using s = await scene()
  const { olga, list, alice } = await withOwner(s)
  const people = Array.from({ length: 30 }, (_, i) => s.peer.actor(`p${i}`))
  const big = collectionOf(s, olga, [], { name: 'N'.repeat(5_000), summary: 'S'.repeat(50_000) })
  big.orderedItems = people.map((person) => itemOf(olga, person.uri, authorizationBy(s, person, big.id)))
  await receive(s, olga, { type: 'Add', object: big, target: list })
  const [id] = await collectionsOf(s.t.db, alice, await known(s, olga), everything)
  const [view] = await loadCollectionViews(s.t.db, null, [id!])
  expect([view?.name.length, view?.description.length, view?.items.length]).toEqual([100, 500, 25])
  const further = itemOf(olga, people[29]!.uri, authorizationBy(s, people[29]!, big.id))
  await receive(s, olga, { type: 'Add', object: further, target: big.id })
  expect((await loadCollectionViews(s.t.db, null, [id!]))[0]?.items).toHaveLength(25)
  await s.t.db.execute(sql`
    insert into collections (id, account_id, name, uri)
    select i, (select account_id from collections where id = ${id!}), 'Many', 'https://remote.test/' || i from generate_series(1, ${remoteLimits.collections - 1}) i`)
  await receive(s, olga, { type: 'Add', object: collectionOf(s, olga, []), target: list })
  const total = await s.t.db.execute<{ n: number }>(sql`select count(*)::int as n from collections`)
  expect(total.rows[0]?.n).toBe(remoteLimits.collections)
}, 60_000)

test('collections of people whom nobody here follows are not stored, but found by their address', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const stranger = s.peer.actor('stranger', { featuredCollections: `${s.peer.origin}/users/stranger/collections` })
  await known(s, stranger)
  const collection = collectionOf(s, stranger, [])
  await receive(s, stranger, { type: 'Add', object: collection, target: `${stranger.uri}/collections` })
  await receive(s, stranger, { type: 'Update', object: collection })
  expect(await shownOf(s, stranger)).toEqual([])
  const find = async (url: string, resolve = true) =>
    (await search(s.t.app, alice, url, { limit: 5, resolve })).collections as CollectionId[] | undefined
  expect(await find(collection.id, false)).toBeUndefined()
  const [found] = (await find(collection.id)) ?? []
  expect((await loadCollectionViews(s.t.db, alice, [found!]))[0]).toMatchObject({ name: 'Birders', isLocal: false })
  expect(await find(collection.id, false)).toEqual([found])
  const onlyPosts = await search(s.t.app, alice, collection.id, { limit: 5, resolve: true, type: 'statuses' })
  expect(onlyPosts.collections).toBeUndefined()
  // Nobody passes a collection off as somebody else's.
  const forged = collectionOf(s, stranger, [], { attributedTo: 'https://elsewhere.test/users/victim' })
  expect(await find(forged.id)).toBeUndefined()
})

test('a late Update does not replace a newer one of the same second', async () => {
  await using s = await scene()
  const { olga, list } = await withOwner(s)
  const collection = collectionOf(s, olga, [])
  await receive(s, olga, { type: 'Add', object: collection, target: list })
  const update = (name: string) =>
    post(s, olga, { type: 'Update', object: { ...collection, name, updated: '2026-02-01T00:00:00Z' } })
  await update('Owls')
  await s.t.db.execute(sql`update graphile_worker._private_jobs set run_at = now() + interval '1 hour'`)
  await update('Eagles')
  await s.work()
  await makeDue(s.t)
  await s.work()
  expect(await shownOf(s, olga)).toEqual([['Eagles']])
})
