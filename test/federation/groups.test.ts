/** Groups that forward their members' activities: Lemmy, PieFed, Mbin and others (FEP-1b12). */
import { expect, test } from 'vitest'
import { accountByUri } from '#src/accounts/find.ts'
import { commandLine } from '#src/accounts/roles/staff.ts'
import { setDomainRule } from '#src/moderation/domains.ts'
import type { StatusId } from '#src/platform/ids.ts'
import { homeTimeline } from '#src/reading/timelines/home.ts'
import { deleteStatus } from '#src/statuses/delete.ts'
import { statusByUri } from '#src/statuses/find.ts'
import { thread } from '#src/statuses/threads/thread.ts'
import { loadStatusView, loadStatusViews } from '#src/statuses/views/views.ts'
import { localAccount, status } from '../cast.ts'
import { peer, type Peer, type PeerActor } from './peer.ts'
import { followPeer, notifications, noteOf, receive, sent } from './receive.ts'
import { type Scene, scene } from './setup.ts'

const everybody = 'https://www.w3.org/ns/activitystreams#Public'
const context = { '@context': 'https://www.w3.org/ns/activitystreams' }
let count = 0

/** A group on one server, a member of it on the same, and one on another server; alice follows the group, where it is not said otherwise. */
async function stage(s: Scene, elsewhere: Peer, { isFollowed = true } = {}) {
  const alice = await localAccount(s.t, 'alice')
  const group = s.peer.actor('main', { type: 'Group', name: 'Main' })
  const [bob, carol] = [s.peer.actor('bob'), elsewhere.actor('carol')]
  if (isFollowed) await followPeer(s, alice, group)
  const announce = (object: unknown, more: object = {}) => ({
    type: 'Announce',
    id: `${s.peer.origin}/activities/announce/${++count}`,
    to: [everybody],
    cc: [`${group.uri}/followers`],
    object,
    ...more,
  })
  const by = (actor: PeerActor, type: string, object: unknown) => ({
    id: `${new URL(actor.uri).origin}/activities/${type}/${++count}`,
    type,
    actor: actor.uri,
    to: [everybody],
    cc: [group.uri],
    object,
  })
  const page = (actor: PeerActor, id: string, more: object = {}) => ({
    ...noteOf(actor, id),
    type: 'Page',
    name: `Title ${id}`,
    content: `<p>Body ${id}</p>`,
    to: [group.uri, everybody],
    audience: group.uri,
    ...more,
  })
  const home = async () =>
    (await loadStatusViews(s.t.db, alice, await homeTimeline(s.t.db, alice, { limit: 20 }))).map((view) => [
      view.account.username,
      view.reblog?.uri ?? view.uri,
    ])
  const view = async (uri: string) => {
    const found = await statusByUri(s.t.db, uri)
    return found && loadStatusView(s.t.db, null, found.id)
  }
  return { alice, group, bob, carol, announce, by, page, home, view }
}

/** Where a peer's documents lie, by their ids. */
const serveAt = (server: Peer, document: { id: string }) =>
  server.documents.set(new URL(document.id).pathname, { ...context, ...document })

test('a post in a followed group appears as one boost by the group, also if the group forwards the post itself', async () => {
  await using s = await scene()
  await using elsewhere = await peer()
  const { group, bob, announce, by, page, home, view } = await stage(s, elsewhere)
  const post = page(bob, '1')
  serveAt(s.peer, post)
  await receive(s, group, announce(by(bob, 'Create', post)), announce(post.id))
  expect(await home()).toEqual([['main', post.id]])
  expect(await view(post.id)).toMatchObject({
    account: { username: 'bob' },
    reblogsCount: 1,
    content: expect.stringContaining('Title 1'),
  })
})

test('a post by a remote member is fetched from the member’s server, whatever the group sends', async () => {
  await using s = await scene()
  await using elsewhere = await peer()
  const { group, carol, announce, by, page, home, view } = await stage(s, elsewhere)
  const post = page(carol, '1')
  serveAt(elsewhere, post)
  await receive(s, group, announce(by(carol, 'Create', { ...post, content: 'Forged' })))
  expect((await view(post.id))?.content).toContain('Body 1')
  expect(await home()).toEqual([['main', post.id]])

  await receive(
    s,
    group,
    announce(by(carol, 'Update', { ...post, content: 'Forged', updated: new Date(Date.now() + 60_000).toISOString() })),
  )
  expect((await view(post.id))?.content).toContain('Body 1')
  serveAt(elsewhere, {
    ...post,
    content: '<p>Edited</p>',
    updated: new Date(Date.now() + 60_000).toISOString(),
  } as typeof post)
  await receive(s, group, announce(by(carol, 'Update', post)))
  expect((await view(post.id))?.content).toContain('Edited')
  expect(await home()).toHaveLength(1)
})

test('a group may announce an activity by its id', async () => {
  await using s = await scene()
  await using elsewhere = await peer()
  const { group, bob, announce, by, page, home } = await stage(s, elsewhere)
  const create = by(bob, 'Create', page(bob, '1'))
  serveAt(s.peer, create)
  await receive(s, group, announce(create.id))
  expect(await home()).toEqual([['main', `${bob.uri}/notes/1`]])
})

test('replies in a group join the thread, without a boost for each', async () => {
  await using s = await scene()
  await using elsewhere = await peer()
  const { alice, group, bob, carol, announce, by, page, home, view } = await stage(s, elsewhere)
  const post = page(bob, '1')
  const reply = noteOf(carol, '2', { inReplyTo: post.id, audience: group.uri })
  serveAt(elsewhere, reply)
  await receive(s, group, announce(by(bob, 'Create', post)), announce(by(carol, 'Create', reply)))
  expect(await home()).toEqual([['main', post.id]])
  const around = await thread(s.t.db, alice, (await view(post.id))!.id)
  expect(around.descendants).toEqual([(await view(reply.id))!.id])

  const stray = noteOf(carol, '3', { inReplyTo: `${carol.uri}/notes/unknown` })
  serveAt(elsewhere, stray)
  await receive(s, group, announce(by(carol, 'Create', stray)))
  expect(await view(stray.id)).toBeNull()
})

test('of a group without local followers, only replies to local posts are stored', async () => {
  await using s = await scene()
  await using elsewhere = await peer()
  const { alice, group, bob, carol, announce, by, page, view } = await stage(s, elsewhere, { isFollowed: false })
  const own = await status(s.t, alice)
  const [post, answer] = [page(bob, '1'), noteOf(carol, '2', { inReplyTo: s.t.app.uris.status(own) })]
  serveAt(elsewhere, answer)
  await receive(
    s,
    group,
    announce(by(bob, 'Create', post)),
    announce(by(carol, 'Create', page(carol, '3'))),
    announce(by(carol, 'Create', answer)),
  )
  expect([await view(post.id), await view(`${carol.uri}/notes/3`)]).toEqual([null, null])
  expect(await view(answer.id)).toMatchObject({ inReplyToId: own })
  expect(elsewhere.fetched).not.toContain('/users/carol/notes/3')
})

test('only a post’s own server can delete it; the group can only undo its boost', async () => {
  await using s = await scene()
  await using elsewhere = await peer()
  const { group, carol, bob, announce, by, page, home, view } = await stage(s, elsewhere)
  const [first, second, third] = [page(carol, '1'), page(carol, '2'), page(bob, '3')]
  for (const post of [first, second]) serveAt(elsewhere, post)
  serveAt(s.peer, third)
  await receive(
    s,
    group,
    ...[first, second].map((post) => announce(by(carol, 'Create', post))),
    announce(by(bob, 'Create', third)),
  )
  expect(await home()).toHaveLength(3)

  elsewhere.documents.delete('/users/carol/notes/2')
  serveAt(s.peer, { id: third.id, type: 'Tombstone' } as never)
  await receive(
    s,
    group,
    announce(by(bob, 'Delete', first.id)),
    announce(by(carol, 'Delete', second.id)),
    announce(by(bob, 'Delete', { id: third.id, type: 'Tombstone' })),
  )
  expect(await home()).toEqual([])
  expect([await view(first.id), await view(second.id), await view(third.id)]).toEqual([
    expect.objectContaining({ uri: first.id, reblogsCount: 0 }),
    undefined,
    undefined,
  ])
})

test('a deletion counts only if the post’s server can confirm it', async () => {
  await using s = await scene()
  await using elsewhere = await peer()
  const { alice, group, carol, announce, by, view } = await stage(s, elsewhere)
  await followPeer(s, alice, carol)
  const hidden = noteOf(carol, 'private', { to: [`${carol.uri}/followers`] })
  await receive(s, carol, { type: 'Create', to: hidden.to, object: hidden })
  await receive(s, group, announce(by(carol, 'Delete', hidden.id)))
  expect(await statusByUri(s.t.db, hidden.id)).toMatchObject({ deletedAt: null })
  expect(await view(hidden.id)).toBeUndefined()
})

test('votes for local posts count if the voter’s server confirms them, and can be undone', async () => {
  await using s = await scene()
  await using elsewhere = await peer()
  const { alice, group, bob, carol, announce, by } = await stage(s, elsewhere)
  const post = await status(s.t, alice)
  const uri = s.t.app.uris.status(post)
  const likes = async () => (await loadStatusView(s.t.db, null, post))!.favouritesCount
  const [ofBob, ofCarol] = [by(bob, 'Like', uri), by(carol, 'Like', uri)]
  await receive(s, group, announce(ofBob), announce(ofCarol), announce(by(carol, 'Dislike', uri)))
  expect(await likes()).toBe(1)
  expect(await notifications(s, alice)).toEqual(['favourite'])

  const confirmed = by(carol, 'Like', uri)
  serveAt(elsewhere, confirmed)
  await receive(
    s,
    group,
    announce({ ...confirmed, object: s.t.app.uris.status('1' as StatusId) }),
    announce({ ...confirmed, actor: elsewhere.actor('dave').uri }),
  )
  expect(await likes()).toBe(1)
  await receive(s, group, announce(confirmed))
  expect(await likes()).toBe(2)

  const undo = by(carol, 'Undo', confirmed)
  await receive(s, group, announce(by(bob, 'Undo', ofBob)), announce(undo))
  expect(await likes()).toBe(1)
  serveAt(elsewhere, by(carol, 'Undo', confirmed))
  serveAt(elsewhere, { ...undo, id: `${undo.id}b` })
  await receive(s, group, announce({ ...undo, id: `${undo.id}b` }))
  expect(await likes()).toBe(0)
})

test('posts and accounts of a suspended server are not stored by way of a group', async () => {
  await using s = await scene()
  await using elsewhere = await peer()
  await s.t.db.transaction((tx) =>
    setDomainRule(tx, commandLine, s.t.app.uris, elsewhere.host, { severity: 'suspend' }),
  )
  const { alice, group, carol, announce, by, page, view } = await stage(s, elsewhere)
  const own = await status(s.t, alice)
  const [post, vote] = [page(carol, '1'), by(carol, 'Like', s.t.app.uris.status(own))]
  for (const document of [post, vote]) serveAt(elsewhere, document)
  await receive(s, group, announce(by(carol, 'Create', post)), announce(vote))
  expect(await view(post.id)).toBeNull()
  expect(await loadStatusView(s.t.db, null, own)).toMatchObject({ favouritesCount: 0 })
  expect(elsewhere.fetched).toEqual([])
})

test('votes on remote posts cause no requests', async () => {
  await using s = await scene()
  await using elsewhere = await peer()
  const { group, bob, carol, announce, by, page, view } = await stage(s, elsewhere)
  const post = page(bob, '1')
  const dave = s.peer.actor('dave')
  await receive(
    s,
    group,
    announce(by(bob, 'Create', post)),
    announce(by(carol, 'Like', post.id)),
    announce(by(dave, 'Like', post.id)),
    announce(by(bob, 'Like', post.id)),
  )
  expect(await view(post.id)).toMatchObject({ favouritesCount: 1 })
  expect(elsewhere.fetched).toEqual([])
  expect(await accountByUri(s.t.db, dave.uri)).toBeNull()
})

test('other activities of groups, and activities forwarded by actors that are no groups, have no effect', async () => {
  await using s = await scene()
  await using elsewhere = await peer()
  const { alice, group, bob, announce, by, page, view } = await stage(s, elsewhere)
  const relay = s.peer.actor('relay', { type: 'Application' })
  await followPeer(s, alice, relay)
  const post = page(bob, '1')
  await receive(
    s,
    group,
    ...['Lock', 'Add', 'Block', 'Flag', 'Dislike'].map((type) => announce(by(bob, type, post.id))),
    announce({ type: 'Create' }),
    announce({ type: 'Undo', object: 7 }),
  )
  await receive(s, relay, announce(by(bob, 'Create', post)))
  await receive(
    s,
    bob,
    { type: 'Dislike', object: post.id },
    { type: 'Undo', object: { type: 'Dislike', actor: bob.uri, object: post.id } },
  )
  expect(await view(post.id)).toBeNull()
  expect(await s.t.jobs()).toEqual([])
})

test('a post about a page links to it, and a post with a picture shows it', async () => {
  await using s = await scene()
  await using elsewhere = await peer()
  const { group, bob, announce, by, page, view } = await stage(s, elsewhere)
  const link = page(bob, 'link', {
    attachment: [{ type: 'Link', href: 'https://news.test/story', mediaType: 'text/html; charset=utf-8' }],
    image: { type: 'Image', url: 'https://news.test/thumb.png' },
  })
  const image = page(bob, 'image', {
    attachment: [{ type: 'Link', href: 'https://files.test/cat.png', mediaType: 'image/png' }],
  })
  const thumb = page(bob, 'thumb', { image: { type: 'Image', url: 'https://files.test/dog.png' } })
  await receive(s, group, ...[link, image, thumb].map((post) => announce(by(bob, 'Create', post))))
  const shown = await view(link.id)
  expect(shown?.content).toMatch(
    /^<p><strong>Title link<\/strong><\/p><p><a href="https:\/\/news.test\/story"[^>]*>.*<\/a><\/p><p>Body link<\/p>/,
  )
  expect(shown?.media).toEqual([])
  expect((await view(image.id))?.media.map(({ remoteUrl }) => remoteUrl)).toEqual(['https://files.test/cat.png'])
  expect((await view(thumb.id))?.media.map(({ remoteUrl }) => remoteUrl)).toEqual(['https://files.test/dog.png'])
})

test('a reply to a group post is sent to the group’s server, and so is its Delete', async () => {
  await using s = await scene()
  await using elsewhere = await peer()
  const { alice, group, carol, announce, by, page, view } = await stage(s, elsewhere)
  const post = page(carol, '1')
  serveAt(elsewhere, post)
  await receive(s, group, announce(by(carol, 'Create', post)))
  const parent = (await view(post.id))!.id
  const reply = await status(s.t, alice, { text: 'I agree', inReplyToId: parent })
  await s.work()
  const [create] = sent(s).filter(({ type }) => type === 'Create')
  expect(create).toMatchObject({
    to: [everybody],
    audience: group.uri,
    object: { inReplyTo: post.id, audience: group.uri, to: [everybody] },
  })
  expect(create.object.cc).toContain(group.uri)
  expect(elsewhere.posted.map(({ body }) => JSON.parse(body).type)).toEqual(['Create'])

  await s.t.db.transaction((tx) => deleteStatus(tx, alice, reply))
  await s.work()
  expect(sent(s).at(-1)).toMatchObject({ type: 'Delete', cc: expect.arrayContaining([group.uri]) })

  const whisper = await status(s.t, alice, { text: 'Between us', inReplyToId: parent, visibility: 'private' })
  const before = s.peer.posted.length
  await s.work()
  expect((await loadStatusView(s.t.db, alice, whisper))?.audienceUri).toBeNull()
  expect(s.peer.posted).toHaveLength(before)
})
