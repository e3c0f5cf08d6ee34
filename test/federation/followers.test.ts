import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { accountByUri } from '#src/accounts/find.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { follow } from '#src/relationships/follow.ts'
import { digestOfFollowers } from '#src/relationships/followers-digest.ts'
import { localFollowersOf } from '#src/relationships/synchronise.ts'
import { loadRelationships } from '#src/relationships/views.ts'
import { localAccount, makeFollow } from '../cast.ts'
import { makeDue } from '../jobs/run.ts'
import { peer, type PeerActor, signedPost } from './peer.ts'
import { type Scene, scene } from './setup.ts'

/** The header of an actor's server: the actor's followers that the server believes to be local. */
const headerOf = (
  actor: PeerActor,
  listed: string[],
  changes: { collectionId?: string; url?: string; digest?: string } = {},
) => {
  const {
    collectionId = `${actor.uri}/followers`,
    url = `${actor.uri}/followers_synchronization`,
    digest = digestOfFollowers(listed),
  } = changes
  return `collectionId="${collectionId}", url="${url}", digest="${digest}"`
}

async function post(s: Scene, actor: PeerActor, header: string): Promise<void> {
  const request = signedPost(s.t.app, actor, {
    id: `${actor.uri}#${crypto.randomUUID()}`,
    type: 'Like',
    actor: actor.uri,
    object: 'https://pipit.test/ap/statuses/1',
  })
  request.headers.set('collection-synchronization', header)
  expect((await s.routes.request(request)).status).toBe(202)
}

const list = (s: Scene, actor: PeerActor, items: string[]) =>
  s.peer.documents.set(`${new URL(actor.uri).pathname}/followers_synchronization`, {
    '@context': 'https://www.w3.org/ns/activitystreams',
    id: `${actor.uri}/followers_synchronization`,
    type: 'OrderedCollection',
    orderedItems: items,
  })

/** Follows of bob by ann, ben and cem, of which ben's is only asked for. */
async function cast() {
  const s = await scene()
  const bob = s.peer.actor('bob')
  const bobId = (await s.t.app.remote.url(bob.uri))!.id as AccountId
  const [ann, ben, cem] = [
    await localAccount(s.t, 'ann'),
    await localAccount(s.t, 'ben'),
    await localAccount(s.t, 'cem'),
  ]
  for (const id of [ann, cem]) await makeFollow(s.t, id, bobId)
  await s.t.db.transaction((tx) => follow(tx, s.t.app.uris, ben, bobId))
  await s.work()
  s.peer.posted.length = s.peer.fetched.length = 0
  const relation = async (id: AccountId) => (await loadRelationships(s.t.db, id, [bobId]))[0]
  const compare = async () => {
    await makeDue(s.t)
    await s.work()
  }
  return { s, bob, ann, ben, cem, relation, compare, [Symbol.asyncDispose]: () => s[Symbol.asyncDispose]() }
}

test('the digest of followers covers all their ids, in any order', async () => {
  await using c = await cast()
  const uris = [c.ann, c.cem].map(c.s.t.app.uris.account)
  const digests = uris.map((uri) => createHash('sha256').update(uri).digest())
  const expected = Buffer.from(digests[0]!.map((byte, i) => byte ^ digests[1]![i]!)).toString('hex')
  expect([digestOfFollowers(uris), digestOfFollowers(uris.toReversed()), digestOfFollowers([])]).toEqual([
    expected,
    expected,
    '0'.repeat(64),
  ])
  expect(await localFollowersOf(c.s.t.db, c.bob.uri)).toMatchObject({ digest: expected })
  const nobody = c.s.peer.actor('nobody')
  await c.s.t.app.remote.url(nobody.uri)
  expect(await localFollowersOf(c.s.t.db, nobody.uri)).toMatchObject({ digest: '0'.repeat(64) })
})

test('two servers with different lists of followers end with the same list', async () => {
  await using c = await cast()
  const { s, bob, ann, ben, cem } = c
  const dan = await localAccount(s.t, 'dan')
  // Cem is not known there, ben was accepted there, and dan is believed to follow.
  const listed = [ann, ben, dan].map(s.t.app.uris.account)
  list(s, bob, listed)
  for (let i = 0; i < 3; i++) await post(s, bob, headerOf(bob, listed))
  expect(await s.t.jobs()).toEqual(['synchronise-followers'])
  await c.compare()

  expect([await c.relation(ann), await c.relation(ben), await c.relation(cem)]).toMatchObject([
    { following: true },
    { following: true, requested: false },
    { following: false },
  ])
  expect(s.peer.posted.map(({ body }) => JSON.parse(body) as object)).toEqual([
    expect.objectContaining({
      type: 'Undo',
      actor: s.t.app.uris.account(dan),
      object: expect.objectContaining({ type: 'Follow', actor: s.t.app.uris.account(dan), object: bob.uri }),
    }),
  ])
  // Now both agree.
  await post(s, bob, headerOf(bob, [ann, ben].map(s.t.app.uris.account)))
  expect(await s.t.jobs()).toEqual([])
})

test('a list of followers changes nothing unless its digest is the signed one', async () => {
  await using c = await cast()
  const { s, bob, ann, cem } = c
  await using elsewhere = await peer()
  const mallory = elsewhere.actor('mallory')
  await s.t.app.remote.url(mallory.uri)
  const listed = [s.t.app.uris.account(ann)]
  list(s, bob, listed)
  await post(s, mallory, headerOf(bob, listed))
  await post(s, mallory, headerOf(mallory, listed, { url: `${bob.uri}/followers_synchronization` }))
  for (const changes of [
    { collectionId: `${bob.uri}/following` },
    { url: `${elsewhere.origin}/list` },
    { digest: 'abc' },
    { digest: 'z'.repeat(64) },
  ])
    await post(s, bob, headerOf(bob, listed, changes))
  await post(s, bob, 'garbage')
  expect(await s.t.jobs()).toEqual([])

  // It changed between the post and the look.
  await post(s, bob, headerOf(bob, []))
  await c.compare()
  expect(await c.relation(cem)).toMatchObject({ following: true })
  // Nor if it can't be had, or never ends.
  s.peer.documents.set('/users/bob/followers_synchronization', {
    id: `${bob.uri}/followers_synchronization`,
    type: 'OrderedCollection',
    orderedItems: listed,
    next: `${bob.uri}/followers_synchronization`,
  })
  await post(s, bob, headerOf(bob, listed))
  await c.compare()
  expect(await c.relation(cem)).toMatchObject({ following: true })
  expect(s.peer.fetched.length).toBeLessThan(20)
  s.peer.documents.delete('/users/bob/followers_synchronization')
  await post(s, bob, headerOf(bob, listed))
  await c.compare()
  expect(await c.relation(cem)).toMatchObject({ following: true })
  expect(await s.t.jobs()).toEqual([])
  expect(await accountByUri(s.t.db, mallory.uri)).not.toBeNull()
})

test('all pages of a list of followers are read', async () => {
  await using c = await cast()
  const { s, bob, ann, cem } = c
  const listed = [ann, cem].map(s.t.app.uris.account)
  const page = (n: number, more: object) =>
    s.peer.documents.set(`/pages/${n}`, {
      id: `${s.peer.origin}/pages/${n}`,
      type: 'CollectionPage',
      items: [listed[n]],
      ...more,
    })
  page(0, { next: `${s.peer.origin}/pages/1` })
  page(1, {})
  s.peer.documents.set('/users/bob/followers_synchronization', {
    id: `${bob.uri}/followers_synchronization`,
    type: 'Collection',
    first: `${s.peer.origin}/pages/0`,
  })
  await s.t.db.execute(`delete from follows where follower_id = ${cem}`)
  await post(s, bob, headerOf(bob, listed))
  await c.compare()
  expect(s.peer.posted.map(({ body }) => JSON.parse(body) as object)).toEqual([
    expect.objectContaining({ type: 'Undo', actor: listed[1] }),
  ])
})
