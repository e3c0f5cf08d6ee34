/** What servers claim about who is in their collections. */
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import type { AccountId } from '#src/platform/ids.ts'
import { createFilled } from '#src/reading/collections/add.ts'
import { acceptClaim, takeClaim } from '#src/reading/collections/due-claims.ts'
import { revokeFromCollection } from '#src/reading/collections/items.ts'
import { deleteCollections } from '#src/reading/collections/manage.ts'
import { receiveCollection, removeReceivedItem } from '#src/reading/collections/receive.ts'
import { collectionsOf, collectionsWith, loadCollectionViews } from '#src/reading/collections/views.ts'
import { refreshPolicies } from '#src/reading/collections/willing.ts'
import { receiveDelete } from '#src/statuses/receive/delete.ts'
import { parseFeaturedCollection } from '../../federation/parse/featured-collection.ts'
import { localAccount } from '../cast.ts'
import {
  authorizationBy,
  collectionOf,
  everything,
  featured,
  fetchJson,
  itemOf,
  known,
  lastOf,
  membersOf,
  receive,
  sent,
  withOwner,
} from './collections.ts'
import type { PeerActor } from './peer.ts'
import { type Scene, scene } from './setup.ts'

type Collection = ReturnType<typeof collectionOf>

async function shownUris(s: Scene, actor: PeerActor) {
  const ids = await collectionsOf(s.t.db, null, await known(s, actor), everything)
  return (await loadCollectionViews(s.t.db, null, ids)).map(({ uri }) => uri).toSorted()
}

/** A collection with a claim of bob that a job has taken, but not verified yet. */
async function withTakenClaim(s: Scene) {
  const { olga } = await withOwner(s)
  const bob = s.peer.actor('bob')
  const [olgaHere, bobHere] = [await known(s, olga), await known(s, bob)]
  const collection = collectionOf(s, olga, [])
  const approvalUri = authorizationBy(s, bob, collection.id)
  const item = itemOf(olga, bob.uri, approvalUri)
  const parsed = parseFeaturedCollection({ ...collection, orderedItems: [item] })!
  const id = await s.t.db.transaction((tx) => receiveCollection(tx, olgaHere, parsed))
  const claim = await s.t.db.transaction((tx) => takeClaim(tx, olgaHere))
  const accept = () => s.t.db.transaction((tx) => acceptClaim(tx, claim!, { accountId: bobHere, approvalUri }))
  return { olga, olgaHere, bob, bobHere, id: id!, item, approvalUri, accept }
}

test('the consent of an account whose address leads to another one counts for neither', async () => {
  await using s = await scene()
  const { olga, list } = await withOwner(s)
  const [impostor, victim] = [s.peer.actor('impostor'), s.peer.actor('victim')]
  const collection = collectionOf(s, olga, [])
  const item = itemOf(olga, impostor.uri, authorizationBy(s, impostor, collection.id))
  s.peer.documents.set('/users/impostor', new URL(victim.uri))
  await receive(s, olga, { type: 'Add', object: { ...collection, orderedItems: [item] }, target: list })
  expect(await membersOf(s, olga)).toEqual([])
})

test('a claim that was refused is not verified again for a day, unless it names another authorization', async () => {
  await using s = await scene()
  const { olga, list } = await withOwner(s)
  const bob = s.peer.actor('bob')
  const collection = collectionOf(s, olga, [])
  const bad = authorizationBy(s, bob, `${collection.id}0`)
  const item = itemOf(olga, bob.uri, bad)
  const asked = () => s.peer.fetched.filter((path) => path === new URL(bad).pathname).length
  await receive(s, olga, { type: 'Add', object: { ...collection, orderedItems: [item] }, target: list })
  await receive(s, olga, { type: 'Update', object: { ...collection, orderedItems: [item] } })
  await receive(s, olga, { type: 'Add', object: item, target: collection.id })
  expect([await membersOf(s, olga), asked()]).toEqual([[], 1])
  await s.t.db.execute(sql`update collection_claims set due_at = due_at - interval '1 day'`)
  await receive(s, olga, { type: 'Update', object: { ...collection, orderedItems: [item] } })
  expect(asked()).toBe(2)
  const good = { ...item, featureAuthorization: authorizationBy(s, bob, collection.id) }
  await receive(s, olga, { type: 'Update', object: { ...collection, orderedItems: [good] } })
  expect(await membersOf(s, olga)).toEqual([await known(s, bob)])
})

test('all collections of a profile together cause at most a hundred requests', async () => {
  await using s = await scene()
  const { olga, list, read } = await withOwner(s)
  const people = Array.from({ length: 25 }, (_, i) => `${s.peer.origin}/users/nobody${i}`)
  const made = Array.from({ length: 12 }, () => {
    const collection = collectionOf(s, olga, [])
    const items = people.map((uri) =>
      itemOf(olga, uri, `${uri}/authorizations/${collection.id.length}${Math.random()}`),
    )
    return { ...collection, orderedItems: items }
  })
  s.peer.collection(new URL(list).pathname, made)
  s.peer.fetched.length = 0
  await read()
  const fetches = s.peer.fetched.filter((path) => path.includes('/authorizations/')).length
  expect(fetches).toBeGreaterThan(50)
  expect(s.peer.fetched.length).toBeLessThanOrEqual(110)
  // The next read goes on with the others.
  await read()
  const all = s.peer.fetched.filter((path) => path.includes('/authorizations/'))
  expect(all.length).toBeGreaterThan(100)
  expect(new Set(all).size).toBe(all.length)
}, 60_000)

test('a claim that was verified becomes an item', async () => {
  await using s = await scene()
  const { olga, bobHere, accept } = await withTakenClaim(s)
  expect(await membersOf(s, olga)).toEqual([])
  await accept()
  expect(await membersOf(s, olga)).toEqual([bobHere])
})

test('an account whose consent was taken back while a job verified it is not shown', async () => {
  await using s = await scene()
  const { olga, bob, approvalUri, accept } = await withTakenClaim(s)
  await s.t.db.transaction((tx) => receiveDelete(tx, bob.uri, approvalUri))
  await accept()
  expect(await membersOf(s, olga)).toEqual([])
})

test('an item that its owner removed while a job verified it does not come back', async () => {
  await using s = await scene()
  const { olga, olgaHere, bobHere, id, item, accept } = await withTakenClaim(s)
  await s.t.db.transaction((tx) => removeReceivedItem(tx, olgaHere, id, item.id))
  await accept()
  expect(await membersOf(s, olga)).toEqual([])
  expect(await collectionsWith(s.t.db, bobHere, bobHere, everything)).toEqual([])
})

test.for(['removed and added', 'unlisted and listed'])(
  'somebody who left a collection is not put into it again after it was %s',
  async (how) => {
    await using s = await scene()
    const { alice, olga, list, read } = await withOwner(s)
    const aliceUri = s.t.app.uris.account(alice)
    const collection = collectionOf(s, olga, [])
    const request = { type: 'FeatureRequest', object: aliceUri, instrument: collection.id }
    await receive(s, olga, request)
    const { result } = lastOf(s, 'Accept')
    const [id] = await collectionsWith(s.t.db, alice, alice, everything)
    const [view] = await loadCollectionViews(s.t.db, alice, [id!])
    await s.t.db.transaction((tx) => revokeFromCollection(tx, alice, id!, view!.items[0]!.id))

    if (how === 'removed and added') await receive(s, olga, { type: 'Remove', object: collection.id, target: list })
    else {
      s.peer.collection(new URL(list).pathname, [])
      await read()
    }
    expect(await collectionsOf(s.t.db, null, await known(s, olga), everything)).toEqual([])
    expect(await loadCollectionViews(s.t.db, alice, [id!])).toEqual([])
    const item = itemOf(olga, aliceUri, result!)
    await receive(s, olga, { type: 'Add', object: { ...collection, orderedItems: [item] }, target: list })
    await receive(s, olga, { ...request, id: `${olga.uri}/requests/again` })
    expect(lastOf(s, 'Reject')).toMatchObject({ object: `${olga.uri}/requests/again` })
    expect(await loadCollectionViews(s.t.db, alice, [id!])).toMatchObject([{ name: 'Birders', items: [] }])
  },
)

test('a list that only names its collections is read further each time, and those that it no longer names are forgotten', async () => {
  await using s = await scene()
  const { olga, list, read } = await withOwner(s)
  const old = collectionOf(s, olga, [])
  await receive(s, olga, { type: 'Add', object: old, target: list })
  const made = Array.from({ length: 48 }, () => collectionOf(s, olga, []))
  s.peer.collection(
    new URL(list).pathname,
    made.map(({ id }) => id),
    { perPage: 48 },
  )
  const stored = async () => {
    const ids = await collectionsOf(s.t.db, null, await known(s, olga), everything)
    return (await loadCollectionViews(s.t.db, null, ids)).map(({ uri }) => uri)
  }
  await read()
  expect((await stored()).length).toBeLessThan(48)
  expect(await stored()).not.toContain(old.id)
  await read()
  expect((await stored()).length).toBe(48)
})

test('a collection that can’t be made causes no requests for the policies of those in it', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const people = await Promise.all(
    Array.from({ length: 3 }, (_, i) => known(s, s.peer.actor(`p${i}`, i > 0 ? featured() : {}))),
  )
  await s.t.db.execute(
    sql`update accounts set can_feature = null, fetched_at = now() - interval '2 hours' where domain is not null`,
  )
  s.peer.fetched.length = 0
  const make = (name: string, who: AccountId[]) => createFilled(s.t.app, alice, { name }, who)
  await expect(make('N'.repeat(100), people)).rejects.toMatchObject({ code: 'invalid' })
  expect(s.peer.fetched).toEqual([])
  await expect(make('Bakers', people)).rejects.toMatchObject({ code: 'not_permitted' })
  expect(s.peer.fetched.filter((path) => /^\/users\/p\d$/.test(path))).toHaveLength(3)
  await make('Bakers', people.slice(1))
})

test('the policies of any number of people are read in 60 requests', async () => {
  await using s = await scene()
  const people: AccountId[] = []
  for (let i = 0; i < 35; i++) people.push(await known(s, s.peer.actor(`p${i}`)))
  await s.t.db.execute(
    sql`update accounts set can_feature = null, fetched_at = now() - interval '2 hours' where domain is not null`,
  )
  s.peer.fetched.length = 0
  // Each profile is asked for with several kinds of signatures.
  s.peer.refusesFetch = () => true
  await refreshPolicies(s.t.app, people)
  expect(s.peer.fetched.length).toBe(60)
})

test.for(['moderator deletes', 'server deletes', 'server removes', 'server no longer lists'])(
  'consents end with a collection that its %s',
  async (how) => {
    await using s = await scene()
    const { alice, aliceUri, olga, list, read } = await withOwner(s)
    const collection = collectionOf(s, olga, [])
    await receive(s, olga, { type: 'FeatureRequest', object: aliceUri, instrument: collection.id })
    const { result } = lastOf(s, 'Accept')
    expect(await fetchJson(s, result!)).toMatchObject({ id: result })
    if (how === 'server deletes') await receive(s, olga, { type: 'Delete', object: collection.id })
    else if (how === 'server removes') await receive(s, olga, { type: 'Remove', object: collection.id, target: list })
    else if (how === 'server no longer lists') {
      s.peer.collection(new URL(list).pathname, [])
      await read()
    } else {
      const [id] = await collectionsWith(s.t.db, alice, alice, everything)
      const owner = await known(s, olga)
      await s.t.db.transaction((tx) => deleteCollections(tx, owner, [id!]))
      await s.work()
    }
    const told = sent(s).filter(({ type, object }) => type === 'Delete' && object === result)
    expect(told).toHaveLength(how === 'moderator deletes' ? 1 : 0)
    expect(await fetchJson(s, result!)).toBe(404)
    // Nobody is in it again without a new request.
    const whole = { ...collection, orderedItems: [itemOf(olga, aliceUri, result!)] }
    await receive(s, olga, { type: 'Add', object: whole, target: list })
    expect(await membersOf(s, olga)).toEqual([])
  },
)

test('a consent that the owner made no use of ends a day later, once a list lacks the item', async () => {
  await using s = await scene()
  const { alice, aliceUri, olga } = await withOwner(s)
  const collection = collectionOf(s, olga, [])
  await receive(s, olga, { type: 'FeatureRequest', object: aliceUri, instrument: collection.id })
  await receive(s, olga, { type: 'Update', object: { ...collection, updated: '2026-02-01T00:00:00Z' } })
  expect(await membersOf(s, olga)).toEqual([alice])
  await s.t.db.execute(sql`update collection_items set created_at = created_at - interval '25 hours'`)
  await receive(s, olga, { type: 'Update', object: { ...collection, updated: '2026-02-02T00:00:00Z' } })
  expect(await membersOf(s, olga)).toEqual([])
})

test.for(['list', 'item'])(
  'an item that now names somebody else no longer shows the first one, says a %s',
  async (how) => {
    await using s = await scene()
    const { olga, list } = await withOwner(s)
    const [bob, carol] = [s.peer.actor('bob'), s.peer.actor('carol')]
    const collection = collectionOf(s, olga, [])
    const item = itemOf(olga, bob.uri, authorizationBy(s, bob, collection.id))
    await receive(s, olga, { type: 'Add', object: { ...collection, orderedItems: [item] }, target: list })
    const other = { ...itemOf(olga, carol.uri, authorizationBy(s, carol, collection.id)), id: item.id }
    await receive(
      s,
      olga,
      how === 'list'
        ? { type: 'Update', object: { ...collection, orderedItems: [other] } }
        : { type: 'Add', object: other, target: collection.id },
    )
    expect(await membersOf(s, olga)).toEqual([await known(s, carol)])
  },
)

test('a list that was read before a collection came does not make it forgotten, nor does one that is new', async () => {
  await using s = await scene()
  const { olga, list, read } = await withOwner(s)
  const id = await known(s, olga)
  const [known1, fresh, meanwhile] = [{}, { published: new Date().toISOString() }, {}].map((changes) =>
    collectionOf(s, olga, [], { name: 'Any', ...changes }),
  ) as [Collection, Collection, Collection]
  for (const object of [known1, fresh]) await receive(s, olga, { type: 'Add', object, target: list })
  s.peer.collection(new URL(list).pathname, [])
  const parsed = parseFeaturedCollection(meanwhile)!
  Object.defineProperty(s.peer, 'opened', {
    get: () =>
      s.peer.fetched.at(-1)?.includes('page=')
        ? s.t.db.transaction((tx) => receiveCollection(tx, id, parsed))
        : Promise.resolve(),
  })
  await read()
  expect(await shownUris(s, olga)).toEqual([fresh.id, meanwhile.id].toSorted())
})

test('a document that is no list makes no collection forgotten', async () => {
  await using s = await scene()
  const { olga, list, read } = await withOwner(s)
  const collection = collectionOf(s, olga, [])
  await receive(s, olga, { type: 'Add', object: collection, target: list })
  s.peer.documents.set(new URL(list).pathname, { id: list, type: 'Note', content: 'Out of order' })
  await read()
  expect(await shownUris(s, olga)).toEqual([collection.id])
})
