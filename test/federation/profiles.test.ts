import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { accountByHandle, accountByUri } from '#src/accounts/find.ts'
import { loadAccountViews } from '#src/accounts/views.ts'
import { visitAccount } from '#src/incoming/refresh-accounts.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { loadNotificationPage } from '#src/reading/notifications/page.ts'
import { accountTimeline } from '#src/reading/timelines/account.ts'
import { follow } from '#src/relationships/follow.ts'
import { visibleRelations } from '#src/relationships/lists.ts'
import { loadStatusViews } from '#src/statuses/views/views.ts'
import { localAccount, makeFollow, status } from '../cast.ts'
import { peer, type PeerActor, signedPost } from './peer.ts'
import { type Scene, scene } from './setup.ts'

const everybody = 'https://www.w3.org/ns/activitystreams#Public'
const found = async (s: Scene, actor: PeerActor) => (await s.t.app.remote.url(actor.uri))!.id as AccountId
const viewOf = async (s: Scene, id: AccountId) => (await loadAccountViews(s.t.db, [id]))[0]!
const forgetJobs = (s: Scene) => s.t.db.execute(sql`delete from graphile_worker._private_jobs`)
const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString()

const noteOf = (actor: PeerActor, name: string, hours: number, more: object = {}) => ({
  id: `${actor.uri}/notes/${name}`,
  type: 'Note',
  attributedTo: actor.uri,
  content: name,
  published: hoursAgo(hours),
  to: everybody,
  ...more,
})
const createOf = (actor: PeerActor, object: { id: string }) => ({
  id: `${object.id}/activity`,
  type: 'Create',
  actor: actor.uri,
  to: everybody,
  object,
})

/** The posts on an account's profile, newest first. */
async function posts(s: Scene, id: AccountId): Promise<string[]> {
  const views = await loadStatusViews(s.t.db, null, await accountTimeline(s.t.db, null, id, {}, { limit: 40 }))
  return views.map((view) => (view.reblog ? `boost of ${view.reblog.content}` : view.content))
}

test('the first view of an account fetches its latest posts in order, without notifications', async () => {
  await using s = await scene()
  await using other = await peer()
  const alice = await localAccount(s.t, 'alice')
  const ann = s.peer.actor('ann')
  const bob = other.actor('bob')
  const boosted = noteOf(bob, 'of-bob', 90)
  other.documents.set(new URL(boosted.id).pathname, boosted)
  const byId = noteOf(ann, 'by-id', 50)
  s.peer.documents.set(new URL(byId.id).pathname, byId)
  const mention = [{ type: 'Mention', href: s.t.app.uris.account(alice), name: '@alice' }]
  const boost = (object: string, hours: number) => ({
    id: `${ann.uri}/boosts/${hours}`,
    type: 'Announce',
    actor: ann.uri,
    published: hoursAgo(hours),
    to: everybody,
    object,
  })
  s.peer.collection(
    '/users/ann/outbox',
    [
      createOf(ann, noteOf(ann, 'names-alice', 30, { tag: mention })),
      boost(boosted.id, 40),
      createOf(ann, byId),
      boost(s.t.app.uris.status(await status(s.t, alice)), 55),
      createOf(ann, noteOf(ann, 'for-followers', 60, { to: `${ann.uri}/followers` })),
      createOf(ann, noteOf(bob, 'of-bob-by-ann', 61)),
      createOf(ann, { ...noteOf(ann, 'other-author', 62), attributedTo: bob.uri } as { id: string }),
      { ...createOf(bob, noteOf(ann, 'other-actor', 63)), actor: bob.uri },
      { type: 'Like', actor: ann.uri, object: boosted.id },
      createOf(ann, noteOf(ann, 'oldest', 70)),
    ],
    { perPage: 4, totalItems: 321 },
  )
  const id = await found(s, ann)
  expect(await posts(s, id)).toEqual([])

  expect(await visitAccount(s.t.db, id)).toBe(true)
  await s.work()
  expect(await posts(s, id)).toEqual(['names-alice', 'boost of of-bob', 'by-id'])
  expect((await loadNotificationPage(s.t.db, alice, {}, { limit: 10 })).views).toEqual([])
  expect((await viewOf(s, id)).statusesCount).toBe(321)

  s.peer.fetched.length = 0
  expect(await visitAccount(s.t.db, id)).toBe(false)
  await s.work()
  expect(s.peer.fetched).toEqual([])
})

test('at most 20 posts are fetched, from at most 2 pages', async () => {
  await using s = await scene()
  const ann = s.peer.actor('ann')
  s.peer.collection(
    '/users/ann/outbox',
    Array.from({ length: 60 }, (_, n) => createOf(ann, noteOf(ann, String(n), n + 1))),
    { perPage: 15 },
  )
  const id = await found(s, ann)
  await visitAccount(s.t.db, id)
  await s.work()
  expect(await posts(s, id)).toEqual(Array.from({ length: 20 }, (_, n) => String(n)))
  expect(s.peer.fetched.filter((path) => path.includes('?page='))).toEqual([
    '/users/ann/outbox?page=1',
    '/users/ann/outbox?page=2',
  ])
})

test('following an account fetches its latest posts, once', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const bob = await localAccount(s.t, 'bob')
  const ann = s.peer.actor('ann')
  s.peer.documents.set('/users/ann/outbox', {
    id: `${ann.uri}/outbox`,
    type: 'OrderedCollection',
    totalItems: 1,
    orderedItems: [createOf(ann, noteOf(ann, 'only', 1))],
  })
  const id = await found(s, ann)
  await forgetJobs(s)
  await s.t.db.transaction((tx) => follow(tx, s.t.app.uris, alice, id))
  await s.work()
  expect(await posts(s, id)).toEqual(['only'])
  s.peer.fetched.length = 0
  await s.t.db.transaction((tx) => follow(tx, s.t.app.uris, bob, id))
  await s.work()
  expect(s.peer.fetched.filter((path) => path.includes('outbox'))).toEqual([])
})

test('a forbidden outbox is not fetched again, and an unavailable one is fetched once more', async () => {
  await using s = await scene()
  const ann = s.peer.actor('ann')
  const id = await found(s, ann)
  s.peer.documents.set('/users/ann/outbox', 404)
  expect(await visitAccount(s.t.db, id)).toBe(true)
  await s.work()
  expect(await visitAccount(s.t.db, id)).toBe(false)

  const bob = s.peer.actor('bob')
  const bobId = await found(s, bob)
  s.peer.documents.set('/users/bob/outbox', 503)
  await visitAccount(s.t.db, bobId)
  await s.work()
  expect(await visitAccount(s.t.db, bobId)).toBe(false)
  const later = (interval: string) =>
    s.t.db.execute(sql`update accounts set backfill_due_at = backfill_due_at - ${interval}::interval`)
  await later('61 minutes')
  expect([await visitAccount(s.t.db, id), await visitAccount(s.t.db, bobId)]).toEqual([false, true])
  await later('3 days')
  expect(await visitAccount(s.t.db, id)).toBe(true)
})

test('a remote account shows its server’s counts, and lists its stored followers', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const ann = s.peer.actor('ann')
  const zoe = s.peer.actor('zoe', { following: undefined })
  s.peer.collection('/users/ann/followers', ['https://elsewhere.test/users/x'], { totalItems: 1_234 })
  s.peer.documents.set('/users/ann/outbox', {
    id: `${ann.uri}/outbox`,
    type: 'OrderedCollection',
    totalItems: 5_000_000_000,
  })
  const id = await found(s, ann)
  const zoeId = await found(s, zoe)
  await makeFollow(s.t, alice, id)
  expect(await viewOf(s, id)).toMatchObject({ followersCount: 1, statusesCount: 0 })
  await visitAccount(s.t.db, id)
  await s.work()
  expect(await viewOf(s, id)).toMatchObject({
    followersCount: 1_234,
    followingCount: 0,
    statusesCount: 2_000_000_000,
    hidesCollections: false,
  })
  expect(await visibleRelations(s.t.db, null, id, 'followers', { limit: 10 })).toMatchObject([{ accountId: alice }])

  // Local changes change the remote counts, too.
  await makeFollow(s.t, zoeId, id)
  expect((await viewOf(s, id)).followersCount).toBe(1_235)
  expect((await viewOf(s, zoeId)).followingCount).toBe(1)
})

test('the followers of an account that hides them on its own server are hidden', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const ann = s.peer.actor('ann')
  s.peer.documents.set('/users/ann/followers', {
    id: `${ann.uri}/followers`,
    type: 'OrderedCollection',
    totalItems: 50,
  })
  const id = await found(s, ann)
  await makeFollow(s.t, alice, id)
  await visitAccount(s.t.db, id)
  await s.work()
  expect(await viewOf(s, id)).toMatchObject({ followersCount: 50, hidesCollections: true })
  expect(await visibleRelations(s.t.db, null, id, 'followers', { limit: 10 })).toBeNull()
})

test('a stale profile in use is fetched by one job, even if it is used again meanwhile', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const post = s.t.app.uris.status(await status(s.t, alice))
  const ann = s.peer.actor('ann')
  const id = await found(s, ann)
  const aged = (interval: string) =>
    s.t.db.execute(
      sql`update accounts set fetched_at = now() - ${interval}::interval, refresh_queued_at = null where domain is not null`,
    )
  const refreshes = async () => (await s.t.jobPayloads('profile')).map(({ accountId }) => accountId)
  const hear = async (n: number) => {
    await forgetJobs(s)
    const like = {
      '@context': 'https://www.w3.org/ns/activitystreams',
      id: `${ann.uri}/likes/${n}`,
      type: 'Like',
      actor: ann.uri,
      object: post,
    }
    expect((await s.routes.request(signedPost(s.t.app, ann, like))).status).toBe(202)
    await s.work()
  }
  await aged('2 days')
  await hear(1)
  expect(await refreshes()).toEqual([])
  await makeFollow(s.t, alice, id)
  await aged('2 days')
  s.peer.documents.set('/users/ann', { ...ann.document, name: 'Ann, renamed' })
  await hear(2)
  expect(await refreshes()).toEqual([id])
  expect((await viewOf(s, id)).displayName).toBe('ann')
  await hear(3)
  expect(await refreshes()).toEqual([])

  await aged('8 days')
  await s.t.db.execute(sql`delete from follows`)
  await hear(4)
  await s.t.db.execute(sql`update graphile_worker._private_jobs set run_at = now()`)
  await s.work()
  expect((await viewOf(s, id)).displayName).toBe('Ann, renamed')
})

test('an account that answers 410 is deleted; one that answers 404 only after 2 weeks', async () => {
  await using s = await scene()
  const looked = async (id: AccountId) => {
    await s.t.db.execute(sql`update accounts set refresh_queued_at = null where id = ${id}`)
    await visitAccount(s.t.db, id)
    await s.work()
    return (await viewOf(s, id)).deletedAt !== null
  }
  const gone = s.peer.actor('gone')
  const buried = s.peer.actor('buried')
  const missing = s.peer.actor('missing')
  const [goneId, buriedId, missingId] = [await found(s, gone), await found(s, buried), await found(s, missing)]
  s.peer.documents.set('/users/gone', 410)
  s.peer.documents.set('/users/buried', { id: buried.uri, type: 'Tombstone' })
  s.peer.documents.set('/users/missing', 404)
  expect([await looked(goneId), await looked(buriedId), await looked(missingId)]).toEqual([true, true, false])
  await s.t.db.execute(
    sql`update accounts set missing_since = now() - interval '15 days' where missing_since is not null`,
  )
  s.peer.documents.set('/users/missing', missing.document)
  expect(await looked(missingId)).toBe(false)
  s.peer.documents.set('/users/missing', 404)
  expect(await looked(missingId)).toBe(false)
  await s.t.db.execute(
    sql`update accounts set missing_since = now() - interval '15 days' where missing_since is not null`,
  )
  expect(await looked(missingId)).toBe(true)
  // A server that is away is no sign of anything.
  const away = s.peer.actor('away')
  const awayId = await found(s, away)
  s.peer.documents.set('/users/away', 500)
  expect(await looked(awayId)).toBe(false)
})

test('an account that changed its name stays the same account, and its old name is free', async () => {
  await using s = await scene()
  const ann = s.peer.actor('ann')
  const id = await found(s, ann)
  s.peer.documents.set('/users/ann', { ...ann.document, preferredUsername: 'anna' })
  await s.t.db.execute(sql`update accounts set refresh_queued_at = null`)
  await visitAccount(s.t.db, id)
  await s.work()
  expect(await viewOf(s, id)).toMatchObject({ username: 'anna', acct: `anna@${s.peer.host}` })
  const other = s.peer.actor('other', { preferredUsername: 'ann' })
  const otherId = await found(s, other)
  expect(await accountByHandle(s.t.db, { username: 'ann', domain: s.peer.host })).toBe(otherId)
  expect(await accountByUri(s.t.db, ann.uri)).toBe(id)
})
