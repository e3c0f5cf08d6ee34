import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { updateProfile } from '#src/accounts/profile/profile.ts'
import type { AccountId, CollectionId } from '#src/platform/ids.ts'
import { hourMs } from '#src/platform/time.ts'
import { addMember } from '#src/reading/collections/add.ts'
import {
  addToCollection,
  moveInCollection,
  removeFromCollection,
  revokeFromCollection,
} from '#src/reading/collections/items.ts'
import { createCollection, deleteCollection, updateCollection } from '#src/reading/collections/manage.ts'
import { loadCollection } from '#src/reading/collections/views.ts'
import { loadNotificationPage } from '#src/reading/notifications/page.ts'
import { block } from '#src/relationships/block.ts'
import { follow } from '#src/relationships/follow.ts'
import { loadRelationships } from '#src/relationships/views.ts'
import { localAccount, makeFollow } from '../cast.ts'
import { authorizationBy, everybody, featured, fetchJson, known, lastOf, receive, sent } from './collections.ts'
import { type Scene, scene } from './setup.ts'

/** A collection of alice's, whose followers include somebody on the peer's server. */
async function withCollection(s: Scene) {
  const alice = await localAccount(s.t, 'alice')
  const follower = await known(s, s.peer.actor('follower'))
  await makeFollow(s.t, follower, alice)
  const id = await s.t.db.transaction((tx) =>
    createCollection(tx, alice, { name: 'Bakers', description: 'Bread & more' }),
  )
  const add = (who: AccountId) => s.t.db.transaction((tx) => addToCollection(tx, alice, id, who))
  const states = async (viewer: AccountId | null = alice) =>
    (await loadCollection(s.t.db, viewer, id)).items.map(({ state }) => state)
  await s.work()
  return { alice, id, uri: s.t.app.uris.collection(id), add, states }
}

const types = async (s: Scene, account: AccountId) =>
  (await loadNotificationPage(s.t.db, account, {}, { limit: 40 })).views.map(({ type }) => type)

test('a collection goes to followers when it is made, changed and deleted', async () => {
  await using s = await scene()
  const { alice, id, uri } = await withCollection(s)
  const list = s.t.app.uris.featuredCollections(alice)
  const whole = { id: uri, type: 'FeaturedCollection', attributedTo: s.t.app.uris.account(alice), name: 'Bakers' }
  expect(lastOf(s, 'Add')).toMatchObject({
    target: list,
    to: [everybody],
    object: {
      ...whole,
      summary: 'Bread &amp; more',
      discoverable: true,
      sensitive: false,
      totalItems: 0,
      orderedItems: [],
    },
  })
  await s.t.db.transaction((tx) =>
    updateCollection(tx, alice, id, { name: 'Cooks', language: 'en', tagName: 'food', isDiscoverable: false }),
  )
  await s.work()
  expect(lastOf(s, 'Update').object).toMatchObject({
    id: uri,
    name: 'Cooks',
    summaryMap: { en: 'Bread &amp; more' },
    discoverable: false,
    topic: { type: 'Hashtag', name: '#food' },
  })
  // Nobody but the people in it is told of a collection that is not on the profile.
  const before = sent(s).length
  await s.t.db.transaction((tx) => updateCollection(tx, alice, id, { name: 'Hidden' }))
  await s.work()
  expect(sent(s)).toHaveLength(before)
  await s.t.db.transaction((tx) => updateCollection(tx, alice, id, { isDiscoverable: true }))
  await s.work()
  expect(lastOf(s, 'Add')).toMatchObject({ target: list, object: { name: 'Hidden' } })
  await s.t.db.transaction((tx) => deleteCollection(tx, alice, id))
  await s.work()
  expect(lastOf(s, 'Remove')).toMatchObject({ object: uri, target: list })
})

test('a remote person is asked, and shown once their own server confirms the consent to this very collection', async () => {
  await using s = await scene()
  const { alice, id, uri, add, states } = await withCollection(s)
  const bob = s.peer.actor('bob', featured())
  const item = await add(await known(s, bob))
  await s.work()
  const request = lastOf(s, 'FeatureRequest')
  expect(request).toMatchObject({ actor: s.t.app.uris.account(alice), object: bob.uri, instrument: uri, to: [bob.uri] })
  expect(await states()).toEqual(['pending'])
  expect(await states(null)).toEqual([])

  const mallory = s.peer.actor('mallory', featured())
  await known(s, mallory)
  const good = authorizationBy(s, bob, uri)
  await receive(s, mallory, { type: 'Accept', object: request.id, result: good })
  await receive(s, bob, { type: 'Accept', object: request.id })
  await receive(s, bob, { type: 'Accept', object: request.id, result: authorizationBy(s, bob, `${uri}0`) })
  await receive(s, bob, { type: 'Accept', object: request.id, result: authorizationBy(s, mallory, uri) })
  await receive(s, bob, { type: 'Accept', object: request.id, result: 'https://elsewhere.test/authorization' })
  expect(await states()).toEqual(['pending'])

  await receive(s, bob, {
    type: 'Accept',
    object: { type: 'FeatureRequest', object: bob.uri, instrument: uri },
    result: good,
  })
  expect(await states(null)).toEqual(['accepted'])
  const itemUri = s.t.app.uris.activity('collection-items', item)
  const shown = {
    id: itemUri,
    type: 'FeaturedItem',
    featuredObject: bob.uri,
    featuredObjectType: 'Person',
    featureAuthorization: good,
  }
  expect(lastOf(s, 'Add')).toMatchObject({ target: uri, object: shown })
  expect(await fetchJson(s, uri)).toMatchObject({ totalItems: 1, orderedItems: [shown] })
  expect(await fetchJson(s, itemUri)).toMatchObject(shown)

  // Only the account itself takes its consent back.
  await receive(s, mallory, { type: 'Delete', object: good })
  expect(await states()).toEqual(['accepted'])
  await receive(s, bob, { type: 'Delete', object: { id: good, type: 'FeatureAuthorization' } })
  expect(await states()).toEqual([])
  expect(lastOf(s, 'Remove')).toMatchObject({ object: itemUri, target: uri })
  await expect(add(await known(s, bob))).rejects.toMatchObject({ code: 'not_permitted' })
  expect((await s.t.db.transaction((tx) => loadCollection(tx, alice, id))).items).toEqual([])
})

test('a person who did not answer is asked again when they are added again', async () => {
  await using s = await scene()
  const { alice, id, uri, add, states } = await withCollection(s)
  const bob = s.peer.actor('bob', featured())
  const bobHere = await known(s, bob)
  const item = await add(bobHere)
  await s.work()
  expect(await addMember(s.t.app, alice, id, bobHere)).toBe(item)
  await s.work()
  const asked = sent(s).filter(({ type }) => type === 'FeatureRequest')
  expect(new Set(asked.map((request) => request.id)).size).toBe(2)
  await s.t.db.execute(sql`update accounts set can_feature = '{}' where id = ${bobHere}`)
  await expect(addMember(s.t.app, alice, id, bobHere)).rejects.toMatchObject({ code: 'not_permitted' })
  await receive(s, bob, { type: 'Accept', object: asked[1]!.id, result: authorizationBy(s, bob, uri) })
  expect(await states()).toEqual(['accepted'])
})

test('a person who rejects a request is not asked again, and one whose server states no policy is not asked at all', async () => {
  await using s = await scene()
  const { add, states } = await withCollection(s)
  const [bob, silent, followed] = [
    s.peer.actor('bob', featured()),
    s.peer.actor('silent'),
    s.peer.actor('followed', {
      interactionPolicy: { canFeature: { manualApproval: `${s.peer.origin}/users/followed/followers` } },
    }),
  ]
  await add(await known(s, bob))
  await s.work()
  await receive(s, bob, { type: 'Reject', object: lastOf(s, 'FeatureRequest').id })
  expect(await states()).toEqual([])
  await expect(add(await known(s, bob))).rejects.toMatchObject({ code: 'not_permitted' })
  for (const actor of [silent, followed])
    await expect(add(await known(s, actor))).rejects.toThrow('doesn’t let you put it into collections')
})

test('an answer to a request is none to a follow, although its copy names the same accounts', async () => {
  await using s = await scene()
  const { alice, uri, add, states } = await withCollection(s)
  const bob = s.peer.actor('bob', featured())
  const bobHere = await known(s, bob)
  await add(bobHere)
  await s.t.db.transaction((tx) => follow(tx, s.t.app.uris, alice, bobHere))
  await s.work()
  const { '@context': _, ...copy } = lastOf(s, 'FeatureRequest')
  await receive(s, bob, { type: 'Accept', object: copy, result: authorizationBy(s, bob, uri) })
  expect(await states()).toEqual(['accepted'])
  await receive(s, bob, { type: 'Reject', object: copy })
  expect(await states()).toEqual([])
  const [relationship] = await loadRelationships(s.t.db, alice, [bobHere])
  expect(relationship).toMatchObject({ following: false, requested: true })
})

test('a pending or shown item that its owner removes is taken back on the other server', async () => {
  await using s = await scene()
  const { alice, id, uri, add } = await withCollection(s)
  const item = await add(await known(s, s.peer.actor('bob', featured())))
  await s.work()
  await s.t.db.transaction((tx) => removeFromCollection(tx, alice, id, item))
  await s.work()
  expect(lastOf(s, 'Remove')).toMatchObject({ object: s.t.app.uris.activity('collection-items', item), target: uri })
})

test('local people in a collection carry authorizations of this server, in the order that the owner chose', async () => {
  await using s = await scene()
  const { alice, id, uri, add } = await withCollection(s)
  const [bob, carol] = [await localAccount(s.t, 'bob'), await localAccount(s.t, 'carol')]
  for (const account of [bob, carol]) await updateProfile(s.t.app, account, { isDiscoverable: true })
  const [first, second] = [await add(bob), await add(carol)]
  await s.t.db.transaction((tx) => moveInCollection(tx, alice, id, second, 'up'))
  await s.t.db.transaction((tx) => moveInCollection(tx, alice, id, second, 'up'))
  await s.work()
  const { uris } = s.t.app
  const authorization = uris.activity('feature-authorizations', first)
  expect(await fetchJson(s, uri)).toMatchObject({
    orderedItems: [
      { featuredObject: uris.account(carol) },
      { featuredObject: uris.account(bob), featureAuthorization: authorization },
    ],
  })
  expect((lastOf(s, 'Update').object as { orderedItems: unknown[] }).orderedItems).toHaveLength(2)
  expect(await fetchJson(s, authorization)).toMatchObject({
    id: authorization,
    type: 'FeatureAuthorization',
    interactingObject: uri,
    interactionTarget: uris.account(bob),
  })
  await s.t.db.transaction((tx) => revokeFromCollection(tx, bob, id, first))
  await s.work()
  expect(await fetchJson(s, authorization)).toBe(410)
  expect(lastOf(s, 'Remove')).toMatchObject({ object: uris.activity('collection-items', first) })
  // A block takes the other one out, and takes the consent back.
  await s.t.db.execute(sql`update collections set updated_at = now() - interval '1 day'`)
  await s.t.db.transaction((tx) => block(tx, uris, carol, alice))
  expect((await loadCollection(s.t.db, alice, id)).updatedAt.getTime()).toBeGreaterThan(Date.now() - hourMs)
  expect(await fetchJson(s, uri)).toMatchObject({ totalItems: 0 })
  expect(await fetchJson(s, uris.activity('feature-authorizations', second))).toBe(404)
})

test('an actor states its policy and its list of collections, which has only those that strangers may find', async () => {
  await using s = await scene()
  const { alice, id, uri } = await withCollection(s)
  const { uris } = s.t.app
  await s.t.db.transaction((tx) => createCollection(tx, alice, { name: 'Secret', isDiscoverable: false }))
  await updateProfile(s.t.app, alice, { isDiscoverable: true })
  expect(await fetchJson(s, uris.account(alice))).toMatchObject({
    featuredCollections: uris.featuredCollections(alice),
    interactionPolicy: { canFeature: { automaticApproval: [everybody] } },
  })
  await updateProfile(s.t.app, alice, { isLocked: true })
  expect(await fetchJson(s, uris.account(alice))).toMatchObject({
    interactionPolicy: { canFeature: { automaticApproval: [uris.followers(alice)] } },
  })
  await updateProfile(s.t.app, alice, { isDiscoverable: false })
  expect(await fetchJson(s, uris.account(alice))).toMatchObject({
    interactionPolicy: { canFeature: { automaticApproval: [uris.account(alice)] } },
  })
  const list = (await fetchJson(s, uris.featuredCollections(alice))) as { totalItems: number; first: string }
  expect(list).toMatchObject({ type: 'OrderedCollection', totalItems: 1 })
  expect(await fetchJson(s, list.first)).toMatchObject({ orderedItems: [{ id: uri, name: 'Bakers' }] })
  // The address of the page gives the document to servers, and the id leads browsers to the page.
  expect(await fetchJson(s, uris.collectionPage(id))).toMatchObject({ id: uri, type: 'FeaturedCollection' })
  const browser = await s.routes.request(new Request(uri, { headers: { accept: 'text/html' } }))
  expect([browser.status, browser.headers.get('location')]).toEqual([302, uris.collectionPage(id)])
  expect(await fetchJson(s, uris.collection('12345' as CollectionId))).toBe(404)
  const [bob] = [s.peer.actor('bob')]
  await s.t.db.transaction(async (tx) => block(tx, uris, alice, await known(s, bob)))
  expect(await types(s, alice)).not.toContain('added_to_collection')
})
