import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { accountByUri } from '#src/accounts/find.ts'
import type { AccountId, StatusId } from '#src/platform/ids.ts'
import { loadNotificationPage } from '#src/reading/notifications/page.ts'
import { follow } from '#src/relationships/follow.ts'
import { deleteStatus } from '#src/statuses/delete.ts'
import { editStatus } from '#src/statuses/edit.ts'
import { statusByUri } from '#src/statuses/find.ts'
import { pin, pinnedStatuses, unpin } from '#src/statuses/interactions/pin.ts'
import { vote } from '#src/statuses/polls/vote.ts'
import { loadHistory } from '#src/statuses/views/history.ts'
import { loadStatusView } from '#src/statuses/views/views.ts'
import { localAccount, makeFollow, status } from '../cast.ts'
import { makeDue } from '../jobs/run.ts'
import { type PeerActor, signedPost } from './peer.ts'
import { type Scene, scene } from './setup.ts'

// oxlint-disable-next-line typescript/no-explicit-any -- activities are read as other servers read them
type Activity = any
const publicly = { to: ['https://www.w3.org/ns/activitystreams#Public'] }
let count = 0

async function receive(s: Scene, actor: PeerActor, ...activities: object[]): Promise<void> {
  for (const activity of activities) {
    const response = await s.routes.request(
      signedPost(s.t.app, actor, {
        '@context': 'https://www.w3.org/ns/activitystreams',
        id: `${actor.uri}/activities/${++count}`,
        actor: actor.uri,
        ...activity,
      }),
    )
    if (response.status !== 202) throw new Error(`${response.status} ${await response.text()}`)
  }
  await s.work()
}

const sent = (s: Scene, type: string): Activity[] =>
  s.peer.posted.map(({ body }) => JSON.parse(body)).filter((activity) => activity.type === type)
const idOf = async (s: Scene, actor: PeerActor) => (await accountByUri(s.t.db, actor.uri)) as AccountId
const pollOf = async (s: Scene, id: StatusId) => (await loadStatusView(s.t.db, null, id))?.poll

/** A local account that an account of the other server follows. */
async function followed(s: Scene, name: string, by: PeerActor): Promise<AccountId> {
  const account = await localAccount(s.t, name)
  await receive(s, by, { type: 'Follow', object: s.t.app.uris.account(account) })
  return account
}

const question = (actor: PeerActor, id: string, counts: number[], more: object = {}) => ({
  id: `${actor.uri}/notes/${id}`,
  type: 'Question',
  attributedTo: actor.uri,
  content: '<p>Which?</p>',
  published: '2026-01-01T00:00:00Z',
  endTime: new Date(Date.now() + 3_600_000).toISOString(),
  oneOf: counts.map((totalItems, i) => ({
    type: 'Note',
    name: `Option ${i}`,
    replies: { type: 'Collection', totalItems },
  })),
  ...publicly,
  ...more,
})

test('remote votes count once for each account, and are not stored as posts', async () => {
  await using s = await scene()
  const [bob, eve] = [s.peer.actor('bob'), s.peer.actor('eve')]
  const alice = await followed(s, 'alice', bob)
  const single = await status(s.t, alice, {
    text: 'Which?',
    poll: { options: ['Tea', 'Coffee'], expiresInSeconds: 300 },
  })
  const several = await status(s.t, alice, {
    text: 'Which ones?',
    poll: { options: ['Tea', 'Coffee'], expiresInSeconds: 300, isMultiple: true },
  })
  const secret = await status(s.t, alice, {
    text: 'Followers?',
    visibility: 'private',
    poll: { options: ['Tea', 'Coffee'], expiresInSeconds: 300 },
  })
  const ballot = (actor: PeerActor, poll: StatusId, name: string, more: object = {}) => ({
    type: 'Create',
    to: [s.t.app.uris.account(alice)],
    object: {
      id: `${actor.uri}/votes/${++count}`,
      type: 'Note',
      attributedTo: actor.uri,
      name,
      inReplyTo: s.t.app.uris.status(poll),
      to: [s.t.app.uris.account(alice)],
      ...more,
    },
  })
  // Some send words along with the name.
  await receive(
    s,
    bob,
    ballot(bob, single, 'Tea', { content: '<br>', tag: [{ type: 'Mention', href: s.t.app.uris.account(alice) }] }),
    ballot(bob, single, 'Tea'),
    ballot(bob, single, 'Coffee'),
  )
  await receive(
    s,
    bob,
    ballot(bob, several, 'Tea'),
    ballot(bob, several, 'Coffee'),
    ballot(bob, several, 'Coffee'),
    ballot(bob, several, 'Milk'),
    ballot(bob, secret, 'Tea'),
  )
  await receive(s, eve, ballot(eve, single, 'Coffee'), ballot(eve, secret, 'Tea'))

  expect(await pollOf(s, single)).toMatchObject({ votersCount: 2, options: [{ votesCount: 1 }, { votesCount: 1 }] })
  expect(await pollOf(s, several)).toMatchObject({ votersCount: 1, options: [{ votesCount: 1 }, { votesCount: 1 }] })
  expect((await loadStatusView(s.t.db, alice, secret))?.poll).toMatchObject({
    votersCount: 1,
    options: [{ votesCount: 1 }, {}],
  })
  const { rows } = await s.t.db.execute<{ n: number }>(sql`select count(*)::int as n from statuses where not is_local`)
  expect(rows[0]?.n).toBe(0)
  expect((await loadNotificationPage(s.t.db, alice, {}, { limit: 40 })).views.map(({ type }) => type)).toEqual([
    'follow',
  ])

  // Other servers learn how it stands, not with each vote, and once more at the end.
  expect(sent(s, 'Create').map(({ object }) => object.type)).toEqual(['Question', 'Question', 'Question'])
  expect(sent(s, 'Update')).toEqual([])
  await s.t.db.execute(sql`update polls set expires_at = now() - interval '1 second' where status_id = ${single}`)
  await makeDue(s.t)
  await s.work()
  const last = sent(s, 'Update')
    .filter(({ object }) => object.id === s.t.app.uris.status(single))
    .at(-1)
  expect(last.object).toMatchObject({
    type: 'Question',
    closed: expect.any(String),
    votersCount: 2,
    oneOf: [
      { name: 'Tea', replies: { totalItems: 1 } },
      { name: 'Coffee', replies: { totalItems: 1 } },
    ],
  })
  await receive(s, s.peer.actor('late'), ballot(bob, single, 'Tea'))
  expect(await pollOf(s, single)).toMatchObject({ votersCount: 2 })

  // A voter that does not follow gets the Delete.
  const before = s.peer.posted.length
  await s.t.db.transaction((tx) => deleteStatus(tx, alice, single))
  await s.work()
  expect(
    s.peer.posted
      .slice(before)
      .map(({ path }) => path)
      .sort(),
  ).toEqual(['/users/bob/inbox', '/users/eve/inbox'])
})

test('a remote poll is shown, can be voted in, and is kept up to date', async () => {
  await using s = await scene()
  const bob = s.peer.actor('bob')
  const alice = await localAccount(s.t, 'alice')
  await s.t.app.remote.url(bob.uri)
  await makeFollow(s.t, alice, await idOf(s, bob))
  const asked = question(bob, 'poll', [2, 1], { votersCount: 3 })
  await receive(s, bob, { type: 'Create', ...publicly, object: asked })
  const { id } = (await statusByUri(s.t.db, asked.id))!
  expect(await pollOf(s, id)).toMatchObject({
    isMultiple: false,
    votersCount: 3,
    options: [
      { title: 'Option 0', votesCount: 2 },
      { title: 'Option 1', votesCount: 1 },
    ],
  })

  await s.t.db.transaction((tx) => vote(tx, alice, id, [1]))
  await s.work()
  const [ballot] = sent(s, 'Create')
  expect(ballot).toMatchObject({
    actor: s.t.app.uris.account(alice),
    to: [bob.uri],
    object: {
      type: 'Note',
      name: 'Option 1',
      inReplyTo: asked.id,
      to: [bob.uri],
      attributedTo: s.t.app.uris.account(alice),
    },
  })
  expect(ballot.object).not.toHaveProperty('content')

  // An older count that was overtaken does not take the vote away.
  await receive(s, bob, { type: 'Update', ...publicly, object: asked })
  expect(await pollOf(s, id)).toMatchObject({ options: [{ votesCount: 2 }, { votesCount: 2 }] })
  await receive(s, bob, {
    type: 'Update',
    ...publicly,
    object: question(bob, 'poll', [5, 2], { votersCount: 7, endTime: asked.endTime }),
  })
  expect(await pollOf(s, id)).toMatchObject({ votersCount: 7, options: [{ votesCount: 5 }, { votesCount: 2 }] })
  expect(await loadHistory(s.t.db, null, id)).toHaveLength(1)

  // At the end its server is asked for the last word.
  const closed = new Date(Date.now() - 1_000).toISOString()
  s.peer.documents.set(
    '/users/bob/notes/poll',
    question(bob, 'poll', [6, 2], { votersCount: 8, endTime: closed, closed }),
  )
  await s.t.db.execute(sql`update polls set expires_at = ${closed}`)
  await makeDue(s.t)
  await s.work()
  expect(await pollOf(s, id)).toMatchObject({
    isExpired: true,
    votersCount: 8,
    options: [{ votesCount: 6 }, { votesCount: 2 }],
  })
  expect((await loadNotificationPage(s.t.db, alice, {}, { limit: 40 })).views.map(({ type }) => type)).toEqual(['poll'])

  // Asked anew, it starts anew.
  await receive(s, bob, {
    type: 'Update',
    ...publicly,
    object: { ...question(bob, 'poll', [0, 0, 0]), updated: new Date().toISOString() },
  })
  expect((await loadStatusView(s.t.db, alice, id))?.poll).toMatchObject({
    ownVotes: [],
    options: [{}, {}, { title: 'Option 2' }],
  })
  expect((await loadHistory(s.t.db, null, id)).map(({ pollOptions }) => pollOptions?.length)).toEqual([2, 3])
})

test('edits and pins reach the servers that have the post', async () => {
  await using s = await scene()
  const bob = s.peer.actor('bob')
  const alice = await followed(s, 'alice', bob)
  const { uris } = s.t.app
  const id = await status(s.t, alice, { text: 'Frist' })
  await editStatus(s.t.app, alice, id, { text: 'First' })
  await s.t.db.transaction((tx) => pin(tx, alice, id))
  await s.work()
  expect(sent(s, 'Update')).toMatchObject([
    {
      actor: uris.account(alice),
      object: { id: uris.status(id), content: '<p>First</p>', updated: expect.any(String) },
    },
  ])
  expect(sent(s, 'Add')).toMatchObject([{ object: uris.status(id), target: uris.featured(alice) }])
  const featured = async () =>
    ((await (await s.routes.request(new URL(uris.featured(alice)).pathname)).json()) as Activity).orderedItems.map(
      (note: Activity) => note.id,
    )
  expect(await featured()).toEqual([uris.status(id)])
  await s.t.db.transaction((tx) => unpin(tx, alice, id))
  await s.work()
  expect(sent(s, 'Remove')).toMatchObject([{ object: uris.status(id), target: uris.featured(alice) }])
  expect(await featured()).toEqual([])
})

test('pins of followed remote accounts are fetched, and follow changes on their server', async () => {
  await using s = await scene()
  const bob = s.peer.actor('bob', { featured: `${s.peer.origin}/users/bob/featured` })
  const mallory = s.peer.actor('mallory')
  const note = (id: string) => ({
    id: `${bob.uri}/notes/${id}`,
    type: 'Note',
    attributedTo: bob.uri,
    content: `<p>${id}</p>`,
    published: '2026-01-01T00:00:00Z',
    ...publicly,
  })
  for (const id of ['one', 'two', 'three']) s.peer.documents.set(`/users/bob/notes/${id}`, note(id))
  s.peer.documents.set('/users/bob/featured', {
    id: `${bob.uri}/featured`,
    type: 'OrderedCollection',
    orderedItems: [{ type: 'Create', object: note('one') }, note('two').id],
  })
  const alice = await localAccount(s.t, 'alice')
  await s.t.app.remote.url(bob.uri)
  const bobId = await idOf(s, bob)
  await s.t.db.transaction((tx) => follow(tx, s.t.app.uris, alice, bobId))
  await s.work()
  const shown = async () => {
    const views = await Promise.all(
      (await pinnedStatuses(s.t.db, null, bobId)).map((id) => loadStatusView(s.t.db, null, id)),
    )
    return views.map((view) => view?.content)
  }
  expect(await shown()).toEqual(['<p>one</p>', '<p>two</p>'])

  const target = `${bob.uri}/featured`
  await s.t.app.remote.url(mallory.uri)
  await receive(
    s,
    mallory,
    { type: 'Add', object: note('three').id, target },
    { type: 'Remove', object: note('one').id, target },
  )
  expect(await shown()).toEqual(['<p>one</p>', '<p>two</p>'])
  await receive(
    s,
    bob,
    { type: 'Add', object: note('three').id, target },
    { type: 'Remove', object: note('one').id, target },
  )
  expect(await shown()).toEqual(['<p>three</p>', '<p>two</p>'])
})

test('followers who asked for notifications of new posts get them for remote posts, too', async () => {
  await using s = await scene()
  const author = s.peer.actor('carol')
  const bob = await followed(s, 'bob', author)
  const authorId = await idOf(s, author)
  await makeFollow(s.t, bob, authorId)
  await s.t.db.transaction((tx) => follow(tx, s.t.app.uris, bob, authorId, { notifies: true }))
  await receive(s, author, {
    type: 'Create',
    ...publicly,
    object: { ...question(author, 'news', [0, 0]), published: new Date().toISOString() },
  })
  const { views } = await loadNotificationPage(s.t.db, bob, {}, { limit: 10 })
  expect(views.map(({ type }) => type)).toContain('status')
})

test('a poll without an end has no endTime, accepts votes, and queues no job for its end', async () => {
  await using s = await scene()
  const bob = await s.peer.actor('bob')
  const alice = await followed(s, 'alice', bob)
  const id = await status(s.t, alice, { text: 'Which?', poll: { options: ['Tea', 'Coffee'], expiresInSeconds: null } })
  await s.work()
  const [{ object }] = sent(s, 'Create')
  expect(object).toMatchObject({ type: 'Question', oneOf: [{ name: 'Tea' }, { name: 'Coffee' }] })
  expect([object.endTime, object.closed]).toEqual([undefined, undefined])
  const ends = () => s.t.db.execute(sql`select 1 from graphile_worker.jobs where key like 'poll-end %'`)
  expect((await ends()).rows).toEqual([])

  await editStatus(s.t.app, alice, id, {
    text: 'Which?',
    poll: { options: ['Tea', 'Coffee'], expiresInSeconds: 3_600 },
  })
  expect((await ends()).rows).toHaveLength(1)
  expect((await pollOf(s, id))?.expiresAt).toBeInstanceOf(Date)
  await editStatus(s.t.app, alice, id, { text: 'Which?', poll: { options: ['Tea', 'Coffee'], expiresInSeconds: null } })
  expect((await pollOf(s, id))?.expiresAt).toBeNull()
  await makeDue(s.t)
  await s.work()
  expect(await pollOf(s, id)).toMatchObject({ isExpired: false })
  expect((await loadNotificationPage(s.t.db, alice, {}, { limit: 40 })).views.map(({ type }) => type)).toEqual([
    'follow',
  ])
})
