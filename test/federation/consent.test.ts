/** Interaction policies of local people for remote interactions: denied ones, waiting ones, and the answers. */
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import type { AccountId, StatusId } from '#src/platform/ids.ts'
import type { InteractionPolicy } from '#src/statuses/access/interaction-policy.ts'
import { setPolicy } from '#src/statuses/access/own-policy.ts'
import { acceptRequest, expireRequests, listRequests, rejectRequest } from '#src/statuses/access/requests.ts'
import { statusByUri } from '#src/statuses/find.ts'
import { thread } from '#src/statuses/threads/thread.ts'
import { loadStatusView } from '#src/statuses/views/views.ts'
import { localAccount, makeFollow, status } from '../cast.ts'
import type { PeerActor } from './peer.ts'
import { createOf, idOfPeer, noteOf, notifications, publicly, receive, sent } from './receive.ts'
import { type Scene, scene } from './setup.ts'

const everybody = 'https://www.w3.org/ns/activitystreams#Public'
const each = (automatic: string[], manual: string[] = []): InteractionPolicy => ({
  reply: { automatic, manual },
  like: { automatic, manual },
  announce: { automatic, manual },
})
const askFirst = each([], ['public'])

const get = (s: Scene, url: string) =>
  s.routes.request(new Request(url, { headers: { accept: 'application/activity+json' } }))
const documentOf = async (s: Scene, id: StatusId) => (await get(s, s.t.app.uris.status(id))).json()
const view = (s: Scene, id: StatusId, viewer: AccountId | null = null) => loadStatusView(s.t.db, viewer, id)
const replies = async (s: Scene, id: StatusId) => (await thread(s.t.db, null, id)).descendants
const waiting = (s: Scene, author: AccountId) => listRequests(s.t.db, author, { limit: 40 })
const accept = async (s: Scene, author: AccountId) => {
  for (const { id } of await waiting(s, author))
    await s.t.db.transaction((tx) => acceptRequest(tx, s.t.app.uris, author, id))
  await s.work()
}
const reject = async (s: Scene, author: AccountId) => {
  for (const { id } of await waiting(s, author)) await s.t.db.transaction((tx) => rejectRequest(tx, author, id))
  await s.work()
}
/** A reply, a Like and an Announce of a peer, as servers that know no requests send them. */
const interactions = (actor: PeerActor, uri: string, name: string) => ({
  note: noteOf(actor, name, { inReplyTo: uri, tag: [{ type: 'Mention', href: `${uri.split('/ap/')[0]}/@alice` }] }),
  like: { id: `${actor.uri}/likes/${name}`, type: 'Like', actor: actor.uri, object: uri },
  announce: { id: `${actor.uri}/announces/${name}`, type: 'Announce', actor: actor.uri, object: uri, ...publicly },
})
const known = async (s: Scene, actor: PeerActor) => (await s.t.app.remote.url(actor.uri))!.id as AccountId
const answers = (s: Scene) => sent(s).filter(({ type }) => type === 'Accept' || type === 'Reject')

test('a post carries its author’s interaction policy, and a post open to everybody has the same document as before', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const { uris } = s.t.app
  const own = uris.account(alice)
  const open = await status(s.t, alice)
  const limited = await status(s.t, alice, {
    interactionPolicy: {
      reply: { automatic: ['followers'], manual: ['public'] },
      like: { automatic: [], manual: [] },
      announce: { automatic: ['public'], manual: [] },
    },
    quotePolicy: 'followers',
    quoteManual: ['public'],
  })
  const everyone = { automaticApproval: [everybody], manualApproval: [] }
  expect((await documentOf(s, open)).interactionPolicy).toEqual({
    canLike: everyone,
    canReply: everyone,
    canAnnounce: everyone,
    canQuote: everyone,
  })
  expect((await documentOf(s, limited)).interactionPolicy).toEqual({
    canLike: { automaticApproval: [own], manualApproval: [] },
    canReply: { automaticApproval: [uris.followers(alice)], manualApproval: [everybody] },
    canAnnounce: everyone,
    canQuote: { automaticApproval: [uris.followers(alice)], manualApproval: [everybody] },
  })

  await s.t.db.transaction((tx) => setPolicy(tx, alice, limited, { interactionPolicy: null }))
  expect((await documentOf(s, limited)).interactionPolicy).toMatchObject({ canReply: everyone, canLike: everyone })
  await s.t.db.transaction((tx) => setPolicy(tx, alice, open, { interactionPolicy: null }))
  await s.work()
})

test('an interaction that the policy denies is rejected, and not shown, counted or notified', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const bob = s.peer.actor('bob')
  const post = await status(s.t, alice, { interactionPolicy: each([]) })
  const uri = s.t.app.uris.status(post)
  const { note, like, announce } = interactions(bob, uri, 'a')
  await receive(s, bob, createOf(note), like, announce)

  expect(answers(s).map(({ type, object, target }) => [type, object, target])).toEqual([
    ['Reject', note.id, uri],
    ['Reject', like.id, uri],
    ['Reject', announce.id, uri],
  ])
  expect(await view(s, post)).toMatchObject({ repliesCount: 0, favouritesCount: 0, reblogsCount: 0 })
  expect(await replies(s, post)).toEqual([])
  expect(await notifications(s, alice)).toEqual([])
  expect(await waiting(s, alice)).toEqual([])

  // A request gets its own answer.
  s.peer.posted.length = 0
  const request = { id: `${bob.uri}/requests/1`, type: 'LikeRequest', object: uri, instrument: like }
  await receive(s, bob, request)
  expect(sent(s)).toMatchObject([{ type: 'Reject', object: { id: request.id, type: 'LikeRequest' } }])
})

test('an interaction that needs approval waits, and counts once it is accepted', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const [bob, fan] = [s.peer.actor('bob'), s.peer.actor('fan')]
  await makeFollow(s.t, await known(s, fan), alice)
  await s.work()
  const post = await status(s.t, alice, { interactionPolicy: askFirst })
  const uri = s.t.app.uris.status(post)
  const { note, like, announce } = interactions(bob, uri, 'a')
  s.peer.posted.length = 0
  await receive(s, bob, createOf(note), like, announce)
  // Repeats change nothing.
  await receive(s, bob, { ...like, id: `${bob.uri}/likes/again` })

  expect(answers(s)).toEqual([])
  expect(await view(s, post)).toMatchObject({ repliesCount: 0, favouritesCount: 0, reblogsCount: 0 })
  expect(await replies(s, post)).toEqual([])
  expect((await waiting(s, alice)).map(({ kind }) => kind).toSorted()).toEqual(['announce', 'like', 'reply'])
  expect(await notifications(s, alice)).toEqual(['follow'])

  await accept(s, alice)
  expect(await view(s, post)).toMatchObject({ repliesCount: 1, favouritesCount: 1, reblogsCount: 1 })
  const reply = (await statusByUri(s.t.db, note.id))!
  expect(await replies(s, post)).toEqual([reply.id])
  expect((await notifications(s, alice)).toSorted()).toEqual(['favourite', 'follow', 'mention', 'reblog'])
  expect(await waiting(s, alice)).toEqual([])

  const accepts = answers(s).filter(({ to }) => to.includes(bob.uri))
  expect(new Set(accepts.map(({ object }) => object))).toEqual(new Set([note.id, like.id, announce.id]))
  for (const { object, result, cc } of accepts) {
    expect(await (await get(s, result)).json()).toMatchObject({
      type: expect.stringMatching(/^(Reply|Like|Announce)Authorization$/),
      attributedTo: s.t.app.uris.account(alice),
      interactingObject: object,
      interactionTarget: uri,
    })
    // Followers of the author get the consent if the reply's own server does not send it; nobody gets one for favourites.
    expect(cc).toEqual(object === like.id ? undefined : [everybody, s.t.app.uris.followers(alice)])
  }

  // The consent stays when its server does it again.
  await receive(s, bob, { ...like, likeAuthorization: accepts[0].result })
  expect(await view(s, post)).toMatchObject({ favouritesCount: 1 })
  expect(await waiting(s, alice)).toEqual([])
})

test('the answer to a waiting request names its id, and a rejected interaction can’t be requested again', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const [bob, eve] = [s.peer.actor('bob'), s.peer.actor('eve')]
  const post = await status(s.t, alice, { interactionPolicy: askFirst })
  const uri = s.t.app.uris.status(post)
  const requestsOf = (actor: PeerActor) => {
    const { note, like, announce } = interactions(actor, uri, 'a')
    return [
      { id: `${actor.uri}/requests/1`, type: 'ReplyRequest', object: uri, instrument: note },
      { id: `${actor.uri}/requests/2`, type: 'LikeRequest', object: uri, instrument: like },
      { id: `${actor.uri}/requests/3`, type: 'AnnounceRequest', object: uri, instrument: announce },
    ]
  }
  await receive(s, bob, ...requestsOf(bob))
  expect(answers(s)).toEqual([])
  expect(await waiting(s, alice)).toHaveLength(3)
  await accept(s, alice)
  expect(answers(s).map(({ type, object }) => [type, object.type, object.id])).toEqual(
    expect.arrayContaining(requestsOf(bob).map(({ id, type }) => ['Accept', type, id])),
  )
  expect(await view(s, post)).toMatchObject({ repliesCount: 1, favouritesCount: 1, reblogsCount: 1 })

  s.peer.posted.length = 0
  await receive(s, eve, ...requestsOf(eve))
  await reject(s, alice)
  expect(answers(s).map(({ type, object }) => [type, object.id])).toEqual(
    expect.arrayContaining(requestsOf(eve).map(({ id }) => ['Reject', id])),
  )
  expect(await view(s, post)).toMatchObject({ repliesCount: 1, favouritesCount: 1, reblogsCount: 1 })
  expect(await replies(s, post)).toHaveLength(1)

  s.peer.posted.length = 0
  await receive(
    s,
    eve,
    ...requestsOf(eve)
      .slice(1)
      .map((request) => ({ ...request, id: `${request.id}/again` })),
  )
  expect(answers(s).map(({ type }) => type)).toEqual(['Reject', 'Reject'])
  expect(await waiting(s, alice)).toEqual([])
})

test('followers who may interact at once get a consent that other servers can fetch', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const [fan, stranger] = [s.peer.actor('fan'), s.peer.actor('stranger')]
  await makeFollow(s.t, await known(s, fan), alice)
  const post = await status(s.t, alice, { interactionPolicy: each(['followers']) })
  const uri = s.t.app.uris.status(post)
  await s.work()
  s.peer.posted.length = 0
  const { note, like, announce } = interactions(fan, uri, 'a')
  await receive(s, fan, createOf(note), like, announce)
  expect(await view(s, post)).toMatchObject({ repliesCount: 1, favouritesCount: 1, reblogsCount: 1 })
  const accepts = answers(s).filter(({ type }) => type === 'Accept')
  expect(new Set(accepts.map(({ object }) => object))).toEqual(new Set([note.id, announce.id]))
  for (const { result } of accepts) expect((await get(s, result)).status).toBe(200)

  s.peer.posted.length = 0
  const others = interactions(stranger, uri, 'b')
  await receive(s, stranger, createOf(others.note), others.like, others.announce)
  expect(answers(s).map(({ type }) => type)).toEqual(['Reject', 'Reject', 'Reject'])
  expect(await view(s, post)).toMatchObject({ repliesCount: 1, favouritesCount: 1, reblogsCount: 1 })
})

test('a local reply to a post with a policy carries its consent', async () => {
  await using s = await scene()
  const [alice, bea] = [await localAccount(s.t, 'alice'), await localAccount(s.t, 'bea')]
  const fan = s.peer.actor('fan')
  await makeFollow(s.t, await known(s, fan), bea)
  await makeFollow(s.t, bea, alice)
  const post = await status(s.t, alice, { interactionPolicy: each(['followers']) })
  await s.work()
  s.peer.posted.length = 0
  const reply = await status(s.t, bea, { inReplyToId: post })
  await s.work()
  const create = sent(s).find(({ type }) => type === 'Create')
  expect(create.object.replyAuthorization).toBe(s.t.app.uris.activity('reply-authorizations', reply))
  expect(await (await get(s, create.object.replyAuthorization)).json()).toMatchObject({
    type: 'ReplyAuthorization',
    attributedTo: s.t.app.uris.account(alice),
    interactingObject: s.t.app.uris.status(reply),
    interactionTarget: s.t.app.uris.status(post),
  })
})

test('taking back a consent undoes the interaction on all servers', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const bob = s.peer.actor('bob')
  const post = await status(s.t, alice, { interactionPolicy: askFirst })
  const uri = s.t.app.uris.status(post)
  const { note, like, announce } = interactions(bob, uri, 'a')
  await receive(s, bob, createOf(note), like, announce)
  await accept(s, alice)
  const consents = answers(s).map(({ result }) => result)
  s.peer.posted.length = 0
  for (const { id } of await listRequests(s.t.db, alice, { limit: 40 }, { state: 'accepted' }))
    await s.t.db.transaction((tx) => rejectRequest(tx, alice, id))
  await s.work()
  expect(await view(s, post)).toMatchObject({ repliesCount: 0, favouritesCount: 0, reblogsCount: 0 })
  expect(await replies(s, post)).toEqual([])
  for (const consent of consents) expect((await get(s, consent)).status).toBe(404)
  const ofType = (type: string) => new Set(sent(s).flatMap((each) => (each.type === type ? [each.object] : [])))
  expect(ofType('Delete')).toEqual(new Set(consents))
  expect(ofType('Reject')).toEqual(new Set([note.id, like.id, announce.id]))
  const listed = await (await get(s, s.t.app.uris.thread(post))).json()
  expect(listed.first.orderedItems).toEqual([s.t.app.uris.status(post)])
})

test('a quote that needs approval is shown once the author accepts', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const bob = s.peer.actor('bob')
  const post = await status(s.t, alice, { quotePolicy: 'nobody', quoteManual: ['public'] })
  const uri = s.t.app.uris.status(post)
  const requestOf = (name: string) => ({
    id: `${bob.uri}/requests/${name}`,
    type: 'QuoteRequest',
    object: uri,
    instrument: noteOf(bob, name, { quote: uri }),
  })
  const [first, second] = [requestOf('a'), requestOf('b')]
  await receive(s, bob, first)
  expect(answers(s)).toEqual([])
  expect((await waiting(s, alice)).map(({ kind }) => kind)).toEqual(['quote'])
  const quoting = (await statusByUri(s.t.db, first.instrument.id))!.id
  expect((await view(s, quoting))?.quote).toMatchObject({ state: 'pending', status: null })

  await accept(s, alice)
  expect(answers(s)).toMatchObject([{ type: 'Accept', object: { id: first.id, type: 'QuoteRequest' } }])
  expect(await (await get(s, answers(s)[0].result)).json()).toMatchObject({
    type: 'QuoteAuthorization',
    interactingObject: first.instrument.id,
    interactionTarget: uri,
  })
  expect((await view(s, quoting))?.quote).toMatchObject({ state: 'accepted', status: { id: post } })
  expect(await view(s, post)).toMatchObject({ quotesCount: 1 })

  s.peer.posted.length = 0
  await receive(s, bob, second)
  await reject(s, alice)
  expect(answers(s)).toMatchObject([{ type: 'Reject', object: { id: second.id } }])
  await receive(s, bob, { ...second, id: `${second.id}/again` })
  expect(answers(s).map(({ type }) => type)).toEqual(['Reject', 'Reject'])
  expect(await waiting(s, alice)).toEqual([])
  expect(await view(s, post)).toMatchObject({ quotesCount: 1 })
})

test('a consent to a quote does not cover another quote that an edit puts in its place', async () => {
  await using s = await scene()
  const [alice, carol] = [await localAccount(s.t, 'alice'), await localAccount(s.t, 'carol')]
  const bob = s.peer.actor('bob')
  const ofPerson = (author: AccountId) => status(s.t, author, { quotePolicy: 'nobody', quoteManual: ['public'] })
  const [ofAlice, ofCarol] = [await ofPerson(alice), await ofPerson(carol)]
  const { uris } = s.t.app
  const published = new Date(Date.now() - 60_000).toISOString()
  const note = (quoted: StatusId, more: object) =>
    noteOf(bob, 'swap', { quote: uris.status(quoted), published, ...more })
  const request = (quoted: StatusId, name: string, more: object = {}) => ({
    id: `${bob.uri}/requests/${name}`,
    type: 'QuoteRequest',
    object: uris.status(quoted),
    instrument: note(quoted, more),
  })
  await receive(s, bob, request(ofAlice, 'a'))
  const quoting = (await statusByUri(s.t.db, note(ofAlice, {}).id))!.id
  const [asked] = await waiting(s, alice)

  const edit = { content: '<p>Something else</p>', updated: new Date(Date.now() - 30_000).toISOString() }
  await receive(s, bob, { type: 'Update', ...publicly, object: note(ofCarol, edit) })
  await expect(s.t.db.transaction((tx) => acceptRequest(tx, uris, alice, asked!.id))).rejects.toMatchObject({
    code: 'not_found',
  })
  expect(await waiting(s, alice)).toEqual([])
  expect((await view(s, quoting))?.quote).toMatchObject({ state: 'pending' })

  await receive(s, bob, request(ofCarol, 'b', edit))
  expect(await waiting(s, carol)).toMatchObject([{ kind: 'quote', statusId: ofCarol }])
  // A rejection is remembered only about the same post.
  await reject(s, carol)
  const back = { content: '<p>And back</p>', updated: new Date(Date.now() - 15_000).toISOString() }
  await receive(s, bob, request(ofAlice, 'c', back))
  expect(await waiting(s, alice)).toMatchObject([{ kind: 'quote', statusId: ofAlice }])
  await accept(s, alice)
  expect((await view(s, quoting))?.quote).toMatchObject({ state: 'accepted', status: { id: ofAlice } })
  expect(await view(s, ofCarol)).toMatchObject({ quotesCount: 0 })
})

test('one account can’t fill an author’s list of requests, and unanswered requests expire', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const bob = s.peer.actor('bob')
  const post = await status(s.t, alice, { interactionPolicy: askFirst })
  const uri = s.t.app.uris.status(post)
  await receive(s, bob, ...Array.from({ length: 22 }, (_, i) => createOf(noteOf(bob, `n${i}`, { inReplyTo: uri }))))
  expect(await waiting(s, alice)).toHaveLength(20)
  expect(answers(s).map(({ type, object }) => [type, object])).toEqual([
    ['Reject', `${bob.uri}/notes/n20`],
    ['Reject', `${bob.uri}/notes/n21`],
  ])

  await s.t.db.execute(sql`update interaction_requests set created_at = now() - interval '91 days'`)
  expect(await s.t.db.transaction((tx) => expireRequests(tx, 50))).toBe(20)
  await s.work()
  expect(answers(s)).toHaveLength(22)
  expect(await waiting(s, alice)).toEqual([])
  expect(await replies(s, post)).toEqual([])
})

test('an Undo withdraws a waiting interaction, and a block removes those of the blocked account', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const bob = s.peer.actor('bob')
  const post = await status(s.t, alice, { interactionPolicy: askFirst })
  const { note, like, announce } = interactions(bob, s.t.app.uris.status(post), 'a')
  await receive(s, bob, createOf(note), like, announce)
  await receive(s, bob, { type: 'Undo', object: like }, { type: 'Undo', object: announce })
  expect((await waiting(s, alice)).map(({ kind }) => kind)).toEqual(['reply'])
  await receive(s, bob, { type: 'Delete', object: note.id })
  expect(await waiting(s, alice)).toEqual([])
  await s.t.db.execute(
    sql`insert into blocks (id, account_id, target_id, uri) values (1, ${alice}, ${await idOfPeer(s, bob)}, 'x')`,
  )
  expect(await view(s, post)).toMatchObject({ repliesCount: 0, favouritesCount: 0, reblogsCount: 0 })
})
