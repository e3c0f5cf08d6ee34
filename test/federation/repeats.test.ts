/** Activities that repeat an earlier id: changed states, undone activities, and true repeats. */
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { accountByUri } from '#src/accounts/find.ts'
import { loadAccountViews } from '#src/accounts/views.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { follow, unfollow } from '#src/relationships/follow.ts'
import { loadRelationships } from '#src/relationships/views.ts'
import { statusByUri } from '#src/statuses/find.ts'
import { pinnedStatuses } from '#src/statuses/interactions/pin.ts'
import { loadHistory } from '#src/statuses/views/history.ts'
import { loadStatusView } from '#src/statuses/views/views.ts'
import { localAccount, status } from '../cast.ts'
import { type PeerActor, signedPost } from './peer.ts'
import { createOf, followPeer, idOfPeer, noteOf, notifications, publicly, receive, sent } from './receive.ts'
import { type Scene, scene } from './setup.ts'

async function cast() {
  const s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const bob = s.peer.actor('bob')
  await followPeer(s, alice, bob)
  await s.work()
  return { s, alice, bob, [Symbol.asyncDispose]: () => s[Symbol.asyncDispose]() }
}

const viewOf = async (s: Scene, uri: string) =>
  (await loadStatusView(s.t.db, null, (await statusByUri(s.t.db, uri))!.id))!
const later = (seconds: number) => new Date(Date.now() + seconds * 1_000).toISOString()
const wholeSecond = (at = new Date()) => `${at.toISOString().slice(0, 19)}Z`
const updateOf = (actor: PeerActor, note: { id: string }, id = `${note.id}/activity#Update`) => ({
  type: 'Update',
  id,
  actor: actor.uri,
  ...publicly,
  object: note,
})
const post = (s: Scene, actor: PeerActor, activity: object) =>
  s.routes.request(
    signedPost(s.t.app, actor, { '@context': 'https://www.w3.org/ns/activitystreams', actor: actor.uri, ...activity }),
  )

test('each edit of a post counts, also when all its Updates have one id', async () => {
  await using c = await cast()
  const { s, bob } = c
  const note = noteOf(bob, 'edited')
  await receive(s, bob, createOf(note))
  for (const n of [1, 2, 3]) {
    await receive(s, bob, updateOf(bob, { ...note, content: `<p>Edit ${n}</p>`, updated: later(n) } as never))
    expect((await viewOf(s, note.id)).content).toBe(`<p>Edit ${n}</p>`)
  }
})

test('each result of a poll counts, also when all its Updates have one id and no edit date', async () => {
  await using c = await cast()
  const { s, bob } = c
  const question = (yes: number) => ({
    ...noteOf(bob, 'poll'),
    type: 'Question',
    endTime: later(3_600),
    votersCount: yes,
    oneOf: [
      { type: 'Note', name: 'Yes', replies: { type: 'Collection', totalItems: yes } },
      { type: 'Note', name: 'No', replies: { type: 'Collection', totalItems: 0 } },
    ],
  })
  await receive(s, bob, createOf(question(0)))
  for (const n of [1, 2, 3]) {
    await receive(s, bob, updateOf(bob, question(n)))
    expect((await viewOf(s, question(n).id)).poll).toMatchObject({ votersCount: n })
  }
})

test('an Update without a change makes no edit', async () => {
  await using c = await cast()
  const { s, bob } = c
  const note = noteOf(bob, 'repeated')
  await receive(s, bob, createOf(note))
  const edit = updateOf(bob, { ...note, content: '<p>Edit</p>', updated: later(1) } as never)
  await receive(s, bob, edit)
  await receive(s, bob, edit)
  expect(await loadHistory(s.t.db, null, (await statusByUri(s.t.db, note.id))!.id)).toHaveLength(2)
})

test('profile changes count, also when all their Updates have one id', async () => {
  await using c = await cast()
  const { s, bob } = c
  for (const name of ['One', 'Two', 'One']) {
    s.peer.documents.set('/users/bob', { ...bob.document, name })
    await receive(s, bob, { type: 'Update', id: `${bob.uri}#update`, object: { ...bob.document, name } })
    expect(await loadAccountViews(s.t.db, [await idOfPeer(s, bob)])).toMatchObject([{ displayName: name }])
  }
})

test('an Update with only the id of a post fetches it again, at every repeat', async () => {
  await using c = await cast()
  const { s, bob } = c
  const note = noteOf(bob, 'named')
  await receive(s, bob, createOf(note))
  for (const n of [1, 2]) {
    s.peer.documents.set(new URL(note.id).pathname, {
      '@context': 'https://www.w3.org/ns/activitystreams',
      ...note,
      content: `<p>Edit ${n}</p>`,
      updated: later(n),
    })
    await receive(s, bob, updateOf(bob, note.id as never, `${note.id}#update`))
    expect((await viewOf(s, note.id)).content).toBe(`<p>Edit ${n}</p>`)
  }
})

test('a post is pinned again by the id that pinned it before', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const bob = s.peer.actor('bob', { featured: `${s.peer.origin}/users/bob/featured` })
  const bobId = await followPeer(s, alice, bob)
  await s.work()
  const note = noteOf(bob, 'pinned')
  await receive(s, bob, createOf(note))
  const [add, remove] = ['Add', 'Remove'].map((type) => ({
    type,
    id: `${note.id}#${type}`,
    object: note.id,
    target: bob.document['featured'],
  })) as [object, object]
  const pins = async () => (await pinnedStatuses(s.t.db, null, bobId)).length
  for (const expected of [1, 0, 1, 0]) {
    await receive(s, bob, expected === 1 ? add : remove)
    expect(await pins()).toBe(expected)
  }
})

type Verb = 'Like' | 'EmojiReact' | 'Announce' | 'Follow' | 'Block'
const deeds: [verb: Verb, standing: (s: Scene, alice: AccountId, bob: AccountId, uri: string) => Promise<boolean>][] = [
  ['Like', async (s, _a, _b, uri) => (await viewOf(s, uri)).favouritesCount === 1],
  ['EmojiReact', async (s, _a, _b, uri) => (await viewOf(s, uri)).favouritesCount === 1],
  ['Announce', async (s, _a, _b, uri) => (await viewOf(s, uri)).reblogsCount === 1],
  ['Follow', async (s, alice, bob) => (await loadRelationships(s.t.db, alice, [bob]))[0]!.followedBy],
  ['Block', async (s, alice, bob) => (await loadRelationships(s.t.db, alice, [bob]))[0]!.blockedBy],
]

test.each(deeds)('a %s that was undone counts again under its old id, and so does its Undo', async (type, standing) => {
  await using c = await cast()
  const { s, alice, bob } = c
  const bobId = await idOfPeer(s, bob)
  const statusId = await status(s.t, alice)
  const object = type === 'Follow' || type === 'Block' ? s.t.app.uris.account(alice) : s.t.app.uris.status(statusId)
  const deed = {
    type,
    id: `${bob.uri}/${type}/1`,
    actor: bob.uri,
    object,
    ...publicly,
    ...(type === 'EmojiReact' ? { content: '🐈' } : {}),
  }
  const undo = { type: 'Undo', id: `${deed.id}/undo`, object: deed }
  const stands = () => standing(s, alice, bobId, s.t.app.uris.status(statusId))
  for (const _ of [1, 2, 3]) {
    await receive(s, bob, deed)
    expect(await stands()).toBe(true)
    // A true repeat changes nothing.
    await receive(s, bob, deed)
    expect(await stands()).toBe(true)
    await receive(s, bob, undo)
    expect(await stands()).toBe(false)
    await receive(s, bob, undo)
    expect(await stands()).toBe(false)
  }
})

test.each(deeds)(
  'a %s that arrives after its Undo has no effect, and counts when it is sent again',
  async (type, standing) => {
    await using c = await cast()
    const { s, alice, bob } = c
    const bobId = await idOfPeer(s, bob)
    const statusId = await status(s.t, alice)
    const object = type === 'Follow' || type === 'Block' ? s.t.app.uris.account(alice) : s.t.app.uris.status(statusId)
    const deed = {
      type,
      id: `${bob.uri}/${type}/1`,
      actor: bob.uri,
      object,
      ...publicly,
      ...(type === 'EmojiReact' ? { content: '🐈' } : {}),
    }
    const stands = () => standing(s, alice, bobId, s.t.app.uris.status(statusId))
    await receive(s, bob, { type: 'Undo', object: deed })
    await receive(s, bob, deed)
    expect(await stands()).toBe(false)
    await receive(s, bob, deed)
    expect(await stands()).toBe(true)
  },
)

/** The state after the queued jobs have run in order. */
const waiting = async (s: Scene, actor: PeerActor, ...activities: object[]) => {
  for (const activity of activities) expect((await post(s, actor, activity)).status).toBe(202)
  await s.work()
}

test.each(deeds)(
  'a repeated %s counts while its Undo is still queued, and so does an Undo while the activity is',
  async (type, standing) => {
    await using c = await cast()
    const { s, alice, bob } = c
    const bobId = await idOfPeer(s, bob)
    const statusId = await status(s.t, alice)
    const object = type === 'Follow' || type === 'Block' ? s.t.app.uris.account(alice) : s.t.app.uris.status(statusId)
    const deed = {
      type,
      id: `${bob.uri}/${type}/1`,
      actor: bob.uri,
      object,
      ...publicly,
      ...(type === 'EmojiReact' ? { content: '🐈' } : {}),
    }
    const undo = { type: 'Undo', id: `${deed.id}/undo`, object: deed }
    const stands = () => standing(s, alice, bobId, s.t.app.uris.status(statusId))
    await waiting(s, bob, deed)
    await waiting(s, bob, undo, deed)
    expect(await stands()).toBe(true)
    await waiting(s, bob, undo)
    await waiting(s, bob, deed, undo)
    expect(await stands()).toBe(false)
  },
)

test.each(deeds)(
  'a %s that is older than the stored records counts again at once after its Undo',
  async (type, standing) => {
    await using c = await cast()
    const { s, alice, bob } = c
    const bobId = await idOfPeer(s, bob)
    const statusId = await status(s.t, alice)
    const object = type === 'Follow' || type === 'Block' ? s.t.app.uris.account(alice) : s.t.app.uris.status(statusId)
    const deed = {
      type,
      id: `${bob.uri}/${type}/1`,
      actor: bob.uri,
      object,
      ...publicly,
      ...(type === 'EmojiReact' ? { content: '🐈' } : {}),
    }
    const stands = () => standing(s, alice, bobId, s.t.app.uris.status(statusId))
    for (const name of ['id', 'content'] as const) {
      // As one that came under another id.
      const given = name === 'id' ? deed : { ...deed, id: `${deed.id}/renamed` }
      await receive(s, bob, given)
      await s.t.db.execute(sql`delete from received_activities`)
      await receive(s, bob, { type: 'Undo', object: deed })
      expect(await stands()).toBe(false)
      await receive(s, bob, deed)
      expect(await stands()).toBe(true)
      await receive(s, bob, { type: 'Undo', object: deed })
      expect(await stands()).toBe(false)
      await s.t.db.execute(sql`delete from received_activities`)
    }
  },
)

test('a repeated state counts while another one is still queued', async () => {
  await using c = await cast()
  const { s, bob } = c
  const note = noteOf(bob, 'back-and-forth')
  const updated = later(1)
  const [one, two] = ['One', 'Two'].map((content) => updateOf(bob, { ...note, content, updated } as never)) as [
    object,
    object,
  ]
  await receive(s, bob, createOf(note))
  await waiting(s, bob, one)
  await waiting(s, bob, two, one)
  expect((await viewOf(s, note.id)).content).toBe('One')
})

test('a follow that is accepted a second time by the id of the first Accept is accepted', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const bob = s.peer.actor('bob')
  const bobId = (await s.t.app.remote.url(bob.uri))!.id as AccountId
  for (const _ of [1, 2]) {
    await s.t.db.transaction((tx) => follow(tx, s.t.app.uris, alice, bobId))
    await s.work()
    const asked = sent(s).findLast(({ type }) => type === 'Follow')
    await receive(s, bob, { type: 'Accept', id: `${bob.uri}/accepts/alice`, object: asked.id })
    expect(await loadRelationships(s.t.db, alice, [bobId])).toMatchObject([{ following: true, requested: false }])
    await s.t.db.transaction((tx) => unfollow(tx, alice, bobId))
    await s.work()
  }
})

test('an edit in the second of publication counts, if the server sends whole seconds', async () => {
  await using c = await cast()
  const { s, bob } = c
  const published = wholeSecond()
  const note = noteOf(bob, 'second', { published })
  await receive(s, bob, createOf({ ...note, updated: published }))
  expect(await viewOf(s, note.id)).toMatchObject({ editedAt: null })
  await receive(
    s,
    bob,
    updateOf(bob, { ...note, content: '<p>First</p>', updated: published } as never, `${bob.uri}/1`),
  )
  expect(await viewOf(s, note.id)).toMatchObject({ content: '<p>First</p>', editedAt: new Date(published) })
  await receive(
    s,
    bob,
    updateOf(bob, { ...note, content: '<p>Second</p>', updated: published } as never, `${bob.uri}/2`),
  )
  expect((await viewOf(s, note.id)).content).toBe('<p>Second</p>')
  const { id } = (await statusByUri(s.t.db, note.id))!
  expect(await loadHistory(s.t.db, null, id)).toHaveLength(3)
  // The same words in the same second are no edit.
  await receive(
    s,
    bob,
    updateOf(bob, { ...note, content: '<p>Second</p>', updated: published } as never, `${bob.uri}/3`),
  )
  expect(await loadHistory(s.t.db, null, id)).toHaveLength(3)
})

test('an edit older than the stored post changes nothing', async () => {
  await using c = await cast()
  const { s, bob } = c
  const note = noteOf(bob, 'older', { published: later(-100) })
  await receive(s, bob, createOf(note))
  await receive(s, bob, updateOf(bob, { ...note, content: '<p>New</p>', updated: later(-10) } as never))
  await receive(s, bob, updateOf(bob, { ...note, content: '<p>Old</p>', updated: later(-50) } as never))
  expect((await viewOf(s, note.id)).content).toBe('<p>New</p>')
})

/** Makes the waiting jobs run in an order of their places in the queue. */
async function inOrder(s: Scene, order: number[]): Promise<void> {
  const { rows } = await s.t.db.execute<{ id: string }>(
    sql`select id::text as id from graphile_worker._private_jobs order by id`,
  )
  for (const [priority, place] of order.entries())
    await s.t.db.execute(
      sql`update graphile_worker._private_jobs set priority = ${priority - 100} where id = ${rows[place]!.id}`,
    )
}

/** All orders of some things. */
const orders = <T>(things: T[]): T[][] =>
  things.length < 2
    ? [things]
    : things.flatMap((first, i) => orders(things.toSpliced(i, 1)).map((rest) => [first, ...rest]))

test.each<[how: string, ids: [number, number]]>([
  ['another id', [1, 2]],
  ['the same id', [1, 1]],
])('Follow, Undo and a second Follow with %s make a follower, in every order of the jobs', async (_, ids) => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  for (const [n, order] of orders([0, 1, 2]).entries()) {
    const bob = s.peer.actor(`bob${n}`)
    await s.t.app.remote.url(bob.uri)
    await s.work()
    const [first, second] = ids.map((n) => ({
      type: 'Follow',
      id: `${bob.uri}/follows/${n}`,
      actor: bob.uri,
      object: s.t.app.uris.account(alice),
    })) as [object, object]
    for (const activity of [first, { type: 'Undo', id: `${bob.uri}/undos/1`, object: first }, second])
      expect((await post(s, bob, activity)).status).toBe(202)
    await inOrder(s, order)
    await s.work()
    expect([order, await loadRelationships(s.t.db, alice, [(await accountByUri(s.t.db, bob.uri))!])]).toMatchObject([
      order,
      [{ followedBy: true }],
    ])
  }
})

test('an Undo of a replaced Follow has no effect; an Undo of a Follow that never arrived ends the existing one', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const bob = s.peer.actor('bob')
  const followOf = (n: number) => ({
    type: 'Follow',
    id: `${bob.uri}/follows/${n}`,
    actor: bob.uri,
    object: s.t.app.uris.account(alice),
  })
  await receive(s, bob, followOf(1), followOf(2))
  await receive(s, bob, { type: 'Undo', object: followOf(1) })
  expect(await notifications(s, alice)).toEqual(['follow'])
  await receive(s, bob, { type: 'Undo', object: followOf(3) })
  expect(await notifications(s, alice)).toEqual([])
})
