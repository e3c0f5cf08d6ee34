import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { readRefresh } from '#src/platform/async-refreshes.ts'
import type { StatusId } from '#src/platform/ids.ts'
import { loadNotificationPage } from '#src/reading/notifications/page.ts'
import { statusByUri } from '#src/statuses/find.ts'
import { favourite, unfavourite } from '#src/statuses/interactions/favourite.ts'
import { openThread } from '#src/statuses/threads/open-thread.ts'
import { thread } from '#src/statuses/threads/thread.ts'
import { loadStatusView } from '#src/statuses/views/views.ts'
import { localAccount, status } from '../cast.ts'
import { peer, type Peer, type PeerActor } from './peer.ts'
import { type Scene, scene } from './setup.ts'

const everybody = 'https://www.w3.org/ns/activitystreams#Public'
const dayMs = 24 * 3_600_000

/** A post that its server serves. */
function note(at: Peer, author: PeerActor, name: string, more: object = {}): string {
  const id = `${author.uri}/notes/${name}`
  at.documents.set(new URL(id).pathname, {
    id,
    type: 'Note',
    attributedTo: author.uri,
    content: `<p>${name}</p>`,
    published: new Date().toISOString(),
    to: everybody,
    ...more,
  })
  return id
}

/** A post that is here already, as it came without its replies. */
async function known(s: Scene, uri: string): Promise<StatusId> {
  const found = await s.t.app.remote.url(uri)
  await s.t.db.execute(sql`update statuses set replies_fetched_at = null`)
  await s.t.db.execute(sql`delete from graphile_worker._private_jobs`)
  return found!.id as StatusId
}

/** Changes properties of a peer's post. */
const add = (at: Peer, uri: string, more: object) =>
  at.documents.set(new URL(uri).pathname, { ...(at.documents.get(new URL(uri).pathname) as object), ...more })

async function descendants(s: Scene, root: StatusId): Promise<string[]> {
  const { descendants: ids } = await thread(s.t.db, null, root)
  const { rows } = await s.t.db.execute<{ id: StatusId; uri: string }>(sql`select id, uri from statuses`)
  return ids.map((id) => rows.find((row) => row.id === id)?.uri ?? '').map((uri) => uri.split('/').at(-1) ?? '')
}

const count = async (s: Scene) =>
  Number((await s.t.db.execute<{ n: number }>(sql`select count(*)::int as n from statuses`)).rows[0]?.n)

test('opening a thread fetches missing replies from every server, level by level', async () => {
  await using s = await scene()
  await using other = await peer()
  const ann = s.peer.actor('ann')
  const bob = other.actor('bob')
  const root = note(s.peer, ann, 'root')
  const rootId = await known(s, root)

  const first = note(s.peer, ann, 'first', { inReplyTo: root })
  const second = note(other, bob, 'second', { inReplyTo: root })
  const third = note(s.peer, ann, 'third', { inReplyTo: second })
  const fourth = note(other, bob, 'fourth', { inReplyTo: third })
  // As Mastodon lists them: some at once, more on a page. As GoToSocial does: a first page that only leads to the next. And just an id.
  add(s.peer, root, {
    replies: {
      id: `${root}/replies`,
      type: 'Collection',
      first: { type: 'CollectionPage', items: [first], next: `${root}/replies?page=2` },
    },
  })
  s.peer.documents.set(`${new URL(root).pathname}/replies?page=2`, {
    id: `${root}/replies?page=2`,
    type: 'CollectionPage',
    items: [second],
  })
  add(other, second, {
    replies: {
      id: `${second}/replies`,
      type: 'Collection',
      first: { id: `${second}/replies?limit=1`, type: 'CollectionPage', next: `${second}/replies?min=0` },
    },
  })
  other.documents.set(`${new URL(second).pathname}/replies?min=0`, {
    id: `${second}/replies?min=0`,
    type: 'CollectionPage',
    items: third,
  })
  add(s.peer, third, { replies: s.peer.collection('/third-replies', [fourth]) })

  const refresh = await openThread(s.t.app, rootId)
  expect(refresh).toMatchObject({ status: 'running', resultCount: 0 })
  await s.work()
  expect((await descendants(s, rootId)).toSorted()).toEqual(['first', 'fourth', 'second', 'third'])
  expect(await readRefresh(s.t.db, refresh!.id)).toMatchObject({ status: 'finished', resultCount: 4 })
  expect(await loadStatusView(s.t.db, null, rootId)).toMatchObject({ repliesCount: 2 })
})

test('a post inlined in a collection of its own server is not fetched again, one of another server is', async () => {
  await using s = await scene()
  await using other = await peer()
  const ann = s.peer.actor('ann')
  const bob = other.actor('bob')
  const root = note(s.peer, ann, 'root')
  const rootId = await known(s, root)
  const own = note(s.peer, ann, 'own', { inReplyTo: root })
  const theirs = note(other, bob, 'theirs', { inReplyTo: root, content: 'What bob wrote' })
  const items = [
    s.peer.documents.get(new URL(own).pathname),
    { ...(other.documents.get(new URL(theirs).pathname) as object), content: 'What ann says that bob wrote' },
  ]
  add(s.peer, root, { replies: { id: `${root}/replies`, type: 'Collection', items } })
  await openThread(s.t.app, rootId)
  await s.work()
  expect((await descendants(s, rootId)).toSorted()).toEqual(['own', 'theirs'])
  expect(s.peer.fetched).not.toContain(new URL(own).pathname)
  expect(await loadStatusView(s.t.db, null, (await statusByUri(s.t.db, theirs))!.id)).toMatchObject({
    content: 'What bob wrote',
  })
})

test('of a list of replies, only public replies from their own servers are stored', async () => {
  await using s = await scene()
  await using other = await peer()
  const alice = await localAccount(s.t, 'alice')
  const ann = s.peer.actor('ann')
  const bob = other.actor('bob')
  const root = note(s.peer, ann, 'root')
  const rootId = await known(s, root)
  const items = [
    note(s.peer, ann, 'unrelated'),
    note(other, bob, 'reply-to-else', { inReplyTo: note(other, bob, 'else') }),
    note(s.peer, ann, 'private', { inReplyTo: root, to: `${ann.uri}/followers` }),
    {
      id: `${bob.uri}/notes/forged`,
      type: 'Note',
      attributedTo: bob.uri,
      inReplyTo: root,
      to: everybody,
      content: 'Forged',
    },
    {
      id: `${ann.uri}/notes/by-bob`,
      type: 'Note',
      attributedTo: bob.uri,
      inReplyTo: root,
      to: everybody,
      content: 'Forged',
    },
    s.t.app.uris.status(await status(s.t, alice)),
    'nonsense',
    7,
    `${other.origin}/missing`,
  ]
  const before = await count(s)
  // Lists on other servers are ignored, too.
  add(s.peer, root, {
    replies: {
      id: `${root}/replies`,
      type: 'Collection',
      items,
      next: other.collection('/elsewhere', [note(other, bob, 'reply', { inReplyTo: root })]),
    },
  })
  await openThread(s.t.app, rootId)
  await s.work()
  expect(await descendants(s, rootId)).toEqual([])
  expect(await count(s)).toBe(before)
  expect(other.fetched).not.toContain('/elsewhere')
})

test('a conversation collection brings posts whose parents list no replies, with all their ancestors', async () => {
  await using s = await scene()
  await using other = await peer()
  const ann = s.peer.actor('ann')
  const bob = other.actor('bob')
  const context = `${s.peer.origin}/contexts/1`
  const root = note(s.peer, ann, 'root', { context })
  const rootId = await known(s, root)
  const first = note(other, bob, 'first', { inReplyTo: root, context })
  const second = note(other, bob, 'second', { inReplyTo: first, context })
  const outside = note(other, bob, 'outside', { inReplyTo: `${other.origin}/unknown` })
  s.peer.collection('/contexts/1', [root, second, outside])
  await openThread(s.t.app, rootId)
  await s.work()
  expect(await descendants(s, rootId)).toEqual(['first', 'second'])
  expect(await statusByUri(s.t.db, outside)).toBeNull()
})

test('a thread is fetched again after a pause that grows with its age, and only once for concurrent viewers', async () => {
  await using s = await scene()
  const ann = s.peer.actor('ann')
  const root = note(s.peer, ann, 'root', { published: new Date(Date.now() - 10 * dayMs).toISOString() })
  const rootId = await known(s, root)
  const reply = note(s.peer, ann, 'reply', { inReplyTo: root })
  add(s.peer, root, { replies: s.peer.collection('/replies', [reply]) })
  const opened = await Promise.all([openThread(s.t.app, rootId), openThread(s.t.app, rootId)])
  expect(opened.map((refresh) => refresh?.status)).toEqual(['running', 'running'])
  expect((await s.t.jobs()).filter((name) => name === 'thread')).toHaveLength(1)
  await s.work()
  expect(await openThread(s.t.app, rootId)).toBeNull()

  const fetchedAgo = (interval: string) =>
    s.t.db.execute(sql`update statuses set replies_fetched_at = now() - ${interval}::interval`)
  await fetchedAgo('20 hours')
  expect(await openThread(s.t.app, rootId)).toBeNull()
  await fetchedAgo('25 hours')
  // A reply that is known, and old enough to have some by now, is asked for its own.
  const replyId = (await statusByUri(s.t.db, reply))!.id
  note(s.peer, ann, 'deeper', { inReplyTo: reply })
  await s.t.db.execute(
    sql`update statuses set replies_url = ${s.peer.collection('/deeper', [`${ann.uri}/notes/deeper`])} where id = ${replyId}`,
  )
  expect(await openThread(s.t.app, rootId)).toMatchObject({ status: 'running' })
  await s.work()
  expect(await descendants(s, rootId)).toEqual(['reply', 'deeper'])
})

test('no thread is fetched for local posts, boosts and non-public posts', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const ann = s.peer.actor('ann')
  const secretId = await known(s, note(s.peer, ann, 'secret', { to: `${ann.uri}/followers` }))
  expect(await openThread(s.t.app, secretId)).toBeNull()
  expect(await openThread(s.t.app, await status(s.t, alice))).toBeNull()
  expect(await s.t.jobs()).not.toContain('thread')
})

test('an endless list costs at most 100 requests', async () => {
  await using s = await scene()
  const ann = s.peer.actor('ann')
  const root = note(s.peer, ann, 'root')
  const rootId = await known(s, root)
  let made = 0
  // Each reply has replies of its own, and each page leads to another one.
  const get = s.peer.documents.get.bind(s.peer.documents)
  s.peer.documents.get = (path) => {
    const [, on] = /^\/endless\?of=(.*?)&n=\d+$/.exec(path) ?? []
    if (on === undefined) return get(path)
    const parent = decodeURIComponent(on)
    const items = Array.from({ length: 50 }, () => {
      const name = `endless-${made++}`
      return note(s.peer, ann, name, {
        inReplyTo: parent,
        replies: `${s.peer.origin}/endless?of=${encodeURIComponent(`${ann.uri}/notes/${name}`)}&n=1`,
      })
    })
    return {
      id: `${s.peer.origin}${path}`,
      type: 'CollectionPage',
      items,
      next: `${s.peer.origin}/endless?of=${on}&n=${made}`,
    }
  }
  add(s.peer, root, { replies: `${s.peer.origin}/endless?of=${encodeURIComponent(root)}&n=0` })
  s.peer.fetched.length = 0
  const refresh = await openThread(s.t.app, rootId)
  await s.work()
  expect(s.peer.fetched.length).toBeLessThanOrEqual(100)
  expect(s.peer.fetched.length).toBeGreaterThan(90)
  const { status: state, resultCount } = (await readRefresh(s.t.db, refresh!.id))!
  expect(state).toBe('finished')
  expect(await count(s)).toBe(resultCount + 1)
})

test('inlined replies are limited like fetched ones', async () => {
  await using s = await scene()
  const ann = s.peer.actor('ann')
  const root = note(s.peer, ann, 'root')
  const rootId = await known(s, root)
  const inside = (name: string, inReplyTo: string, below: number): object => {
    const id = `${ann.uri}/notes/${name}`
    const items = below === 0 ? [] : Array.from({ length: 40 }, (_, n) => inside(`${name}-${n}`, id, below - 1))
    return {
      id,
      type: 'Note',
      attributedTo: ann.uri,
      inReplyTo,
      to: everybody,
      content: name,
      replies: { type: 'Collection', items },
    }
  }
  add(s.peer, root, {
    replies: { type: 'Collection', items: Array.from({ length: 40 }, (_, n) => inside(String(n), root, 1)) },
  })
  const refresh = await openThread(s.t.app, rootId)
  await s.work()
  expect(await count(s)).toBeLessThanOrEqual(101)
  expect(await readRefresh(s.t.db, refresh!.id)).toMatchObject({ status: 'finished' })
})

test('a parent that failed before is fetched when its reply is opened', async () => {
  await using s = await scene()
  const ann = s.peer.actor('ann')
  const middle = `${ann.uri}/notes/middle`
  const lastId = await known(s, note(s.peer, ann, 'last', { inReplyTo: middle }))
  const root = note(s.peer, ann, 'root')
  note(s.peer, ann, 'middle', { inReplyTo: root })
  await openThread(s.t.app, lastId)
  await s.work()
  expect((await thread(s.t.db, null, lastId)).ancestors).toHaveLength(2)
})

test('old posts of a fetched thread cause no notifications; a recent one does', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const ann = s.peer.actor('ann')
  const root = note(s.peer, ann, 'root')
  const rootId = await known(s, root)
  const tag = [{ type: 'Mention', href: s.t.app.uris.account(alice), name: '@alice' }]
  const old = note(s.peer, ann, 'old', {
    inReplyTo: root,
    tag,
    published: new Date(Date.now() - 2 * dayMs).toISOString(),
  })
  const fresh = note(s.peer, ann, 'fresh', { inReplyTo: root, tag })
  add(s.peer, root, { replies: s.peer.collection('/replies', [old, fresh]) })
  await openThread(s.t.app, rootId)
  await s.work()
  const { views } = await loadNotificationPage(s.t.db, alice, {}, { limit: 10 })
  expect(views.map(({ type, status: about }) => [type, about?.uri])).toEqual([['mention', fresh]])
})

test('a post shows the counts of boosts and favourites of its own server, or the local counts if they are higher', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const ann = s.peer.actor('ann')
  const root = note(s.peer, ann, 'root', {
    likes: { type: 'Collection', totalItems: 7 },
    shares: { type: 'Collection', totalItems: 0 },
  })
  const rootId = await known(s, root)
  const counts = async () => {
    const view = await loadStatusView(s.t.db, null, rootId)
    return [view?.favouritesCount, view?.reblogsCount]
  }
  expect(await counts()).toEqual([7, 0])
  await s.t.db.transaction((tx) => favourite(tx, alice, rootId))
  expect(await counts()).toEqual([8, 0])
  await s.t.db.transaction((tx) => unfavourite(tx, alice, rootId))
  expect(await counts()).toEqual([7, 0])

  add(s.peer, root, { likes: { type: 'Collection', totalItems: 3 }, shares: { type: 'Collection', totalItems: 12 } })
  await openThread(s.t.app, rootId)
  await s.work()
  expect(await counts()).toEqual([3, 12])
  // One that says nothing, or nonsense, takes nothing back.
  for (const likes of [undefined, `${root}/likes`, { totalItems: -1 }, { totalItems: 'many' }]) {
    add(s.peer, root, { likes })
    await s.t.app.remote.refresh(root)
    expect(await counts()).toEqual([3, 12])
  }
  await s.t.db.execute(sql`update status_stats set remote_favourites_count = 0`)
  await s.t.db.transaction((tx) => favourite(tx, alice, rootId))
  await s.t.db.execute(sql`update status_stats set remote_favourites_count = 0`)
  expect(await counts()).toEqual([1, 12])
})

test('a look-up of a post fetches its ancestors and replies', async () => {
  await using s = await scene()
  const ann = s.peer.actor('ann')
  const root = note(s.peer, ann, 'root')
  const middle = note(s.peer, ann, 'middle', { inReplyTo: root })
  const last = note(s.peer, ann, 'last', { inReplyTo: middle })
  add(s.peer, middle, { replies: s.peer.collection('/replies', [last]) })
  const found = await s.t.app.remote.url(middle)
  await s.work()
  const around = await thread(s.t.db, null, found!.id as StatusId)
  expect([around.ancestors.length, around.descendants.length]).toEqual([1, 1])
})
