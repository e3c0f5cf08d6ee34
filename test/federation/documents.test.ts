import { sql } from 'drizzle-orm'
import { createFederation as createFedify, MemoryKvStore } from '@fedify/fedify'
import { Like, Person } from '@fedify/vocab'
import { expect, test } from 'vitest'
import { deleteAccount } from '#src/accounts/delete.ts'
import { updateProfile } from '#src/accounts/profile.ts'
import type { AccountId } from '#src/ids.ts'
import { deleteStatus } from '#src/statuses/delete.ts'
import { contextLoader } from '../../federation/contexts.ts'
import { toMessage } from '../../federation/inbox/kinds.ts'
import { kvStore } from '../../federation/kv.ts'
import type { instanceKeys } from '../../federation/keys.ts'
import { inboxQueue } from '../../federation/queue.ts'
import { signCavage } from '../../federation/signatures/cavage.ts'
import { localAccount, makeFollow, status } from '../cast.ts'
import type { PeerActor } from './peer.ts'
import { type Scene, scene } from './setup.ts'

const json = { headers: { accept: 'application/activity+json' } }
const page = { headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' } }
const get = async (s: Scene, url: string, init: RequestInit = json) => {
  const response = await s.routes.request(url, init)
  return { status: response.status, headers: response.headers, json: JSON.parse((await response.text()) || 'null') }
}
const signedBy = async (actor: PeerActor, url: string) => {
  const keys = { actor: actor.uri, rsa: { id: actor.keyId, privateKey: actor.privateKey, publicPem: '' } } as Awaited<ReturnType<typeof instanceKeys>>
  return { headers: { ...json.headers, ...(await signCavage(keys, 'GET', new URL(url))) } }
}

test('somebody is found by handle, URL and id; a name of nobody is not found, one of somebody gone is gone', async () => {
  await using s = await scene({ HANDLE_HOST: 'example.test' })
  const alice = await localAccount(s.t, 'alice')
  const { uris } = s.t.app
  const find = (resource: string) => get(s, `/.well-known/webfinger?resource=${encodeURIComponent(resource)}`)
  for (const resource of ['acct:alice@example.test', 'acct:alice@pipit.test', 'acct:ALICE@example.test', uris.profile('alice'), uris.account(alice)]) {
    const { status: code, headers, json: found } = await find(resource)
    expect([resource, code, headers.get('content-type'), headers.get('access-control-allow-origin')]).toEqual([resource, 200, 'application/jrd+json', '*'])
    expect(found.subject.toLowerCase()).toBe('acct:alice@example.test')
    expect(found.links).toContainEqual({ rel: 'self', href: uris.account(alice), type: 'application/activity+json' })
    expect(found.links).toContainEqual(expect.objectContaining({ rel: 'http://webfinger.net/rel/profile-page', href: uris.profile('alice') }))
  }
  expect((await find('acct:example.test@example.test')).json.links).toContainEqual(expect.objectContaining({ rel: 'self', href: uris.instanceActor }))
  for (const resource of ['acct:nobody@example.test', 'acct:alice@other.test', 'https://other.test/@alice']) expect((await s.routes.request(`/.well-known/webfinger?resource=${resource}`)).status).toBe(404)
  expect((await s.routes.request('/.well-known/webfinger')).status).toBe(400)

  await s.t.db.transaction((tx) => deleteAccount(tx, alice))
  expect((await s.routes.request(uris.account(alice), json)).status).toBe(410)
})

test('NodeInfo says what this server is, in both versions', async () => {
  await using s = await scene()
  await localAccount(s.t, 'alice')
  const { json: { links } } = await get(s, '/.well-known/nodeinfo')
  expect(links).toEqual([{ rel: 'http://nodeinfo.diaspora.software/ns/schema/2.1', href: 'https://pipit.test/nodeinfo/2.1', type: expect.any(String) }])
  for (const version of ['2.0', '2.1']) {
    const { json: info, headers } = await get(s, `/nodeinfo/${version}`)
    expect(info).toMatchObject({ version, software: { name: 'pipit' }, protocols: ['activitypub'], openRegistrations: true, usage: { users: { total: 1 } }, metadata: { upstream: { name: 'mastodon' } } })
    expect(headers.get('access-control-allow-origin')).toBe('*')
  }
  expect(await (await s.routes.request('/.well-known/host-meta')).text()).toContain('template="https://pipit.test/.well-known/webfinger?resource={uri}"')
})

test('an actor is what its person made of it, and a vocabulary understands it', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  await updateProfile(s.t.app, alice, { displayName: 'Alice', note: 'Writes', isLocked: true, isBot: true, isDiscoverable: false, fields: [{ name: 'Where', value: 'here' }] })
  const { uris } = s.t.app
  const { json: actor, headers } = await get(s, uris.account(alice))
  expect(headers.get('content-type')).toBe('application/activity+json; charset=utf-8')
  expect(headers.get('vary')).toBe('Accept')
  expect(actor).toMatchObject({
    id: uris.account(alice), type: 'Service', preferredUsername: 'alice', name: 'Alice', summary: '<p>Writes</p>', manuallyApprovesFollowers: true, discoverable: false, indexable: true,
    attachment: [{ type: 'PropertyValue', name: 'Where', value: 'here' }], endpoints: { sharedInbox: uris.sharedInbox }, publicKey: { owner: uris.account(alice) }, assertionMethod: [{ type: 'Multikey' }],
  })
  const understood = await Person.fromJsonLd({ ...actor, type: 'Person' }, { contextLoader, documentLoader: contextLoader })
  expect([understood.manuallyApprovesFollowers, understood.discoverable, understood.indexable]).toEqual([true, false, true])
  expect((await understood.getPublicKey())?.publicKey?.algorithm.name).toBe('RSASSA-PKCS1-v1_5')
  for await (const key of understood.getAssertionMethods()) expect(key.publicKey?.algorithm.name).toBe('Ed25519')
})

test('people get pages, servers get documents', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const post = await status(s.t, alice)
  const { uris } = s.t.app
  for (const [uri, url] of [[uris.account(alice), uris.profile('alice')], [uris.status(post), uris.statusPage('alice', post)]] as const) {
    expect((await get(s, url)).json).toMatchObject({ id: uri })
    expect((await get(s, url, { headers: { accept: 'application/ld+json; profile="https://www.w3.org/ns/activitystreams", application/activity+json;q=0.9' } })).json).toMatchObject({ id: uri })
    const redirect = await s.routes.request(uri, page)
    expect([redirect.status, redirect.headers.get('location')]).toEqual([302, url])
    const left = await s.routes.request(url, page)
    expect([left.status, left.headers.get('vary')]).toEqual([404, 'Accept'])
  }
})

test('posts are shown to whom they are for', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const follower = s.peer.actor('follower')
  const stranger = s.peer.actor('stranger')
  await makeFollow(s.t, (await s.t.app.remote.url(follower.uri))!.id as AccountId, alice)
  await s.t.app.remote.url(stranger.uri)
  const open = await status(s.t, alice, { visibility: 'unlisted' })
  const restricted = await status(s.t, alice, { visibility: 'private' })
  const { uris } = s.t.app

  expect((await get(s, uris.status(open))).status).toBe(200)
  expect((await get(s, uris.activity('creates', open))).json).toMatchObject({ type: 'Create', object: { id: uris.status(open) } })
  for (const url of [uris.status(restricted), uris.activity('creates', restricted)]) {
    expect((await s.routes.request(url, json)).status).toBe(404)
    expect((await s.routes.request(url, await signedBy(stranger, url))).status).toBe(404)
    const shown = await s.routes.request(url, await signedBy(follower, url))
    expect([shown.status, shown.headers.get('cache-control')]).toEqual([200, 'private, no-store'])
  }

  for (const id of [open, restricted]) await s.t.db.transaction((tx) => deleteStatus(tx, alice, id))
  expect(await get(s, uris.status(open))).toMatchObject({ status: 410, json: { type: 'Tombstone', id: uris.status(open) } })
  expect((await s.routes.request(uris.status(restricted), json)).status).toBe(404)
})

test('the outbox has what everybody may see, page by page', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const posts = []
  for (let i = 0; i < 25; i++) posts.unshift(await status(s.t, alice, { text: String(i) }))
  await status(s.t, alice, { visibility: 'private' })
  const { uris } = s.t.app
  const { json: outbox } = await get(s, uris.outbox(alice))
  expect(outbox).toMatchObject({ type: 'OrderedCollection', totalItems: 25 })
  const found: string[] = []
  for (let next = outbox.first; next; ) {
    const { json: part } = await get(s, next)
    found.push(...part.orderedItems.map((item: { object: { id: string } }) => item.object.id))
    next = part.next
  }
  expect(found).toEqual(posts.map((id) => uris.status(id)))
})

test('followers are listed, unless their person hides them', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const bob = await localAccount(s.t, 'bob')
  await makeFollow(s.t, bob, alice)
  const { uris } = s.t.app
  const { json: followers } = await get(s, uris.followers(alice))
  expect(followers).toMatchObject({ totalItems: 1, first: `${uris.followers(alice)}?page=true` })
  expect((await get(s, followers.first)).json.orderedItems).toEqual([uris.account(bob)])
  await updateProfile(s.t.app, alice, { hidesCollections: true })
  expect((await get(s, uris.followers(alice))).json).toEqual(expect.not.objectContaining({ first: expect.anything() }))
  expect((await s.routes.request(followers.first, json)).status).toBe(404)
})

test('a queued message is of the shape that Fedify makes', async () => {
  const messages: Record<string, unknown>[] = []
  const federation = createFedify<null>({ kv: new MemoryKvStore(), queue: { enqueue: async (message) => void messages.push(message), listen: async () => {} }, manuallyStartQueue: true, skipSignatureVerification: true, origin: 'https://pipit.test', contextLoaderFactory: () => contextLoader, documentLoaderFactory: () => contextLoader, authenticatedDocumentLoaderFactory: () => contextLoader })
  federation.setActorDispatcher('/ap/accounts/{identifier}', () => null)
  federation.setInboxListeners('/ap/accounts/{identifier}/inbox', '/ap/inbox').on(Like, () => {})
  const activity = { '@context': 'https://www.w3.org/ns/activitystreams', id: 'https://a.test/1', type: 'Like', actor: 'https://a.test/a', object: 'https://pipit.test/1' }
  const request = new Request('https://pipit.test/ap/inbox', { method: 'POST', headers: { 'content-type': 'application/activity+json' }, body: JSON.stringify(activity) })
  expect((await federation.fetch(request, { contextData: null })).status).toBe(202)

  const ours = toMessage(activity, 'https://pipit.test') as unknown as Record<string, unknown>
  const fixed = (message: Record<string, unknown>) => ({ ...message, id: typeof message['id'], started: typeof message['started'] })
  expect(messages.map(fixed)).toEqual([expect.objectContaining(fixed(ours))])
})

test('Fedify’s memory keeps what it is told, for as long as it is told', async () => {
  await using s = await scene()
  const kv = kvStore(s.t.app)
  await kv.set(['a', 'b'], { n: 1 })
  await kv.set(['a', 'c'], null)
  await kv.set(['ab'], 'other')
  expect(await kv.get(['a', 'b'])).toEqual({ n: 1 })
  expect(await kv.get(['a', 'c'])).toBeNull()
  expect(await kv.get(['a'])).toBeUndefined()
  const listed = []
  for await (const { key } of kv.list(['a'])) listed.push(key)
  expect(listed).toEqual([['a', 'b'], ['a', 'c']])

  expect(await kv.cas!(['a', 'b'], { n: 2 }, 3)).toBe(false)
  expect(await kv.cas!(['a', 'b'], { n: 1 }, 3)).toBe(true)
  const raced = await Promise.all([1, 2, 3].map((n) => kv.cas!(['new'], undefined, n)))
  expect(raced.filter(Boolean)).toHaveLength(1)
  expect(await kv.cas!(['a', 'b'], 3, undefined)).toBe(true)
  expect(await kv.get(['a', 'b'])).toBeUndefined()

  await kv.set(['short'], 1, { ttl: { total: () => 60_000 } as never })
  expect(await kv.get(['short'])).toBe(1)
  await s.t.db.execute(sql`update kv set expires_at = now() - interval '1 second' where expires_at is not null`)
  expect(await kv.get(['short'])).toBeUndefined()
  await inboxQueue(s.t.app).enqueue({ type: 'inbox' })
  expect(await s.t.jobPayloads('inbox')).toEqual([{ message: { type: 'inbox' } }])
})
