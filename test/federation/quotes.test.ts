import { expect, test } from 'vitest'
import { accountByUri } from '#src/accounts/find.ts'
import type { AccountId, StatusId } from '#src/platform/ids.ts'
import { loadNotificationPage } from '#src/reading/notifications/page.ts'
import { statusByUri } from '#src/statuses/find.ts'
import { revokeQuote } from '#src/statuses/quotes/quote.ts'
import { receiveQuote } from '#src/statuses/quotes/receive.ts'
import { loadStatusView } from '#src/statuses/views/views.ts'
import { verifyQuote } from '../../federation/fetching/verify-quote.ts'
import { localAccount, makeFollow, status } from '../cast.ts'
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

/** The consent of a peer's account to a quote, as it serves it. */
function stampOf(s: Scene, actor: PeerActor, quoting: string, quoted: string): string {
  const id = `${actor.uri}/stamps/${++count}`
  s.peer.documents.set(new URL(id).pathname, {
    id,
    type: 'QuoteAuthorization',
    attributedTo: actor.uri,
    interactingObject: quoting,
    interactionTarget: quoted,
  })
  return id
}

const createOf = (note: object) => ({ type: 'Create', ...publicly, object: note })
type Sent = { id: string; type: string; object: { id: string; type: string }; result?: string; [name: string]: unknown }
const sent = (s: Scene) => s.peer.posted.map(({ body }) => JSON.parse(body) as Sent)
const lastOf = (s: Scene, type: string) => sent(s).findLast((activity) => activity.type === type)!
const idOf = async (s: Scene, uri: string) => (await statusByUri(s.t.db, uri))!.id
const known = async (s: Scene, actor: PeerActor) => (await s.t.app.remote.url(actor.uri))!.id as AccountId
const shown = async (s: Scene, id: StatusId) => (await loadStatusView(s.t.db, null, id))?.quote
const types = async (s: Scene, account: AccountId) =>
  (await loadNotificationPage(s.t.db, account, {}, { limit: 40 })).views.map(({ type }) => type)
const open = { interactionPolicy: { canQuote: { automaticApproval: everybody } } }

test('a local quote sends a request, and shows its consent to everybody', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const bob = s.peer.actor('bob')
  const post = noteOf(s, bob, open)
  await makeFollow(s.t, await known(s, s.peer.actor('carol')), alice)
  const quotedStatusId = (await s.t.app.remote.url(post.id))!.id as StatusId
  const id = await status(s.t, alice, { text: 'Look', quotedStatusId })
  await s.work()

  const uri = s.t.app.uris.status(id)
  const request = lastOf(s, 'QuoteRequest')
  expect(request).toMatchObject({
    actor: s.t.app.uris.account(alice),
    object: post.id,
    instrument: { id: uri, quote: post.id, quoteUri: post.id, _misskey_quote: post.id },
  })
  expect(await shown(s, id)).toMatchObject({ state: 'pending' })

  // Only the quoted author may answer, and only with a consent of the own server.
  const mallory = s.peer.actor('mallory')
  await known(s, mallory)
  const stamp = stampOf(s, bob, uri, post.id)
  await receive(s, mallory, { type: 'Accept', object: request.id, result: stamp })
  await receive(s, bob, { type: 'Accept', object: request.id })
  expect(await shown(s, id)).toMatchObject({ state: 'pending' })
  await receive(s, bob, {
    type: 'Accept',
    object: { type: 'QuoteRequest', object: post.id, instrument: uri },
    result: stamp,
  })
  expect(await shown(s, id)).toMatchObject({ state: 'accepted', status: { id: quotedStatusId } })
  expect(lastOf(s, 'Update').object).toMatchObject({ id: uri, quoteAuthorization: stamp })

  await receive(s, bob, { type: 'Delete', object: stamp })
  expect(await shown(s, id)).toMatchObject({ state: 'revoked', status: null })
  expect(lastOf(s, 'Update').object).not.toHaveProperty('quote')
})

test('a consent that was revoked before its Accept arrived has no effect', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const bob = s.peer.actor('bob')
  const post = noteOf(s, bob, { interactionPolicy: { canQuote: { manualApproval: [everybody] } } })
  const id = await status(s.t, alice, {
    text: 'Look',
    quotedStatusId: (await s.t.app.remote.url(post.id))!.id as StatusId,
  })
  await s.work()
  const stamp = stampOf(s, bob, s.t.app.uris.status(id), post.id)
  await receive(
    s,
    bob,
    { type: 'Delete', object: stamp },
    { type: 'Accept', object: lastOf(s, 'QuoteRequest').id, result: stamp },
  )
  expect(await shown(s, id)).toMatchObject({ state: 'pending' })
})

test('a request to quote may be rejected', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const bob = s.peer.actor('bob')
  const post = noteOf(s, bob, { interactionPolicy: { canQuote: { manualApproval: [everybody] } } })
  const id = await status(s.t, alice, {
    text: 'Look',
    quotedStatusId: (await s.t.app.remote.url(post.id))!.id as StatusId,
  })
  await s.work()
  await receive(s, bob, { type: 'Reject', object: lastOf(s, 'QuoteRequest').id })
  expect(await shown(s, id)).toMatchObject({ state: 'rejected', status: null })
})

test('the policy of a local post answers requests to quote it, and the consent is served until it is revoked', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const bob = s.peer.actor('bob')
  const post = await status(s.t, alice)
  const uri = s.t.app.uris.status(post)
  const quoting = noteOf(s, bob, { quote: uri })
  const request = { type: 'QuoteRequest', id: `${bob.uri}/requests/1`, object: uri, instrument: quoting }
  await receive(s, bob, request)

  const accept = lastOf(s, 'Accept')
  expect(accept).toMatchObject({
    actor: s.t.app.uris.account(alice),
    to: [bob.uri],
    object: { id: request.id, type: 'QuoteRequest', instrument: quoting.id },
  })
  const lookUp = async () =>
    s.routes.request(new Request(accept.result!, { headers: { accept: 'application/activity+json' } }))
  expect(await (await lookUp()).json()).toMatchObject({
    type: 'QuoteAuthorization',
    id: accept.result,
    attributedTo: s.t.app.uris.account(alice),
    interactingObject: quoting.id,
    interactionTarget: uri,
  })
  expect((await loadStatusView(s.t.db, null, post))?.quoteAutomatic).toEqual(['public'])
  expect(await types(s, alice)).toEqual(['quote'])

  const id = await idOf(s, quoting.id)
  await s.t.db.transaction((tx) => revokeQuote(tx, alice, post, id))
  await s.work()
  expect(lastOf(s, 'Delete')).toMatchObject({ actor: s.t.app.uris.account(alice), object: accept.result })
  expect((await lookUp()).status).toBe(404)
  // A repeated request is rejected.
  await receive(s, bob, { ...request, id: `${bob.uri}/requests/2` })
  expect(sent(s).at(-1)).toMatchObject({ type: 'Reject', object: { id: `${bob.uri}/requests/2` } })

  const closed = await status(s.t, alice, { quotePolicy: 'nobody' })
  const other = noteOf(s, bob, { quote: s.t.app.uris.status(closed) })
  await receive(s, bob, {
    type: 'QuoteRequest',
    id: `${bob.uri}/requests/3`,
    object: s.t.app.uris.status(closed),
    instrument: other.id,
  })
  expect(sent(s).at(-1)).toMatchObject({ type: 'Reject', object: { id: `${bob.uri}/requests/3` } })
  expect(await types(s, alice)).toEqual([])
})

test('a post that falsely claims to quote a local one is not stored', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const bob = s.peer.actor('bob')
  const [seen, secret, gone] = [
    await status(s.t, alice),
    await status(s.t, alice, { visibility: 'private' }),
    '1234567890' as StatusId,
  ]
  const [real, peeping, invented] = [seen, secret, gone].map((id) => noteOf(s, bob, { quote: s.t.app.uris.status(id) }))
  await receive(s, bob, ...[real, peeping, invented].map((note) => createOf(note!)))
  expect(
    await Promise.all([real, peeping, invented].map(async (note) => (await statusByUri(s.t.db, note!.id)) !== null)),
  ).toEqual([true, false, false])
})

test('a remote quote is shown with the consent of the quoted author, in every form of FEP-044f', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const [bob, carol] = [s.peer.actor('bob'), s.peer.actor('carol')]
  await makeFollow(s.t, alice, await known(s, bob))
  const post = noteOf(s, carol)
  const quoteBy = async (more: (id: string) => object) => {
    const note = noteOf(s, bob, {})
    const whole = { ...note, ...more(note.id) }
    await receive(s, bob, createOf(whole))
    return (await shown(s, await idOf(s, note.id)))?.state
  }

  // The quoted post is unknown, so it is fetched.
  expect(await quoteBy((id) => ({ quote: post.id, quoteAuthorization: stampOf(s, carol, id, post.id) }))).toBe(
    'accepted',
  )
  expect(await accountByUri(s.t.db, carol.uri)).not.toBeNull()
  expect(await quoteBy(() => ({ quote: post.id }))).toBe('pending')
  expect(
    await quoteBy(() => ({
      quote: post.id,
      quoteAuthorization: stampOf(s, carol, 'https://elsewhere.test/1', post.id),
    })),
  ).toBe('pending')
  expect(await quoteBy((id) => ({ quote: post.id, quoteAuthorization: stampOf(s, bob, id, post.id) }))).toBe('pending')

  const link = {
    type: 'Link',
    mediaType: 'application/activity+json',
    rel: 'https://misskey-hub.net/ns#_misskey_quote',
    href: post.id,
  }
  for (const old of [{ quoteUrl: post.id }, { quoteUri: post.id }, { _misskey_quote: post.id }, { tag: [link] }])
    expect(await quoteBy(() => old)).toBe('pending')
  const own = noteOf(s, bob)
  expect(await quoteBy(() => ({ quoteUrl: own.id }))).toBe('accepted')
  const paged = noteOf(s, bob, { url: `${s.peer.origin}/@bob/paged` })
  await s.t.app.remote.url(paged.id)
  s.peer.documents.set('/@bob/paged', s.peer.documents.get(new URL(paged.id).pathname)!)
  const byPage = noteOf(s, bob, { quoteUri: `${s.peer.origin}/@bob/paged` })
  for (const type of ['Create', 'Update']) await receive(s, bob, { ...createOf(byPage), type })
  expect(await shown(s, await idOf(s, byPage.id))).toMatchObject({ state: 'accepted', quotedUri: paged.id })
  await receive(s, bob, {
    type: 'Update',
    object: { ...byPage, quoteUri: undefined, updated: new Date(Date.now() + 60_000).toISOString() },
  })
  expect(await shown(s, await idOf(s, byPage.id))).toBeNull()
})

test('a consent may arrive after the quote, and be revoked later', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const [bob, carol] = [s.peer.actor('bob'), s.peer.actor('carol')]
  await makeFollow(s.t, alice, await known(s, bob))
  const post = noteOf(s, carol)
  const quoting = noteOf(s, bob, { quote: post.id })
  await receive(s, bob, createOf(quoting))
  const id = await idOf(s, quoting.id)
  expect(await shown(s, id)).toMatchObject({ state: 'pending' })

  const stamp = stampOf(s, carol, quoting.id, post.id)
  await receive(s, bob, { type: 'Update', object: { ...quoting, quoteAuthorization: stamp } })
  expect(await shown(s, id)).toMatchObject({ state: 'accepted' })
  const mallory = s.peer.actor('mallory')
  await known(s, mallory)
  await receive(s, mallory, { type: 'Delete', object: stamp })
  expect(await shown(s, id)).toMatchObject({ state: 'accepted' })
  await receive(s, carol, { type: 'Delete', object: stamp })
  expect(await shown(s, id)).toMatchObject({ state: 'revoked' })
})

test('a fetched consent does not count for another quote that an edit set meanwhile', async () => {
  await using s = await scene()
  const [bob, carol, mallory] = [s.peer.actor('bob'), s.peer.actor('carol'), s.peer.actor('mallory')]
  const alice = await localAccount(s.t, 'alice')
  const malloryId = await known(s, mallory)
  await makeFollow(s.t, alice, malloryId)
  const [ofBob, ofCarol] = [noteOf(s, bob), noteOf(s, carol)]
  for (const { id } of [ofBob, ofCarol]) await s.t.app.remote.url(id)
  const consent = `${bob.uri}/stamps/later`
  const quoting = noteOf(s, mallory, { quote: ofBob.id })
  await receive(s, mallory, createOf(quoting))
  const statusId = await idOf(s, quoting.id)

  s.peer.documents.set(new URL(consent).pathname, {
    id: consent,
    type: 'QuoteAuthorization',
    attributedTo: bob.uri,
    interactingObject: quoting.id,
    interactionTarget: ofBob.id,
  })
  const quotes = (uri: string) =>
    s.t.db.transaction((tx) =>
      receiveQuote(tx, { id: statusId, accountId: malloryId }, { uri, approvalUri: consent }, 0),
    )
  await quotes(ofBob.id)
  const gate = Promise.withResolvers<void>()
  s.peer.opened = gate.promise
  const verified = verifyQuote(s.t.app, { statusId, depth: 0 })
  await expect.poll(() => s.peer.fetched.includes(new URL(consent).pathname), { timeout: 10_000 }).toBe(true)
  await quotes(ofCarol.id)
  gate.resolve()
  await verified
  expect(await shown(s, statusId)).toMatchObject({ state: 'pending', quotedUri: ofCarol.id })
})
