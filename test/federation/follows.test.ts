/** Follows, blocks and their answers, in all the forms that other servers send. */
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import type { AccountId } from '#src/platform/ids.ts'
import { acceptFollow, follow, unfollow } from '#src/relationships/follow.ts'
import { loadRelationships } from '#src/relationships/views.ts'
import { localAccount } from '../cast.ts'
import type { PeerActor } from './peer.ts'
import { idOfPeer, receive, sent } from './receive.ts'
import { type Scene, scene } from './setup.ts'

type Asked = { id: string; type: string; actor: string; object: string }

/** A local account that requested to follow a remote one. */
async function stage(s: Scene) {
  const alice = await localAccount(s.t, 'alice')
  const bob = s.peer.actor('bob')
  const bobId = (await s.t.app.remote.url(bob.uri))!.id as AccountId
  await s.t.db.transaction((tx) => follow(tx, s.t.app.uris, alice, bobId))
  await s.work()
  const asked = sent(s).find(({ type }) => type === 'Follow') as Asked
  return { alice, bob, bobId, asked, relation: async () => (await loadRelationships(s.t.db, alice, [bobId]))[0] }
}

const forms: [how: string, form: (asked: Asked) => unknown][] = [
  ['its id', ({ id }) => id],
  ['the whole Follow', (asked) => asked],
  ['a list of one', (asked) => [asked]],
  ['a list of its id', ({ id }) => [id]],
  ['an object with nothing but its id', ({ id }) => ({ id })],
  [
    'a Follow of another id, but of the same two',
    ({ actor, object }) => ({ id: `${object}/follows/unknown`, type: 'Follow', actor, object }),
  ],
  ['a Follow without an id', ({ actor, object }) => ({ type: 'Follow', actor, object })],
  [
    'a Follow of whole actors',
    ({ id, actor, object }) => ({
      id,
      type: 'Follow',
      actor: { id: actor, type: 'Person' },
      object: { id: object, type: 'Person' },
    }),
  ],
  ['who asked', ({ actor }) => actor],
]

test.each(forms)('an Accept, and a Reject after it, may name the follow by %s', async (_, form) => {
  await using s = await scene()
  const { bob, asked, relation } = await stage(s)
  await receive(s, bob, { type: 'Accept', object: form(asked) })
  expect(await relation()).toMatchObject({ following: true, requested: false })
  await receive(s, bob, { type: 'Reject', object: form(asked) })
  expect(await relation()).toMatchObject({ following: false, requested: false })
})

test('an Accept in Lemmy’s form accepts the follow', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const group = s.peer.actor('main', { type: 'Group' })
  const groupId = (await s.t.app.remote.url(group.uri))!.id as AccountId
  await s.t.db.transaction((tx) => follow(tx, s.t.app.uris, alice, groupId))
  await s.work()
  const { id, actor } = sent(s)[0] as Asked
  expect(sent(s)[0]).toMatchObject({ type: 'Follow', object: group.uri, to: [group.uri] })
  await receive(s, group, {
    type: 'Accept',
    id: `${s.peer.origin}/activities/accept/1`,
    to: [actor],
    object: { id, type: 'Follow', actor, object: group.uri, to: [group.uri] },
  })
  expect((await loadRelationships(s.t.db, alice, [groupId]))[0]).toMatchObject({ following: true, requested: false })
})

test('an Undo of an Accept ends the follow, if it comes from the actor of the Accept', async () => {
  await using s = await scene()
  const { bob, asked, relation } = await stage(s)
  const mallory = s.peer.actor('mallory')
  await s.t.app.remote.url(mallory.uri)
  const accept = { id: `${bob.uri}/accepts/1`, type: 'Accept', actor: bob.uri, object: asked }
  await receive(s, bob, accept)
  await receive(
    s,
    mallory,
    { type: 'Undo', object: accept },
    { type: 'Undo', object: { ...accept, actor: mallory.uri } },
  )
  expect(await relation()).toMatchObject({ following: true })
  await receive(s, bob, { type: 'Undo', object: accept })
  expect(await relation()).toMatchObject({ following: false, requested: false })
})

test('an Accept of a withdrawn request makes no follow', async () => {
  await using s = await scene()
  const { alice, bob, bobId, asked, relation } = await stage(s)
  await s.t.db.transaction((tx) => unfollow(tx, alice, bobId))
  await receive(s, bob, { type: 'Accept', object: asked })
  expect(await relation()).toMatchObject({ following: false, requested: false })
})

const followsOf = (actor: PeerActor, object: string, id: number) => ({
  type: 'Follow',
  id: `${actor.uri}/follows/${id}`,
  object,
})
const answers = (s: Scene) => sent(s).map(({ type, object }) => [type, object.id ?? object])

test('a Follow that is sent again after its Accept is accepted again, by its new id', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const bob = s.peer.actor('bob')
  const object = s.t.app.uris.account(alice)
  await receive(s, bob, followsOf(bob, object, 1), followsOf(bob, object, 2))
  expect(answers(s)).toEqual([
    ['Accept', `${bob.uri}/follows/1`],
    ['Accept', `${bob.uri}/follows/2`],
  ])
  await receive(s, bob, { type: 'Undo', object: `${bob.uri}/follows/2` })
  expect((await loadRelationships(s.t.db, alice, [await idOfPeer(s, bob)]))[0]).toMatchObject({ followedBy: false })
})

test('a second Follow is answered while the first one waits', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  await s.t.db.execute(sql`update accounts set is_locked = true where id = ${alice}`)
  const bob = s.peer.actor('bob')
  const object = s.t.app.uris.account(alice)
  await receive(s, bob, followsOf(bob, object, 1), followsOf(bob, object, 2))
  expect(answers(s)).toEqual([])
  const bobId = await idOfPeer(s, bob)
  await s.t.db.transaction((tx) => acceptFollow(tx, alice, bobId))
  await s.work()
  expect(answers(s)).toEqual([['Accept', `${bob.uri}/follows/2`]])
})

test.each<[how: string, form: (id: string, actor: string, object: string) => unknown]>([
  ['its id', (id) => id],
  ['the whole Block', (id, actor, object) => ({ id, type: 'Block', actor, object })],
  ['who was blocked', (_, actor, object) => ({ type: 'Block', actor, object })],
])('a remote block ends follows, and is undone by %s', async (_, form) => {
  await using s = await scene()
  const { alice, bob, bobId, asked, relation } = await stage(s)
  await receive(s, bob, { type: 'Accept', object: asked })
  const id = `${bob.uri}/blocks/1`
  await receive(s, bob, { type: 'Block', id, object: s.t.app.uris.account(alice) })
  expect(await relation()).toMatchObject({ following: false, blockedBy: true })
  await receive(s, bob, { type: 'Undo', object: form(id, bob.uri, s.t.app.uris.account(alice)) })
  expect(await relation()).toMatchObject({ following: false, blockedBy: false })
  await s.t.db.transaction((tx) => follow(tx, s.t.app.uris, alice, bobId))
})

test('a Follow of the instance actor is rejected', async () => {
  await using s = await scene()
  const server = s.peer.actor('remote', { type: 'Application' })
  await receive(s, server, followsOf(server, s.t.app.uris.instanceActor, 1))
  expect(sent(s)).toEqual([
    expect.objectContaining({
      type: 'Reject',
      actor: s.t.app.uris.instanceActor,
      object: expect.objectContaining({ id: `${server.uri}/follows/1`, actor: server.uri }),
    }),
  ])
})
