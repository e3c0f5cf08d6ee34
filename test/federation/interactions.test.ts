/** GoToSocial's interaction policies: local interactions request consent, remote ones must prove it, and local policies answer requests. */
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { countDay, loadDay } from '#src/instance/stats.ts'
import { type AccountId, firstIdAt, type StatusId, type TagId } from '#src/platform/ids.ts'
import { addDays, dayOf } from '#src/platform/time.ts'
import { loadNotificationPage } from '#src/reading/notifications/page.ts'
import { block } from '#src/relationships/block.ts'
import { tagUse } from '#src/statuses/counts/tag-use.ts'
import { countAuthors, countUses } from '#src/statuses/counts/trends.ts'
import { countYear } from '#src/statuses/counts/year.ts'
import { deleteStatus } from '#src/statuses/delete.ts'
import { editStatus } from '#src/statuses/edit.ts'
import { statusByUri } from '#src/statuses/find.ts'
import { favourite, unfavourite } from '#src/statuses/interactions/favourite.ts'
import { pin } from '#src/statuses/interactions/pin.ts'
import { reblog, unreblog } from '#src/statuses/interactions/reblog.ts'
import { thread } from '#src/statuses/threads/thread.ts'
import { loadStatusView } from '#src/statuses/views/views.ts'
import { forgetJobs, localAccount, makeFollow, status } from '../cast.ts'
import { type PeerActor, signedPost } from './peer.ts'
import { type Scene, scene } from './setup.ts'

const everybody = 'https://www.w3.org/ns/activitystreams#Public'
const publicly = { to: [everybody] }
let count = 0

async function receive(s: Scene, actor: PeerActor, ...activities: object[]): Promise<void> {
  for (const activity of activities) {
    const whole = {
      '@context': 'https://www.w3.org/ns/activitystreams',
      id: `${actor.uri}/activities/${++count}`,
      actor: actor.uri,
      ...activity,
    }
    const response = await s.routes.request(signedPost(s.t.app, actor, whole))
    if (response.status !== 202) throw new Error(`${response.status} ${await response.text()}`)
  }
  await s.work()
}

/** A post of a peer, which it also serves. */
function noteOf(s: Scene, actor: PeerActor, more: object = {}): { id: string } {
  const note = {
    id: `${actor.uri}/notes/${++count}`,
    type: 'Note',
    attributedTo: actor.uri,
    content: '<p>Note</p>',
    published: new Date().toISOString(),
    ...publicly,
    ...more,
  }
  s.peer.documents.set(new URL(note.id).pathname, note)
  return note
}

/** A consent as a peer serves it. */
function stampOf(s: Scene, actor: PeerActor, type: string, interaction: string, target: string): string {
  const id = `${actor.uri}/authorizations/${++count}`
  s.peer.documents.set(new URL(id).pathname, {
    id,
    type,
    attributedTo: actor.uri,
    interactingObject: interaction,
    interactionTarget: target,
  })
  return id
}

const createOf = (note: object) => ({ type: 'Create', ...publicly, object: note })
type Sent = {
  id: string
  type: string
  actor: string
  object: string & { id: string; type: string }
  result?: string
  instrument: { id: string; [name: string]: unknown }
  [name: string]: unknown
}
const sent = (s: Scene) => s.peer.posted.map(({ path, body }) => ({ path, ...(JSON.parse(body) as Sent) }))
const sentTypes = (s: Scene) => sent(s).map(({ type }) => type)
const lastOf = (s: Scene, type: string) => sent(s).findLast((activity) => activity.type === type)!
const known = async (s: Scene, actor: PeerActor) => (await s.t.app.remote.url(actor.uri))!.id as AccountId
const fetched = async (s: Scene, note: { id: string }) => (await s.t.app.remote.url(note.id))!.id as StatusId
const view = (s: Scene, viewer: AccountId | null, id: StatusId) => loadStatusView(s.t.db, viewer, id)
const replies = async (s: Scene, id: StatusId, viewer: AccountId | null = null) =>
  (await thread(s.t.db, viewer, id)).descendants
const types = async (s: Scene, account: AccountId) =>
  (await loadNotificationPage(s.t.db, account, {}, { limit: 40 })).views.map(({ type }) => type)
const favour = (s: Scene, who: AccountId, id: StatusId) => s.t.db.transaction((tx) => favourite(tx, who, id))
const boost = (s: Scene, who: AccountId, id: StatusId) => s.t.db.transaction((tx) => reblog(tx, s.t.app.uris, who, id))

const rule = (automatic: string[], manual: string[] = []) => ({ automaticApproval: automatic, manualApproval: manual })
const askAlways = (author: PeerActor) => ({
  interactionPolicy: {
    canLike: rule([author.uri], [everybody]),
    canReply: rule([author.uri], [everybody]),
    canAnnounce: rule([author.uri], [everybody]),
  },
})
const nobody = (author: PeerActor) => ({
  interactionPolicy: {
    canLike: rule([author.uri]),
    canReply: { always: author.uri },
    canAnnounce: { always: author.uri, approvalRequired: [] },
  },
})

test('a reply that needs consent is visible only to its author, and sent with the consent once it is given', async () => {
  await using s = await scene()
  const [alice, bea] = [await localAccount(s.t, 'alice'), await localAccount(s.t, 'bea')]
  const [bob, mallory, fan] = [s.peer.actor('bob'), s.peer.actor('mallory'), s.peer.actor('fan')]
  await makeFollow(s.t, bea, alice)
  await makeFollow(s.t, await known(s, fan), alice)
  await known(s, mallory)
  await forgetJobs(s.t)
  const post = noteOf(s, bob, askAlways(bob))
  const target = await fetched(s, post)
  const id = await status(s.t, alice, { text: `May I? @bea`, inReplyToId: target })
  await s.work()

  const uri = s.t.app.uris.status(id)
  expect(sentTypes(s)).toEqual(['ReplyRequest'])
  const request = lastOf(s, 'ReplyRequest')
  expect(request).toMatchObject({
    path: '/users/bob/inbox',
    actor: s.t.app.uris.account(alice),
    to: [bob.uri],
    object: post.id,
    instrument: { id: uri, type: 'Note', attributedTo: s.t.app.uris.account(alice), inReplyTo: post.id },
  })
  expect(request.instrument).not.toHaveProperty('@context')
  expect(await view(s, alice, id)).toMatchObject({ consent: 'asked' })
  for (const other of [null, bea]) expect(await view(s, other, id)).toBeUndefined()
  expect(await types(s, bea)).not.toContain('mention')
  expect((await view(s, null, target))?.repliesCount).toBe(0)
  expect(await replies(s, target)).toEqual([])
  expect(await replies(s, target, alice)).toEqual([id])
  expect((await s.routes.request(new Request(uri, { headers: { accept: 'application/activity+json' } }))).status).toBe(
    404,
  )
  await expect(status(s.t, alice, { inReplyToId: id })).rejects.toMatchObject({ code: 'not_permitted' })
  await expect(status(s.t, alice, { quotedStatusId: id })).rejects.toMatchObject({ code: 'invalid' })

  // Only the author of the post consents, and only with an authorization on the own server.
  const stamp = stampOf(s, bob, 'ReplyAuthorization', uri, post.id)
  await receive(s, mallory, { type: 'Accept', object: request.id, result: stamp })
  await receive(s, bob, { type: 'Accept', object: request.id, result: 'https://elsewhere.test/1' })
  expect(await view(s, null, id)).toBeUndefined()
  await receive(s, bob, {
    type: 'Accept',
    object: { type: 'ReplyRequest', id: request.id, actor: request.actor, object: post.id, instrument: uri },
    result: stamp,
  })
  expect(await view(s, null, id)).toMatchObject({ consent: null, repliesCount: 0 })
  expect((await view(s, null, target))?.repliesCount).toBe(1)
  expect(await replies(s, target)).toEqual([id])
  expect(await types(s, bea)).toContain('mention')
  expect(lastOf(s, 'Create').object).toMatchObject({
    id: uri,
    inReplyTo: post.id,
    replyAuthorization: stamp,
    approvedBy: stamp,
  })

  // An answer that comes twice counts once.
  await receive(s, bob, { type: 'Accept', object: request.id, result: stamp })
  expect((await view(s, null, target))?.repliesCount).toBe(1)
})

test('a rejected reply stays visible to its author, and its deletion changes no count', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const [bob, fan] = [s.peer.actor('bob'), s.peer.actor('fan')]
  await makeFollow(s.t, await known(s, fan), alice)
  const target = await fetched(s, noteOf(s, bob, askAlways(bob)))
  const id = await status(s.t, alice, { inReplyToId: target })
  await s.work()
  await receive(s, bob, { type: 'Reject', object: lastOf(s, 'ReplyRequest').id })
  expect(await view(s, alice, id)).toMatchObject({ consent: 'refused' })
  expect(await view(s, null, id)).toBeUndefined()
  await receive(s, bob, { type: 'Accept', object: lastOf(s, 'ReplyRequest').id, result: `${bob.uri}/late` })
  expect(await view(s, null, id)).toBeUndefined()

  await s.t.db.transaction((tx) => deleteStatus(tx, alice, id))
  await s.work()
  expect(
    sent(s)
      .filter(({ type }) => type === 'Delete')
      .map(({ path }) => path),
  ).toEqual(['/users/bob/inbox'])
  expect((await view(s, null, target))?.repliesCount).toBe(0)
  const own = await view(s, alice, await status(s.t, alice))
  expect(own?.account.statusesCount).toBe(1)
})

test('favourites and boosts that wait for consent are not counted, and can be undone', async () => {
  await using s = await scene()
  const [alice, bea] = [await localAccount(s.t, 'alice'), await localAccount(s.t, 'bea')]
  const [bob, fan] = [s.peer.actor('bob'), s.peer.actor('fan')]
  await makeFollow(s.t, bea, alice)
  await makeFollow(s.t, await known(s, fan), alice)
  await forgetJobs(s.t)
  const post = noteOf(s, bob, askAlways(bob))
  const target = await fetched(s, post)
  await favour(s, alice, target)
  const shared = await boost(s, alice, target)
  await s.work()

  expect(sentTypes(s).toSorted()).toEqual(['AnnounceRequest', 'LikeRequest'])
  expect(lastOf(s, 'LikeRequest')).toMatchObject({
    object: post.id,
    to: [bob.uri],
    instrument: { type: 'Like', actor: s.t.app.uris.account(alice), object: post.id },
  })
  expect(lastOf(s, 'AnnounceRequest')).toMatchObject({
    object: post.id,
    instrument: { type: 'Announce', object: post.id, to: [everybody] },
  })
  expect(await view(s, alice, target)).toMatchObject({
    favourited: true,
    reblogged: true,
    favouritesCount: 0,
    reblogsCount: 0,
  })
  expect(await view(s, bea, shared)).toBeUndefined()

  const announce = lastOf(s, 'AnnounceRequest')
  const stamp = stampOf(s, bob, 'AnnounceAuthorization', announce.instrument.id, post.id)
  await receive(s, bob, { type: 'Accept', object: announce.id, result: stamp })
  await receive(s, bob, {
    type: 'Accept',
    object: lastOf(s, 'LikeRequest').id,
    result: stampOf(s, bob, 'LikeAuthorization', lastOf(s, 'LikeRequest').instrument.id, post.id),
  })
  expect(await view(s, alice, target)).toMatchObject({
    favourited: true,
    reblogged: true,
    favouritesCount: 1,
    reblogsCount: 1,
  })
  expect(await view(s, bea, shared)).toMatchObject({ consent: null })
  expect(lastOf(s, 'Announce')).toMatchObject({ id: announce.instrument.id, announceAuthorization: stamp })

  // Rejected, or taken back before the answer: nothing is left, and nothing was counted.
  const other = await fetched(s, noteOf(s, bob, askAlways(bob)))
  await favour(s, alice, other)
  await boost(s, alice, other)
  await s.work()
  await receive(s, bob, { type: 'Reject', object: lastOf(s, 'LikeRequest').id })
  await receive(s, bob, {
    type: 'Reject',
    object: { type: 'AnnounceRequest', instrument: lastOf(s, 'AnnounceRequest').instrument.id },
  })
  expect(await view(s, alice, other)).toMatchObject({
    favourited: false,
    reblogged: false,
    favouritesCount: 0,
    reblogsCount: 0,
  })
  s.peer.posted.length = 0
  const third = await fetched(s, noteOf(s, bob, askAlways(bob)))
  await favour(s, alice, third)
  await boost(s, alice, third)
  await s.work()
  await s.t.db.transaction(async (tx) => {
    await unfavourite(tx, alice, third)
    await unreblog(tx, alice, third)
  })
  await s.work()
  await receive(s, bob, { type: 'Accept', object: lastOf(s, 'AnnounceRequest').id, result: `${bob.uri}/late` })
  expect(await view(s, alice, third)).toMatchObject({
    favourited: false,
    reblogged: false,
    favouritesCount: 0,
    reblogsCount: 0,
  })
  expect(
    sent(s)
      .filter(({ type }) => type === 'Undo')
      .map(({ path }) => path),
  ).toEqual(['/users/bob/inbox', '/users/bob/inbox'])
  expect(sentTypes(s)).not.toContain('Announce')
})

test('an interaction that the policy forbids is refused, and nothing is sent', async () => {
  await using s = await scene()
  const [alice, bea] = [await localAccount(s.t, 'alice'), await localAccount(s.t, 'bea')]
  const bob = s.peer.actor('bob')
  const target = await fetched(
    s,
    noteOf(s, bob, { ...nobody(bob), tag: [{ type: 'Mention', href: s.t.app.uris.account(bea), name: '@bea' }] }),
  )
  await expect(favour(s, alice, target)).rejects.toMatchObject({
    code: 'not_permitted',
    message: 'The author of this post does not allow you to favourite it',
  })
  await expect(boost(s, alice, target)).rejects.toMatchObject({ code: 'not_permitted' })
  await expect(status(s.t, alice, { inReplyToId: target })).rejects.toMatchObject({
    code: 'not_permitted',
    message: 'The author of this post does not allow you to reply to it',
  })
  await s.work()
  expect(sentTypes(s)).toEqual([])
  // Mentioned accounts may reply, but not more.
  await status(s.t, bea, { inReplyToId: target })
  await expect(boost(s, bea, target)).rejects.toMatchObject({ code: 'not_permitted' })
  await s.work()
  expect(sentTypes(s)).toEqual(['Create'])
})

test('followers request a consent even with automatic approval, and an entry for an account counts before a group', async () => {
  await using s = await scene()
  const [alice, bea, cleo] = [
    await localAccount(s.t, 'alice'),
    await localAccount(s.t, 'bea'),
    await localAccount(s.t, 'cleo'),
  ]
  const bob = s.peer.actor('bob')
  const canLike = rule([bob.uri, `${bob.uri}/followers`, s.t.app.uris.account(cleo)])
  const target = await fetched(s, noteOf(s, bob, { interactionPolicy: { canLike } }))
  await makeFollow(s.t, alice, await known(s, bob))
  await s.work()
  s.peer.posted.length = 0
  await favour(s, alice, target)
  await s.work()
  expect(sentTypes(s)).toEqual(['LikeRequest'])
  await expect(favour(s, bea, target)).rejects.toMatchObject({ code: 'not_permitted' })
  await favour(s, cleo, target)
  await boost(s, bea, target)
  await s.work()
  expect(sentTypes(s).toSorted()).toEqual(['Announce', 'Like', 'LikeRequest'])

  // Everybody except one account, which needs consent.
  const other = await fetched(
    s,
    noteOf(s, bob, {
      interactionPolicy: { canLike: { automaticApproval: everybody, manualApproval: s.t.app.uris.account(bea) } },
    }),
  )
  s.peer.posted.length = 0
  for (const who of [alice, bea]) await favour(s, who, other)
  await s.work()
  expect(sentTypes(s).toSorted()).toEqual(['Like', 'LikeRequest'])
})

test('a policy can change without an edit', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const bob = s.peer.actor('bob')
  const post = noteOf(s, bob, nobody(bob))
  const target = await fetched(s, post)
  await expect(favour(s, alice, target)).rejects.toMatchObject({ code: 'not_permitted' })
  const changed = { ...post, interactionPolicy: { canLike: { automaticApproval: everybody } } }
  s.peer.documents.set(new URL(post.id).pathname, changed)
  await receive(s, bob, { type: 'Update', object: changed })
  await favour(s, alice, target)
})

test('a remote reply joins the thread only with the consent of the parent’s author', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const [bob, carol] = [s.peer.actor('bob'), s.peer.actor('carol')]
  await makeFollow(s.t, alice, await known(s, carol))
  const post = noteOf(s, bob, askAlways(bob))
  const target = await fetched(s, post)
  const replyWith = async (more: (id: string) => object) => {
    const note = noteOf(s, carol, { inReplyTo: post.id })
    await receive(s, carol, createOf({ ...note, ...more(note.id) }))
    return (await statusByUri(s.t.db, note.id))!.id
  }
  const bare = await replyWith(() => ({}))
  expect(await view(s, null, bare)).toMatchObject({ consent: 'unproven', inReplyToId: null, inReplyToUri: post.id })

  // Of another author, about another reply, about another post, of another kind, that is not there.
  const forged = [
    (id: string) => stampOf(s, carol, 'ReplyAuthorization', id, post.id),
    () => stampOf(s, bob, 'ReplyAuthorization', 'https://elsewhere.test/1', post.id),
    (id: string) => stampOf(s, bob, 'ReplyAuthorization', id, 'https://elsewhere.test/1'),
    (id: string) => stampOf(s, bob, 'LikeAuthorization', id, post.id),
    () => `${bob.uri}/authorizations/none`,
    () => 'https://elsewhere.test/authorizations/1',
  ]
  for (const stamp of forged) await replyWith((id) => ({ replyAuthorization: stamp(id) }))
  expect(await replies(s, target)).toEqual([])
  expect((await view(s, null, target))?.repliesCount).toBe(0)

  const proven = await replyWith((id) => ({ replyAuthorization: stampOf(s, bob, 'ReplyAuthorization', id, post.id) }))
  expect(await replies(s, target)).toEqual([proven])
  const older = await replyWith((id) => {
    const accept = `${bob.uri}/accepts/${++count}`
    s.peer.documents.set(new URL(accept).pathname, { id: accept, type: 'Accept', actor: bob.uri, object: id })
    return { approvedBy: accept }
  })
  expect(await replies(s, target)).toEqual([proven, older])

  // The consent may come later, from its author, or with an edit.
  const uri = (await view(s, null, bare))!.uri
  await receive(s, carol, { type: 'Accept', object: uri, result: stampOf(s, bob, 'ReplyAuthorization', uri, post.id) })
  expect((await view(s, null, target))?.repliesCount).toBe(2)
  await receive(s, bob, {
    type: 'Accept',
    object: uri,
    target: post.id,
    result: stampOf(s, bob, 'ReplyAuthorization', uri, post.id),
  })
  expect((await view(s, null, target))?.repliesCount).toBe(3)
  const own = noteOf(s, bob, { inReplyTo: post.id })
  await receive(s, bob, createOf(own))
  expect((await view(s, null, target))?.repliesCount).toBe(4)
})

test('replies that arrived before their parent are checked against its policy, too', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const [bob, carol] = [s.peer.actor('bob'), s.peer.actor('carol')]
  await makeFollow(s.t, alice, await known(s, carol))
  const post = noteOf(s, bob, askAlways(bob))
  const served = s.peer.documents.get(new URL(post.id).pathname)!
  s.peer.documents.delete(new URL(post.id).pathname)
  const bare = noteOf(s, carol, { inReplyTo: post.id })
  const note = noteOf(s, carol, { inReplyTo: post.id })
  const whole = { ...note, replyAuthorization: stampOf(s, bob, 'ReplyAuthorization', note.id, post.id) }
  await receive(s, carol, createOf(bare), createOf(whole))
  s.peer.documents.set(new URL(post.id).pathname, served)
  const target = await fetched(s, post)
  await s.work()
  expect(await replies(s, target)).toEqual([(await statusByUri(s.t.db, note.id))!.id])
  expect((await view(s, null, target))?.repliesCount).toBe(1)
})

test('remote boosts and likes of a post that requires consent count only with a consent', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const [bob, carol] = [s.peer.actor('bob'), s.peer.actor('carol')]
  await makeFollow(s.t, alice, await known(s, carol))
  const post = noteOf(s, bob, askAlways(bob))
  const target = await fetched(s, post)
  const announce = (more: (id: string) => object) => {
    const id = `${carol.uri}/announces/${++count}`
    return { id, type: 'Announce', ...publicly, object: post.id, ...more(id) }
  }
  await receive(
    s,
    carol,
    announce(() => ({})),
    announce((id) => ({ announceAuthorization: stampOf(s, carol, 'AnnounceAuthorization', id, post.id) })),
    announce((id) => ({ announceAuthorization: stampOf(s, bob, 'ReplyAuthorization', id, post.id) })),
  )
  await receive(s, carol, { type: 'Like', object: post.id })
  expect(await view(s, null, target)).toMatchObject({ reblogsCount: 0, favouritesCount: 0 })
  const like = `${carol.uri}/likes/1`
  await receive(
    s,
    carol,
    announce((id) => ({ announceAuthorization: stampOf(s, bob, 'AnnounceAuthorization', id, post.id) })),
    { id: like, type: 'Like', object: post.id, likeAuthorization: stampOf(s, bob, 'LikeAuthorization', like, post.id) },
  )
  expect(await view(s, null, target)).toMatchObject({ reblogsCount: 1, favouritesCount: 1 })
})

test('local posts allow everybody to interact, declare it, and serve their consents', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const bob = s.peer.actor('bob')
  const post = await status(s.t, alice)
  const uri = s.t.app.uris.status(post)
  const get = (url: string) => s.routes.request(new Request(url, { headers: { accept: 'application/activity+json' } }))
  const everyone = { automaticApproval: [everybody], manualApproval: [] }
  expect(await (await get(uri)).json()).toMatchObject({
    interactionPolicy: { canLike: everyone, canReply: everyone, canAnnounce: everyone, canQuote: everyone },
  })

  const note = noteOf(s, bob, { inReplyTo: uri })
  const like = { id: `${bob.uri}/likes/1`, type: 'Like', actor: bob.uri, object: uri }
  const announce = { id: `${bob.uri}/announces/1`, type: 'Announce', actor: bob.uri, object: uri, ...publicly }
  for (const [type, instrument] of [
    ['LikeRequest', like],
    ['ReplyRequest', note],
    ['AnnounceRequest', announce],
  ] as const) {
    const request = { id: `${bob.uri}/requests/${type}`, type, object: uri, instrument }
    await receive(s, bob, request)
    const accept = lastOf(s, 'Accept')
    expect(accept).toMatchObject({
      actor: s.t.app.uris.account(alice),
      to: [bob.uri],
      object: { id: request.id, type, actor: bob.uri, object: uri, instrument: instrument.id },
    })
    expect(await (await get(accept.result!)).json()).toMatchObject({
      id: accept.result,
      type: type.replace('Request', 'Authorization'),
      attributedTo: s.t.app.uris.account(alice),
      interactingObject: instrument.id,
      interactionTarget: uri,
    })
  }
  expect(await view(s, null, post)).toMatchObject({ favouritesCount: 1, repliesCount: 1, reblogsCount: 1 })
  expect((await types(s, alice)).toSorted()).toEqual(['favourite', 'reblog'])
  // A repeated request, or one for an existing interaction, counts nothing twice.
  await receive(s, bob, { type: 'LikeRequest', object: uri, instrument: like })
  expect(await view(s, null, post)).toMatchObject({ favouritesCount: 1 })
  expect(sentTypes(s).filter((type) => type === 'Accept')).toHaveLength(4)

  const authorization = lastOf(s, 'Accept').result!
  await s.t.db.transaction(async (tx) => block(tx, s.t.app.uris, alice, await known(s, bob)))
  expect((await get(authorization)).status).toBe(404)
})

test('a request of a blocked account is rejected, one about an invisible post or by another actor is ignored', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const [bob, carol] = [s.peer.actor('bob'), s.peer.actor('carol')]
  const [post, secret] = [await status(s.t, alice), await status(s.t, alice, { visibility: 'private' })]
  await s.t.db.transaction(async (tx) => block(tx, s.t.app.uris, alice, await known(s, bob)))
  await s.work()
  s.peer.posted.length = 0
  const asks = (actor: PeerActor, id: StatusId, as = actor) => {
    const object = s.t.app.uris.status(id)
    const [like, announce] = ['Like', 'Announce'].map((type) => ({
      id: `${as.uri}/${type}/${++count}`,
      type,
      actor: as.uri,
      object,
      ...publicly,
    }))
    return [
      { type: 'LikeRequest', object, instrument: like },
      { type: 'AnnounceRequest', object, instrument: announce },
      { type: 'ReplyRequest', object, instrument: noteOf(s, as, { inReplyTo: object }) },
    ]
  }
  await receive(s, bob, ...asks(bob, post))
  expect(
    sent(s)
      .map(({ type, object }) => `${type} ${object.type}`)
      .toSorted(),
  ).toEqual(['Reject AnnounceRequest', 'Reject LikeRequest', 'Reject ReplyRequest'])
  s.peer.posted.length = 0
  await receive(s, bob, ...asks(bob, secret))
  await receive(
    s,
    carol,
    ...asks(carol, secret),
    ...asks(carol, '1234567890' as StatusId),
    ...asks(carol, post, s.peer.actor('dora')),
  )
  // A reply to something else, and a like of something else.
  await receive(s, carol, {
    type: 'ReplyRequest',
    object: s.t.app.uris.status(post),
    instrument: noteOf(s, carol, { inReplyTo: 'https://elsewhere.test/1' }),
  })
  await receive(s, carol, {
    type: 'LikeRequest',
    object: s.t.app.uris.status(post),
    instrument: { id: `${carol.uri}/likes/9`, type: 'Like', actor: carol.uri, object: 'https://elsewhere.test/1' },
  })
  expect(sentTypes(s)).toEqual([])
  expect(await view(s, alice, post)).toMatchObject({ favouritesCount: 0, repliesCount: 0, reblogsCount: 0 })
  expect(await view(s, alice, secret)).toMatchObject({ favouritesCount: 0, repliesCount: 0, reblogsCount: 0 })
})

test('a reply that needs consent can’t quote, as the request to quote would reveal it', async () => {
  await using s = await scene()
  const [alice, bea] = [await localAccount(s.t, 'alice'), await localAccount(s.t, 'bea')]
  const bob = s.peer.actor('bob')
  const target = await fetched(s, noteOf(s, bob, askAlways(bob)))
  const quoted = await status(s.t, bea)
  await expect(status(s.t, alice, { inReplyToId: target, quotedStatusId: quoted })).rejects.toMatchObject({
    code: 'invalid',
  })
  await s.work()
  expect(sentTypes(s)).toEqual([])
  expect(await types(s, bea)).not.toContain('quote')
  expect((await view(s, null, quoted))?.quotesCount).toBe(0)
  await status(s.t, alice, { inReplyToId: quoted, quotedStatusId: quoted })
  expect((await view(s, null, quoted))?.quotesCount).toBe(1)
})

test('an edit of a waiting reply notifies mentioned accounts with the consent, and not without', async () => {
  await using s = await scene()
  const [alice, bea] = [await localAccount(s.t, 'alice'), await localAccount(s.t, 'bea')]
  const bob = s.peer.actor('bob')
  const target = await fetched(s, noteOf(s, bob, askAlways(bob)))
  const [first, second] = [
    await status(s.t, alice, { inReplyToId: target }),
    await status(s.t, alice, { inReplyToId: target }),
  ]
  await s.work()
  const [toFirst, toSecond] = [first, second].map((id) =>
    sent(s).find(({ type, instrument }) => type === 'ReplyRequest' && instrument.id === s.t.app.uris.status(id))!,
  )
  const mentionsOf = async () =>
    (await s.t.db.execute(sql`select from notifications where account_id = ${bea} and type = 'mention'`)).rows.length
  await editStatus(s.t.app, alice, first, { text: 'And you, @bea?' })
  expect(await mentionsOf()).toBe(0)
  await receive(s, bob, { type: 'Accept', object: toFirst!.id, result: `${bob.uri}/authorizations/first` })
  expect(await mentionsOf()).toBe(1)

  await receive(s, bob, { type: 'Reject', object: toSecond!.id })
  await editStatus(s.t.app, alice, second, { text: 'But you, @bea?' })
  expect(await mentionsOf()).toBe(1)
})

test('a revoked consent removes its interaction, in every form of revocation', async () => {
  await using s = await scene()
  const [alice, bea] = [await localAccount(s.t, 'alice'), await localAccount(s.t, 'bea')]
  const [bob, mallory, fan] = [s.peer.actor('bob'), s.peer.actor('mallory'), s.peer.actor('fan')]
  await makeFollow(s.t, await known(s, fan), alice)
  await known(s, mallory)
  for (const says of ['Delete', 'Reject'] as const) {
    const post = noteOf(s, bob, askAlways(bob))
    const target = await fetched(s, post)
    await favour(s, alice, target)
    const shared = await boost(s, alice, target)
    const reply = await status(s.t, alice, { text: 'May I? #cats @bea', inReplyToId: target })
    await s.work()
    const requests = ['LikeRequest', 'AnnounceRequest', 'ReplyRequest'].map((type) => lastOf(s, type))
    const stamps = requests.map(({ type, instrument }) =>
      stampOf(s, bob, type.replace('Request', 'Authorization'), instrument.id, post.id),
    )
    for (const [i, { id }] of requests.entries())
      await receive(s, bob, { type: 'Accept', object: id, result: stamps[i] })
    await s.t.db.transaction((tx) => pin(tx, alice, reply))
    await s.work()
    expect(await view(s, null, target)).toMatchObject({ favouritesCount: 1, reblogsCount: 1, repliesCount: 1 })
    const before = (await view(s, alice, reply))!.account.statusesCount
    const saying = stamps.map((stamp, i) =>
      says === 'Delete' ? { type: 'Delete', object: stamp } : { type: 'Reject', object: requests[i]!.id },
    )

    await receive(s, mallory, ...saying)
    expect(await view(s, null, target)).toMatchObject({ favouritesCount: 1, reblogsCount: 1, repliesCount: 1 })
    s.peer.posted.length = 0
    // Said twice, it counts once.
    await receive(s, bob, ...saying)
    await receive(s, bob, ...saying)
    expect(await view(s, alice, target)).toMatchObject({
      favourited: false,
      reblogged: false,
      favouritesCount: 0,
      reblogsCount: 0,
      repliesCount: 0,
    })
    expect(await view(s, alice, shared)).toBeUndefined()
    expect(await view(s, null, reply)).toBeUndefined()
    expect(await view(s, bea, reply)).toBeUndefined()
    expect(await types(s, bea)).not.toContain('mention')
    expect(await view(s, alice, reply)).toMatchObject({ consent: 'refused' })
    expect((await view(s, alice, reply))?.account.statusesCount).toBe(before - 2)
    expect(sent(s).map(({ path, type, object }) => `${path} ${type} ${object.type ?? object}`)).toEqual(
      expect.arrayContaining([
        '/users/fan/inbox Undo Announce',
        `/users/fan/inbox Remove ${s.t.app.uris.status(reply)}`,
      ]),
    )

    // Other servers got the interaction, so they also get its end.
    s.peer.posted.length = 0
    await s.t.db.transaction((tx) => deleteStatus(tx, alice, reply))
    await s.work()
    expect(
      sent(s)
        .filter(({ type }) => type === 'Delete')
        .map(({ path }) => path),
    ).toContain('/users/fan/inbox')
    expect((await view(s, null, target))?.repliesCount).toBe(0)
  }
})

test('a revoked consent removes remote favourites and boosts, and takes replies out of the thread', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const [bob, carol] = [s.peer.actor('bob'), s.peer.actor('carol')]
  await makeFollow(s.t, alice, await known(s, carol))
  const post = noteOf(s, bob, askAlways(bob))
  const target = await fetched(s, post)
  const ids = [
    `${carol.uri}/likes/${++count}`,
    `${carol.uri}/announces/${++count}`,
    `${carol.uri}/notes/${++count}`,
  ] as const
  const stamps = [
    stampOf(s, bob, 'LikeAuthorization', ids[0], post.id),
    stampOf(s, bob, 'AnnounceAuthorization', ids[1], post.id),
    stampOf(s, bob, 'ReplyAuthorization', ids[2], post.id),
  ] as const
  const note = noteOf(s, carol, { id: ids[2], inReplyTo: post.id, replyAuthorization: stamps[2] })
  await receive(
    s,
    carol,
    { id: ids[0], type: 'Like', object: post.id, likeAuthorization: stamps[0] },
    { id: ids[1], type: 'Announce', ...publicly, object: post.id, announceAuthorization: stamps[1] },
    createOf(note),
  )
  expect(await view(s, null, target)).toMatchObject({ favouritesCount: 1, reblogsCount: 1, repliesCount: 1 })
  for (const stamp of stamps) s.peer.documents.delete(new URL(stamp).pathname)
  await receive(s, carol, ...stamps.map((object) => ({ type: 'Delete', object })))
  expect(await view(s, null, target)).toMatchObject({ favouritesCount: 1, reblogsCount: 1, repliesCount: 1 })
  await receive(s, bob, ...stamps.map((object) => ({ type: 'Delete', object })))
  expect(await view(s, null, target)).toMatchObject({ favouritesCount: 0, reblogsCount: 0, repliesCount: 0 })
  expect(await replies(s, target)).toEqual([])
  expect(await view(s, null, (await statusByUri(s.t.db, ids[2]))!.id)).toMatchObject({
    consent: 'unproven',
    inReplyToId: null,
  })
  await receive(s, carol, { type: 'Update', object: { ...note, updated: new Date().toISOString() } })
  expect(await replies(s, target)).toEqual([])
})

test('a consent reveals no reply, boost or favourite to accounts that may not see it', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const bob = s.peer.actor('bob')
  await makeFollow(s.t, alice, await known(s, bob))
  const uri = s.t.app.uris.status(await status(s.t, alice))
  const look = async (kind: string, id: string) =>
    (
      await s.routes.request(
        new Request(s.t.app.uris.activity(`${kind}-authorizations` as 'like-authorizations', id), {
          headers: { accept: 'application/activity+json' },
        }),
      )
    ).status
  const [secret, open] = [
    noteOf(s, bob, { inReplyTo: uri, to: [`${bob.uri}/followers`] }),
    noteOf(s, bob, { inReplyTo: uri }),
  ]
  const announces = [{ to: [`${bob.uri}/followers`] }, publicly].map((to) => ({
    id: `${bob.uri}/announces/${++count}`,
    type: 'Announce',
    actor: bob.uri,
    object: uri,
    ...to,
  }))
  const stored = async ({ id }: { id: string }) => (await statusByUri(s.t.db, id))!.id
  await receive(s, bob, { type: 'Create', to: [`${bob.uri}/followers`], object: secret }, createOf(open), {
    id: `${bob.uri}/likes/${++count}`,
    type: 'Like',
    object: uri,
  })
  expect(await look('reply', await stored(secret))).toBe(404)
  expect(await look('reply', await stored(open))).toBe(200)
  const {
    rows: [like],
  } = await s.t.db.execute<{ id: string }>(sql`select id::text from favourites`)
  expect(await look('like', like!.id)).toBe(404)

  await receive(s, bob, announces[0]!)
  expect(await look('announce', await stored(announces[0]!))).toBe(404)
  await receive(s, bob, { type: 'Undo', object: announces[0] }, announces[1]!)
  expect(await look('announce', await stored(announces[1]!))).toBe(200)
})

test('a waiting interaction is not counted or pinned, and is deleted without a remainder', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const bob = s.peer.actor('bob')
  const target = await fetched(s, noteOf(s, bob, askAlways(bob)))
  const reply = await status(s.t, alice, { text: 'May I? #cats', inReplyToId: target })
  await favour(s, alice, target)
  await s.work()
  const {
    rows: [tag],
  } = await s.t.db.execute<{ id: TagId }>(sql`select id::text from tags where name = 'cats'`)
  await s.t.db.execute(
    sql`insert into featured_tags (id, account_id, tag_id, name, statuses_count) values (1, ${alice}, ${tag!.id}, 'cats', 0)`,
  )
  const today = dayOf(new Date())
  const numbers = async () => {
    await s.t.db.transaction(async (tx) => {
      await countDay(tx, today)
      for (const kind of ['tags', 'links'] as const) await countUses(tx, kind, today)
    })
    const {
      rows: [uses],
    } = await s.t.db.execute<{ n: number }>(sql`select coalesce(sum(uses), 0)::int as n from tag_days`)
    const {
      rows: [featured],
    } = await s.t.db.execute<{ n: number }>(sql`select statuses_count as n from featured_tags`)
    const day = await loadDay(s.t.db, today)
    const year = await countYear(
      s.t.db,
      alice,
      firstIdAt(new Date(`${addDays(today, -2)}T00:00:00Z`)),
      firstIdAt(new Date(`${addDays(today, 2)}T00:00:00Z`)),
    )
    const authors = await s.t.db.transaction((tx) => countAuthors(tx))
    return [
      day?.replies,
      day?.favourites,
      authors,
      uses?.n,
      featured?.n,
      (await tagUse(s.t.db, alice, tag!.id)).count,
      year.topTag?.count ?? 0,
    ]
  }
  // The author is the one whose consent is awaited.
  expect(await numbers()).toEqual([0, 0, 1, 0, 0, 0, 0])
  await expect(s.t.db.transaction((tx) => pin(tx, alice, reply))).rejects.toMatchObject({ code: 'invalid' })
  await receive(
    s,
    bob,
    { type: 'Accept', object: lastOf(s, 'ReplyRequest').id, result: `${bob.uri}/authorizations/reply` },
    { type: 'Accept', object: lastOf(s, 'LikeRequest').id, result: `${bob.uri}/authorizations/like` },
  )
  expect(await numbers()).toEqual([1, 1, 2, 1, 1, 1, 1])
  await receive(s, bob, { type: 'Delete', object: `${bob.uri}/authorizations/reply` })
  expect(await numbers()).toEqual([0, 1, 1, 0, 0, 0, 0])

  const unheard = await status(s.t, alice, { inReplyToId: target })
  const ask = async (id: StatusId) =>
    (await s.routes.request(new Request(s.t.app.uris.status(id), { headers: { accept: 'application/activity+json' } })))
      .status
  await s.t.db.transaction(async (tx) => {
    await deleteStatus(tx, alice, unheard)
    await deleteStatus(tx, alice, reply)
  })
  expect([await ask(unheard), await ask(reply)]).toEqual([404, 410])
})
