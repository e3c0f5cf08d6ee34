import { randomBytes } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { accountByUri } from '#src/accounts/find.ts'
import { loadAccountViews } from '#src/accounts/views.ts'
import { forgetAccounts } from '#src/erasure/forget-accounts.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { loadNotificationPage } from '#src/reading/notifications/page.ts'
import { block } from '#src/relationships/block.ts'
import { follow } from '#src/relationships/follow.ts'
import { loadRelationships } from '#src/relationships/views.ts'
import { statusByUri } from '#src/statuses/find.ts'
import { loadStatusView } from '#src/statuses/views/views.ts'
import { toMediaAttachment } from '../../api/entities/media.ts'
import { localAccount, makeFollow, status } from '../cast.ts'
import { jobErrors } from '../jobs/run.ts'
import { peer, type PeerActor, signedPost } from './peer.ts'
import { type Scene, scene } from './setup.ts'

const publicly = { to: ['https://www.w3.org/ns/activitystreams#Public'] }
let count = 0
const withId = (actor: PeerActor, activity: object) => ({
  '@context': 'https://www.w3.org/ns/activitystreams',
  id: `${actor.uri}/activities/${++count}`,
  actor: actor.uri,
  ...activity,
})

/** Posts activities to the shared inbox and lets the worker do its work. */
async function receive(s: Scene, actor: PeerActor, ...activities: object[]): Promise<void> {
  for (const activity of activities) {
    const response = await s.routes.request(signedPost(s.t.app, actor, withId(actor, activity)))
    if (response.status !== 202) throw new Error(`${response.status} ${await response.text()}`)
  }
  await s.work()
}

const noteOf = (actor: PeerActor, id: string, more: object = {}) => ({
  id: `${actor.uri}/notes/${id}`,
  type: 'Note',
  attributedTo: actor.uri,
  content: `<p>Note ${id}</p>`,
  published: new Date().toISOString(),
  ...publicly,
  ...more,
})
const createOf = (note: object) => ({ type: 'Create', ...publicly, object: note })
const idOfPeer = async (s: Scene, actor: PeerActor) => (await accountByUri(s.t.db, actor.uri)) as AccountId
const sent = (s: Scene) =>
  s.peer.posted.map(({ body }) => JSON.parse(body) as { type: string; object: { id?: string } })
const notifications = async (s: Scene, account: AccountId) =>
  (await loadNotificationPage(s.t.db, account, {}, { limit: 40 })).views.map(({ type }) => type)

test('a follow is accepted once, however often it arrives', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const bob = s.peer.actor('bob')
  const activity = { type: 'Follow', id: `${bob.uri}/follows/1`, object: s.t.app.uris.account(alice) }
  await receive(s, bob, activity, activity)

  expect(sent(s)).toEqual([
    expect.objectContaining({
      type: 'Accept',
      object: { id: activity.id, type: 'Follow', actor: bob.uri, object: activity.object },
    }),
  ])
  expect(s.peer.posted[0]!.path).toBe('/users/bob/inbox')
  expect(await loadRelationships(s.t.db, alice, [await idOfPeer(s, bob)])).toMatchObject([{ followedBy: true }])
  expect(await notifications(s, alice)).toEqual(['follow'])

  await receive(s, bob, { type: 'Undo', object: activity })
  expect(await loadRelationships(s.t.db, alice, [await idOfPeer(s, bob)])).toMatchObject([{ followedBy: false }])
})

test('a forgotten account is fetched again when it sends an activity', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const bob = s.peer.actor('bob')
  const before = (await s.t.app.remote.url(bob.uri))!.id
  await s.t.db.execute(
    sql`update accounts set fetched_at = now() - interval '366 days', refresh_queued_at = null where domain is not null`,
  )
  expect(await s.t.db.transaction((tx) => forgetAccounts(tx, {}))).toMatchObject({ count: 1 })
  expect(await accountByUri(s.t.db, bob.uri)).toBe(null)

  await receive(s, bob, { type: 'Follow', object: s.t.app.uris.account(alice) })
  expect(await idOfPeer(s, bob)).not.toBe(before)
  expect(await loadRelationships(s.t.db, alice, [await idOfPeer(s, bob)])).toMatchObject([{ followedBy: true }])
})

test('a follow request of a blocked account is rejected', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const bob = s.peer.actor('bob')
  const bobId = (await s.t.app.remote.url(bob.uri))!.id as AccountId
  await s.t.db.transaction((tx) => block(tx, s.t.app.uris, alice, bobId))
  await receive(s, bob, { type: 'Follow', object: s.t.app.uris.account(alice) })
  expect(sent(s).map(({ type }) => type)).toEqual(['Block', 'Reject'])
})

test('an Accept or Reject counts only from the followed account', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const bob = s.peer.actor('bob')
  const mallory = s.peer.actor('mallory')
  const bobId = (await s.t.app.remote.url(bob.uri))!.id as AccountId
  await s.t.app.remote.url(mallory.uri)
  await s.t.db.transaction((tx) => follow(tx, s.t.app.uris, alice, bobId))
  await s.work()
  const [asked] = sent(s) as unknown as [{ id: string; type: string }]
  expect(asked).toMatchObject({ type: 'Follow', actor: s.t.app.uris.account(alice), object: bob.uri })
  const relation = async () => (await loadRelationships(s.t.db, alice, [bobId]))[0]

  await receive(s, mallory, { type: 'Accept', object: asked.id }, { type: 'Accept', object: asked })
  expect(await relation()).toMatchObject({ following: false, requested: true })
  await receive(s, bob, {
    type: 'Accept',
    object: { type: 'Follow', actor: s.t.app.uris.account(alice), object: bob.uri },
  })
  expect(await relation()).toMatchObject({ following: true, requested: false })
  await receive(s, mallory, { type: 'Reject', object: asked.id })
  expect(await relation()).toMatchObject({ following: true })
  await receive(s, bob, { type: 'Reject', object: asked.id })
  expect(await relation()).toMatchObject({ following: false })
})

test('a post is stored only if it concerns a local account', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const post = await status(s.t, alice, { text: 'Hello' })
  const bob = s.peer.actor('bob')
  const here = async (id: string) => (await statusByUri(s.t.db, `${bob.uri}/notes/${id}`)) !== null
  const mention = { type: 'Mention', href: s.t.app.uris.account(alice), name: '@alice@pipit.test' }

  await receive(
    s,
    bob,
    createOf(noteOf(bob, 'unwanted')),
    createOf(noteOf(bob, 'mention', { tag: mention })),
    createOf(noteOf(bob, 'reply', { inReplyTo: s.t.app.uris.status(post) })),
  )
  expect([await here('unwanted'), await here('mention'), await here('reply')]).toEqual([false, true, true])
  expect(await notifications(s, alice)).toEqual(['mention'])

  await makeFollow(s.t, alice, await idOfPeer(s, bob))
  await receive(s, bob, createOf(noteOf(bob, 'followed')))
  expect(await here('followed')).toBe(true)
})

test('an actor can’t act for another actor', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const bob = s.peer.actor('bob')
  const mallory = s.peer.actor('mallory')
  for (const actor of [bob, mallory])
    await makeFollow(s.t, alice, (await s.t.app.remote.url(actor.uri))!.id as AccountId)
  await receive(s, bob, createOf(noteOf(bob, 'true')))
  const original = noteOf(bob, 'true')
  const content = async () =>
    (await loadStatusView(s.t.db, null, (await statusByUri(s.t.db, original.id))!.id))?.content
  const later = new Date(Date.now() + 60_000).toISOString()

  await receive(
    s,
    mallory,
    createOf(noteOf(bob, 'forged')),
    createOf(noteOf(mallory, 'foreign', { id: 'https://elsewhere.test/notes/1' })),
    createOf(noteOf(mallory, 'ours', { id: 'https://pipit.test/ap/statuses/1' })),
    { type: 'Update', object: { ...original, content: 'Forged', updated: later } },
    { type: 'Update', object: { ...original, attributedTo: mallory.uri, content: 'Forged', updated: later } },
    { type: 'Update', object: { ...bob.document, name: 'Forged' } },
    { type: 'Delete', object: original.id },
    { type: 'Delete', object: bob.uri },
    { type: 'Undo', object: { type: 'Follow', actor: bob.uri, object: s.t.app.uris.account(alice) } },
  )
  expect(await content()).toBe('<p>Note true</p>')
  expect(await statusByUri(s.t.db, `${bob.uri}/notes/forged`)).toBeNull()
  expect(await statusByUri(s.t.db, 'https://elsewhere.test/notes/1')).toBeNull()
  expect(await loadAccountViews(s.t.db, [await idOfPeer(s, bob)])).toMatchObject([
    { displayName: 'bob', deletedAt: null },
  ])
})

test('newer edits apply, and deleted posts do not come back', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const bob = s.peer.actor('bob')
  await makeFollow(s.t, alice, (await s.t.app.remote.url(bob.uri))!.id as AccountId)
  const published = new Date(Date.now() - 60_000)
  const note = noteOf(bob, '1', { published: published.toISOString() })
  const edit = (content: string, seconds: number) => ({
    type: 'Update',
    object: { ...note, content, updated: new Date(published.getTime() + seconds * 1_000).toISOString() },
  })
  const view = async () => loadStatusView(s.t.db, null, (await statusByUri(s.t.db, note.id))!.id)

  await receive(s, bob, createOf(note), edit('<p>Second</p>', 20), edit('<p>First</p>', 10))
  expect((await view())?.content).toBe('<p>Second</p>')

  await receive(
    s,
    bob,
    { type: 'Delete', object: { id: note.id, type: 'Tombstone' } },
    createOf(note),
    edit('<p>Third</p>', 30),
  )
  expect(await view()).toBeUndefined()

  const early = noteOf(bob, 'early')
  await receive(s, bob, { type: 'Delete', object: early.id }, createOf(early))
  expect(await statusByUri(s.t.db, early.id)).toBeNull()
})

test('likes and boosts of local posts are counted once, and every form of Undo takes them back', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const post = await status(s.t, alice)
  const bob = s.peer.actor('bob')
  const uri = s.t.app.uris.status(post)
  const counts = async () => {
    const view = await loadStatusView(s.t.db, null, post)
    return [view?.favouritesCount, view?.reblogsCount]
  }
  const like = { type: 'Like', id: `${bob.uri}/likes/1`, object: uri }
  const boost = { type: 'Announce', id: `${bob.uri}/boosts/1`, object: uri, ...publicly }

  await receive(s, bob, like, { ...like, id: `${bob.uri}/likes/2` }, boost, { ...boost, id: `${bob.uri}/boosts/2` })
  expect(await counts()).toEqual([1, 1])
  expect(await notifications(s, alice)).toEqual(['reblog', 'favourite'])
  await receive(s, bob, { type: 'Undo', object: like.id }, { type: 'Undo', object: boost.id })
  expect(await counts()).toEqual([0, 0])

  await receive(s, bob, { ...like, id: `${bob.uri}/likes/3` }, { ...boost, id: `${bob.uri}/boosts/3` })
  expect(await counts()).toEqual([1, 1])
  await receive(
    s,
    bob,
    { type: 'Undo', object: { type: 'Like', actor: bob.uri, object: uri } },
    { type: 'Undo', object: { type: 'Announce', actor: bob.uri, object: uri } },
  )
  expect(await counts()).toEqual([0, 0])
})

test('an account can’t like or boost a private post that it may not see', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const post = await status(s.t, alice, { visibility: 'private' })
  const bob = s.peer.actor('bob')
  const object = s.t.app.uris.status(post)
  await receive(s, bob, { type: 'Like', object }, { type: 'Announce', object, ...publicly })
  expect(await loadStatusView(s.t.db, alice, post)).toMatchObject({ favouritesCount: 0, reblogsCount: 0 })
  expect(await notifications(s, alice)).toEqual([])
})

test('a boost by a followed account makes the post and its parents be fetched from their own server', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const bob = s.peer.actor('bob')
  const carol = s.peer.actor('carol')
  await makeFollow(s.t, alice, (await s.t.app.remote.url(bob.uri))!.id as AccountId)
  for (let i = 1; i <= 3; i++)
    s.peer.documents.set(`/users/carol/notes/${i}`, {
      '@context': 'https://www.w3.org/ns/activitystreams',
      ...noteOf(carol, String(i), i > 1 ? { inReplyTo: `${carol.uri}/notes/${i - 1}` } : {}),
    })
  await receive(s, bob, { type: 'Announce', object: `${carol.uri}/notes/3`, ...publicly })

  const { rows } = await s.t.db.execute<{ uri: string; parent: string | null }>(sql`
    select s.uri, p.uri as parent from statuses s left join statuses p on p.id = s.in_reply_to_id where s.reblog_of_id is null order by s.uri`)
  expect(rows).toEqual(
    [1, 2, 3].map((i) => ({ uri: `${carol.uri}/notes/${i}`, parent: i > 1 ? `${carol.uri}/notes/${i - 1}` : null })),
  )
})

test('a self-delete of an account deletes its posts', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const bob = s.peer.actor('bob')
  await makeFollow(s.t, alice, (await s.t.app.remote.url(bob.uri))!.id as AccountId)
  await receive(s, bob, createOf(noteOf(bob, '1')))
  s.peer.documents.delete('/users/bob')
  await receive(s, bob, { type: 'Delete', object: bob.uri })

  expect((await loadAccountViews(s.t.db, [await idOfPeer(s, bob)]))[0]?.deletedAt).not.toBeNull()
  expect(await statusByUri(s.t.db, `${bob.uri}/notes/1`)).toMatchObject({ deletedAt: expect.any(Date) })
})

test('a job for a malformed activity is not retried', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const bob = s.peer.actor('bob')
  await makeFollow(s.t, alice, (await s.t.app.remote.url(bob.uri))!.id as AccountId)
  await s.work()
  await receive(
    s,
    bob,
    createOf(noteOf(bob, 'dates', { published: 'some day' })),
    createOf({ type: 'Note' }),
    { type: 'Create', object: 'not a url' },
    { type: 'Create' },
    { type: 'Follow', object: [{ id: 'urn:x' }, 7] },
    { type: 'Undo', object: null },
    { type: 'Like', object: `${bob.uri}/missing` },
    {
      '@context': ['https://www.w3.org/ns/activitystreams', `${s.peer.origin}/context`],
      ...createOf(noteOf(bob, 'context')),
    },
  )
  expect(await s.t.jobs()).toEqual([])
  expect(s.peer.fetched).not.toContain('/context')
  expect(await statusByUri(s.t.db, `${bob.uri}/notes/context`)).not.toBeNull()
})

test('an activity with an odd part, or without a context, counts', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const bob = s.peer.actor('bob')
  await makeFollow(s.t, alice, (await s.t.app.remote.url(bob.uri))!.id as AccountId)
  const odd: object[] = [
    { updated: '' },
    { duration: '' },
    { endTime: 'soon' },
    { tag: { type: 'Hashtag', href: 7 } },
    { url: { type: 'Link', href: '%' } },
  ]
  const notes = odd.map((more, i) => noteOf(bob, `odd${i}`, more))
  await receive(
    s,
    bob,
    ...notes.map(createOf),
    { ...createOf(noteOf(bob, 'bare')), '@context': undefined },
    { ...createOf(noteOf(bob, 'date')), published: 'today', endTime: '' },
  )
  expect(await jobErrors(s.t)).toEqual([])
  for (const uri of [...notes.map(({ id }) => id), `${bob.uri}/notes/bare`, `${bob.uri}/notes/date`])
    expect([uri, await statusByUri(s.t.db, uri)]).toEqual([uri, expect.anything()])
})

test('activities with ids too long for an index are ignored', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const bob = s.peer.actor('bob')
  await makeFollow(s.t, alice, (await s.t.app.remote.url(bob.uri))!.id as AccountId)
  // Random, as PostgreSQL compresses repetitions.
  const long = `${bob.uri}/${randomBytes(1_800).toString('hex')}`
  await receive(
    s,
    bob,
    createOf(noteOf(bob, 'url', { url: long })),
    createOf(noteOf(bob, 'reply', { inReplyTo: long })),
    createOf(noteOf(bob, 'id', { id: long })),
    { type: 'Delete', object: long },
    { type: 'Like', id: long, object: `${bob.uri}/notes/url` },
  )
  expect(await s.t.jobs()).toEqual([])
  expect(await statusByUri(s.t.db, `${bob.uri}/notes/url`)).not.toBeNull()
  expect(await statusByUri(s.t.db, `${bob.uri}/notes/reply`)).not.toBeNull()
})

test('a Delete by an unknown actor stops the post that it overtook', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const bob = s.peer.actor('bob')
  const early = noteOf(bob, 'early', { tag: { type: 'Mention', href: s.t.app.uris.account(alice) } })
  await receive(s, bob, { type: 'Delete', object: early.id })
  expect(await idOfPeer(s, bob)).toBeNull()
  await receive(s, bob, createOf(early))
  expect(await statusByUri(s.t.db, early.id)).toBeNull()
  expect(await notifications(s, alice)).toEqual([])
})

test('an account can’t claim the id of an unknown account', async () => {
  await using s = await scene()
  await using elsewhere = await peer()
  const alice = await localAccount(s.t, 'alice')
  const bob = s.peer.actor('bob')
  const mallory = elsewhere.actor('mallory', { url: bob.uri })
  const object = s.t.app.uris.account(alice)
  await receive(s, mallory, { type: 'Follow', object })
  await receive(s, bob, { type: 'Follow', object })
  const id = await idOfPeer(s, bob)
  expect(id).not.toBeNull()
  expect(await loadRelationships(s.t.db, alice, [id])).toMatchObject([{ followedBy: true }])
  expect(await s.t.app.remote.url(bob.uri)).toEqual({ type: 'account', id })
})

test('an actor can’t use up the id of another actor’s activity', async () => {
  await using s = await scene()
  await using elsewhere = await peer()
  const alice = await localAccount(s.t, 'alice')
  const [bob, mallory] = [s.peer.actor('bob'), elsewhere.actor('mallory')]
  const activity = { id: `${bob.uri}/follows/1`, type: 'Follow', object: s.t.app.uris.account(alice) }
  await receive(s, mallory, activity)
  await receive(s, bob, activity)
  expect(await loadRelationships(s.t.db, alice, [await idOfPeer(s, bob)])).toMatchObject([{ followedBy: true }])
})

test('of profile changes in the wrong order, the current state counts', async () => {
  await using s = await scene()
  const bob = s.peer.actor('bob')
  await s.t.app.remote.url(bob.uri)
  s.peer.documents.set('/users/bob', { ...bob.document, name: 'New' })
  await receive(
    s,
    bob,
    { type: 'Update', object: { ...bob.document, name: 'New' } },
    { type: 'Update', object: { ...bob.document, name: 'Old' } },
  )
  expect(await loadAccountViews(s.t.db, [await idOfPeer(s, bob)])).toMatchObject([{ displayName: 'New' }])
})

test('the id of a Follow lets its sender follow one account only', async () => {
  await using s = await scene()
  const [alice, ann] = [await localAccount(s.t, 'alice'), await localAccount(s.t, 'ann')]
  const bob = s.peer.actor('bob')
  const follows = (account: AccountId) => ({
    type: 'Follow',
    id: `${bob.uri}/follows/1`,
    object: s.t.app.uris.account(account),
  })
  await receive(s, bob, follows(alice))
  await s.t.db.execute(sql`delete from received_activities`)
  await receive(s, bob, follows(ann))
  expect(sent(s)).toHaveLength(1)
  expect(await notifications(s, ann)).toEqual([])
})

test('a video is stored with its title, still and duration, and with the audience of its activity', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const bob = s.peer.actor('bob')
  const bobId = (await s.t.app.remote.url(bob.uri))!.id as AccountId
  await makeFollow(s.t, alice, bobId)
  const uri = `${bob.uri}/videos/1`
  const { to: _, ...video } = noteOf(bob, '1', {
    id: uri,
    type: 'Video',
    name: 'Low tide',
    duration: 'PT1M5S',
    icon: [
      { type: 'Image', url: 'https://b.test/small.jpg', width: 280 },
      { type: 'Image', url: 'https://b.test/large.jpg', width: 850 },
    ],
    url: [{ type: 'Link', mediaType: 'video/mp4', href: 'https://b.test/1.mp4', height: 480, width: 854 }],
  })
  await receive(s, bob, createOf(video))

  const known = await statusByUri(s.t.db, uri)
  const view = known && (await loadStatusView(s.t.db, null, known.id))
  expect(view).toMatchObject({
    visibility: 'public',
    content: expect.stringContaining('<p><strong>Low tide</strong></p>'),
    media: [
      {
        kind: 'video',
        remoteUrl: 'https://b.test/1.mp4',
        previewRemoteUrl: 'https://b.test/large.jpg',
        durationSeconds: 65,
        width: 854,
      },
    ],
  })
  const { uris } = s.t.app
  expect(toMediaAttachment(view!.media[0]!, uris)).toMatchObject({
    preview_url: uris.remoteFile('https://b.test/large.jpg', 'small'),
    preview_remote_url: 'https://b.test/large.jpg',
    meta: { original: { duration: 65, width: 854 } },
  })
})
